"""Pictures of a record (photographs), printed in line with the text as docxtpl's InlineImage does.

In: a path, absolute or relative to the dataset's folder. Out: the markup of a drawing, and the parts, relationships and
content types a file needs for it. A picture keeps its proportions; it is as large as its resolution says, or as its
box allows where that is less (the smallest box, where a form prints it in several places). A file holds it once.

Limits: PNG and JPEG; in the document itself, not in headers and footers; a rotation noted by the camera is not applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem
from formgen.rendering.docx.boxes import Site
from formgen.rendering.docx.relations import DOCUMENT_RELS, Relation
from formgen.rendering.docx.wordml import R_NS, WP_NS
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate
from formgen.typeset import Box
from formgen.units import EMU_PER_PT, mm_to_pt

__all__ = ["PictureBook", "PicturePlan"]

ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg"}
WIDEST_PT: Final = mm_to_pt(156)
HIGHEST_PT: Final = mm_to_pt(220)
"""Where a template gives no box: within the margins of GB/T 9704."""
FIRST_ID: Final = 1_500_000_000
"""Pictures are numbered beyond everything a template numbers."""
A_NS: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC_NS: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
BROKEN: Final = (OSError, UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError, ValueError)


@dataclass(frozen=True, slots=True)
class _Media:
    """One picture file of a Word file."""

    number: int
    content: bytes
    type: str
    width: int
    height: int
    """Natural size in EMU."""

    @property
    def part(self) -> str:
        return f"word/media/record{self.number}.{ENDINGS[self.type]}"

    @property
    def relation(self) -> Relation:
        return Relation(f"rIdRecord{self.number}", f"{R_NS}/image", f"/{self.part}", False)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture at its size on paper. A tag prints it by `__html__`; every print has a number of its own."""

    book: PictureBook
    relation: str
    name: str
    width: int
    height: int

    def __html__(self) -> str:
        self.book.printed += 1
        return _drawing(FIRST_ID + self.book.printed, self.relation, self.name, self.width, self.height)


@dataclass
class PictureBook:
    """The pictures of one file."""

    folder: Path
    media: dict[Path, _Media] = field(default_factory=dict)
    printed: int = 0

    def picture(self, path: Path, box: Box | None) -> _Picture:
        """Raises: one of BROKEN."""
        media = self.media.get(path)
        if media is None:
            media = self.media[path] = self._read(path)
        width_pt, height_pt = (box.width_pt, box.height_pt) if box is not None else (WIDEST_PT, HIGHEST_PT)
        scale = min(1.0, width_pt * EMU_PER_PT / media.width, height_pt * EMU_PER_PT / media.height)
        size = int(media.width * scale), int(media.height * scale)
        return _Picture(self, media.relation.identity, path.name, *size)

    def add_to(self, changed: dict[str, bytes], package: PackageTemplate) -> None:
        """Add the pictures and what declares them to the changed parts of a file."""
        if not self.media:
            return
        overrides = relations = ""
        for media in self.media.values():
            changed[media.part] = media.content
            overrides += f'<Override PartName="/{media.part}" ContentType="{media.type}"/>'
            relations += media.relation.xml()
        for name, end, more in (
            (CONTENT_TYPES, "</Types>", overrides),
            (DOCUMENT_RELS, "</Relationships>", relations),
        ):
            part = changed.get(name, package.part(name))
            changed[name] = part.replace(end.encode(), f"{more}{end}".encode())

    def _read(self, path: Path) -> _Media:
        content = (self.folder / path).read_bytes()
        image = Image.from_blob(content)
        if image.content_type not in ENDINGS:
            raise ValueError(image.content_type)
        if not image.width or not image.height:
            raise ValueError("0")
        return _Media(len(self.media) + 1, content, image.content_type, int(image.width), int(image.height))


class PicturePlan:
    """Knows the image fields of one form."""

    def __init__(self, manifest: Manifest, sites: Sequence[Site]) -> None:
        largest_first = sorted(
            (site for site in sites if site.words is None), key=lambda site: -site.box.width_pt * site.box.height_pt
        )
        boxes = {(site.table, site.field.key): site.box for site in largest_first}
        self._form = manifest.id
        self._fields = [
            (table, item, boxes.get((table, item.key))) for table, item in _all_fields(manifest) if _is_image(item)
        ]

    def place(
        self, context: dict[str, Any], record: Mapping[str, Any], record_key: str, book: PictureBook
    ) -> list[Problem]:
        """Put pictures in the place of their paths; an error (F-RENDER-003) for each that cannot be read."""
        problems: list[Problem] = []
        for table, item, box in self._fields:
            rows = zip(context[table], record.get(table) or (), strict=False) if table else [(context, record)]
            for values, source in rows:
                path = source.get(item.key)
                if path is None:
                    continue
                try:
                    values[item.key] = book.picture(Path(str(path)), box)
                except BROKEN as exc:
                    cell = str(values["row_number"]) if table else ""
                    reason = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
                    place = Place(self._form, cell=cell, label=item.label)
                    problems.append(Problem("F-RENDER-003", place, str(path), {"reason": reason}, record_key))
        return problems


def _all_fields(manifest: Manifest) -> list[tuple[str, Field]]:
    found = []
    for item in manifest.fields:
        found += [(item.key, column) for column in item.table.columns] if item.table is not None else [("", item)]
    return found


def _is_image(item: Field) -> bool:
    return item.type_name == "image"


def _drawing(number: int, relation: str, name: str, width: int, height: int) -> str:
    """The run is closed, the drawing has its own, and another begins. Source: ECMA-376 Part 1, 20.4.2.8 (inline)."""
    title = quoteattr(name)
    return (
        "</w:t></w:r><w:r><w:drawing>"
        f'<wp:inline xmlns:wp="{WP_NS}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name={title}/>'
        f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{A_NS}" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic xmlns:a="{A_NS}"><a:graphicData uri="{PIC_NS}"><pic:pic xmlns:pic="{PIC_NS}">'
        f'<pic:nvPicPr><pic:cNvPr id="0" name={title}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip xmlns:r="{R_NS}" r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        '</wp:inline></w:drawing></w:r><w:r><w:t xml:space="preserve">'
    )
