"""A PDF file of many pages, written as they come.

In: composed pages. Out: one file: each background, each face's subset and each picture once, the page tree, bookmarks,
properties. A page is written the moment it is added; what stays in memory is the characters used of each face and
6 bytes an object, so memory is flat in the number of pages. The same pages give the same bytes.

Limits: a stream that cannot be written raises its own error; `formgen.files.whole_file` turns it into a problem and
leaves no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

from formgen.rendering.pdf.artwork import ArtBook, ArtUse
from formgen.rendering.pdf.canvas import ComposedPage, FontUse
from formgen.rendering.pdf.embedding import embed_face
from formgen.rendering.pdf.metadata import CONDITION, Identity, information, srgb_profile, xmp
from formgen.rendering.pdf.objects import ObjectWriter, number_text, text_string
from formgen.rendering.pdf.pictures import Picture
from formgen.rendering.pdf.trees import Outline, PageTree

__all__ = ["PdfFile"]


class PdfFile:
    """Writes one file; `close` ends it."""

    def __init__(self, stream: IO[bytes], identity: Identity) -> None:
        self._identity = identity
        self._objects = ObjectWriter(stream)
        self._pages = PageTree(self._objects)
        self._outline = Outline(self._objects)
        self._arts = ArtBook(self._objects)
        self._fonts: dict[str, tuple[FontUse, set[str]]] = {}
        """By name: copies of a font file have one."""
        self._fonts_object = self._objects.reserve()
        self._pictures: dict[str, int] = {}
        self._sheets = 0

    @property
    def page_count(self) -> int:
        return self._pages.count

    def add(self, pages: Sequence[ComposedPage], outline: tuple[str, ...] = ()) -> None:
        """The pages of one sheet, bookmarked at the first; bookmarks nest where paths begin the same."""
        self._sheets += 1
        for index, page in enumerate(pages):
            number = self._objects.reserve()
            if outline and not index:
                self._outline.add(outline, number)
            self._put_page(number, page)

    def close(self) -> None:
        """Write what all pages share, and the end of the file."""
        objects = self._objects
        objects.put(self._fonts_object, b"<<%b>>" % b"".join(self._embedded()))
        resources = objects.add(b"<</Font %d 0 R/XObject<<%b>>>>" % (self._fonts_object, self._arts.entries()))
        pages = self._pages.close(b"/Resources %d 0 R" % resources)
        outline = self._outline.close()
        identity = self._identity
        catalog = b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/OutputIntents[%b]/Lang%b%b" % (
            pages,
            objects.add_stream(b"/Type/Metadata/Subtype/XML", xmp(identity, self._sheets), is_encoded=True),
            self._output_intent(),
            text_string(identity.language),
            b"/ViewerPreferences<</DisplayDocTitle true>>",
        )
        if outline:
            catalog += b"/Outlines %d 0 R/PageMode/UseOutlines" % outline
        objects.finish(objects.add(catalog + b">>"), objects.add(information(identity, self._sheets)))

    def _put_page(self, number: int, page: ComposedPage) -> None:
        for use, chars in page.fonts:
            if use.name in self._fonts:
                self._fonts[use.name][1].update(chars)
            else:
                self._fonts[use.name] = use, set(chars)
        arts = [(use, self._arts.number(use)) for use in page.arts]
        own = self._resources(arts, page.pictures) if page.pictures else b""
        content = self._objects.add_stream(b"/Filter/FlateDecode", page.content, is_encoded=True)
        width, height = number_text(page.width_pt), number_text(page.height_pt)
        self._objects.put(
            number,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b %b]/Contents %d 0 R%b>>"
            % (self._pages.add(number), width.encode(), height.encode(), content, own),
        )

    def _resources(self, arts: Iterable[tuple[ArtUse, int]], pictures: Iterable[Picture]) -> bytes:
        """Of a page with pictures: in the shared ones, a file of 10,000 photographs would list all for every page."""
        entries = [b"/%b %d 0 R" % (use.name.encode(), number) for use, number in dict(arts).items()]
        for picture in pictures:
            number = self._pictures.get(picture.name)
            if number is None:
                number = self._objects.add_stream(picture.entries, picture.content, is_encoded=True)
                self._pictures[picture.name] = number
            entries.append(b"/%b %d 0 R" % (picture.name.encode(), number))
        return b"/Resources<</Font %d 0 R/XObject<<%b>>>>" % (self._fonts_object, b"".join(entries))

    def _embedded(self) -> Iterable[bytes]:
        """An entry of the font dictionary for each face used, in the order of their names."""
        for name, (use, chars) in sorted(self._fonts.items()):
            yield b"/%b %d 0 R" % (name.encode(), embed_face(self._objects, use, chars))

    def _output_intent(self) -> bytes:
        profile = self._objects.add_stream(b"/N 3", srgb_profile())
        condition = text_string(CONDITION)
        return b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier%b/Info%b/DestOutputProfile %d 0 R>>" % (
            condition,
            condition,
            profile,
        )
