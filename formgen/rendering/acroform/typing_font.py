"""The font for what people type into a field: Song of the reader's own machine, by its standard name.

A whole Song font would make each file 8 MB larger, its 6,763 characters of GB 2312 1.6 MB, and then every other
character would be missing. STSong-Light with a CMap of Adobe-GB1 is the name that viewers have known since PDF 1.2:
Acrobat, WPS, pdfium (Chrome, Edge) and poppler put a Song font of their machine in its place. What formgen itself fills
in is drawn with embedded fonts and needs none of this.

The ToUnicode map says that the codes of UniGB-UCS2-H are UTF-16: poppler looks up codes of typed characters in it, and
without it shows other characters (tried with 22.12; it also needs the poppler-data package).
Source: ISO 32000-2, 9.7.5.2 (predefined CMaps), 9.10.3; Adobe Technical Note 5079 (Adobe-GB1).
"""

from __future__ import annotations

from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

__all__ = ["default_appearance", "typing_font"]

FACE: Final = "STSong-Light"
CMAP: Final = "UniGB-UCS2-H"
HALF_WIDE: Final = [1, 95, 500, 814, 939, 500]
"""CIDs of Adobe-GB1 that are no ideographs: first, last, width."""
SURROGATES: Final = range(0xD8, 0xE0)
IN_BLOCK: Final = 100


def default_appearance(size_pt: float = 0.0) -> bytes:
    """What the viewer writes typed text with; at size 0 it chooses one at which the text fits."""
    return f"/STSong {size_pt:g} Tf 0 g".encode()


def typing_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{FACE}"),
        Flags=6,
        FontBBox=[-25, -254, 1000, 880],
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=880,
        StemV=93,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name(f"/{FACE}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("GB1"), Supplement=4),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=Array(HALF_WIDE),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(f"/{FACE}-{CMAP}"),
            Encoding=Name(f"/{CMAP}"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(_same_codes()),
        )
    )


def _same_codes() -> bytes:
    """A ToUnicode CMap in which every code of two bytes is its own character."""
    rows = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256) if high not in SURROGATES]
    blocks = [rows[start : start + IN_BLOCK] for start in range(0, len(rows), IN_BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfrange", *block, "endbfrange"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()
