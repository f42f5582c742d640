"""Pictures of a record (photographs) as image XObjects.

In: a PNG or JPEG file, its path absolute or relative to the dataset's folder. Out: a JPEG's own bytes, where they are
gray or RGB; all else as pixels, transparent ones white, so that the file needs no transparency. A picture keeps its
proportions; it is as large as its resolution says, or as its box allows where that is less, as in the Word file.

Limits: PNG and JPEG; 8 bits a colour; a rotation noted by the camera is not applied.
Source: ISO 32000-2, 8.9.5 (image dictionaries).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formgen.rendering.pdf.objects import deflate

__all__ = ["BROKEN", "Picture", "read_picture"]

BROKEN: Final = (OSError, ValueError, SyntaxError)
"""What Pillow raises for files that are no pictures (SyntaxError: a broken PNG)."""
DEFAULT_DPI: Final = 72.0
"""Where a picture does not say; as Word takes it."""
SPACES: Final = {"L": b"DeviceGray", "RGB": b"DeviceRGB"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image XObject, named by its content."""

    name: str
    entries: bytes
    content: bytes
    width_pt: float
    height_pt: float
    """Natural size."""

    def size_within(self, width_pt: float, height_pt: float) -> tuple[float, float]:
        scale = min(1.0, width_pt / self.width_pt, height_pt / self.height_pt)
        return self.width_pt * scale, self.height_pt * scale


def read_picture(path: Path) -> Picture:
    """Raises: one of BROKEN."""
    from PIL import Image

    content = path.read_bytes()
    with Image.open(path, formats=("PNG", "JPEG")) as image:
        width, height = image.size
        dpi = [float(value) or DEFAULT_DPI for value in image.info.get("dpi", (DEFAULT_DPI, DEFAULT_DPI))]
        if image.format == "JPEG" and image.mode in SPACES:
            image.draft(image.mode, (width // 8 or 1, height // 8 or 1))
            image.load()  # a cut-off file is found here, not by the printer
            space, filter_name, data = SPACES[image.mode], b"DCTDecode", content
        else:
            pixels = _opaque(image, Image.new)
            space, filter_name, data = SPACES[pixels.mode], b"FlateDecode", deflate(pixels.tobytes())
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%b/Filter/%b" % (
        width,
        height,
        space,
        filter_name,
    )
    name = f"I{hashlib.sha256(content).hexdigest()[:12]}"
    return Picture(name, entries, data, width * 72 / dpi[0], height * 72 / dpi[1])


def _opaque(image: Any, new: Callable[..., Any]) -> Any:
    """The pixels as gray or RGB, on white where they let something through."""
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would cut off at 255
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("1", "L"):
        return image.convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = new("RGB", image.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return image.convert("RGB")
