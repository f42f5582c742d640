"""A picture of the record: a path beside the dataset.

Limits: whether the file exists and what it holds is for whoever reads it. A path that leaves the dataset's folder is
refused: a dataset comes from outside and must not pull other files into a form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from formgen.problems import Finding
from formgen.values.cells import forbidden_character, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType

__all__ = ["Image", "ImageRef"]

_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff")
_OUTSIDE = re.compile(r"/|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class ImageRef:
    """`path` is relative to the dataset's folder, with forward slashes."""

    path: str

    def __str__(self) -> str:
        return self.path


class Image(ValueType[ImageRef]):
    """A picture file beside the dataset: photos/410183-1.jpg."""

    name: ClassVar[str] = "image"

    def parse(self, raw: RawCell) -> ImageRef:
        path = plain_text(raw).replace("\\", "/")
        if not isinstance(raw, str) or forbidden_character(path) or "\n" in path:
            raise reject("F-VALUE-060", shown(raw))
        bits = [bit.strip() for bit in path.split("/") if bit.strip() not in ("", ".")]
        if _OUTSIDE.match(path) is not None or ".." in bits or not bits:
            raise reject("F-VALUE-060", shown(raw))
        return ImageRef("/".join(bits))

    def format(self, value: ImageRef) -> str:
        return value.path

    def check(self, value: ImageRef, raw: RawCell = None) -> tuple[Finding, ...]:
        return () if value.path.lower().endswith(_ENDINGS) else (Finding("F-VALUE-061", shown(value.path)),)
