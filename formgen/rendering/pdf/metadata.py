"""What a file says about itself: document information, XMP, output intent, all that PDF/A-2u asks of them.

Nothing personal is in it: form, version and the record's key, which is opaque; of a file of many sheets their number.
The properties are found again by whoever reads the file back.

Source: ISO 19005-2 (PDF/A-2), 6.2.3 (output intent), 6.6 (metadata); XMP Specification Part 1; ICC.1:2010.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import escape

from formgen.rendering.pdf.objects import text_string

__all__ = ["NAMESPACE", "Identity", "information", "srgb_profile", "xmp"]

NAMESPACE: Final = "https://formgen.dev/ns/pdf/1.0/"
"""A name, not an address."""
PROFILE: Final = Path(__file__).with_name("srgb.icc")
CONDITION: Final = "sRGB IEC61966-2.1"
CREATOR: Final = "formgen"
DESCRIPTIONS: Final = {
    "form": "programme/form that is printed",
    "version": "version of the form",
    "record": "opaque key of the record; no personal data",
    "sheets": "number of sheets in the file",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Which form a file holds, of which record; both empty where it holds many."""

    title: str
    form: str = ""
    version: str = ""
    record: str = ""
    language: str = "zh-CN"

    def entries(self, sheets: int) -> dict[str, str]:
        """Property → value, those there are."""
        said = {"form": self.form, "version": self.version, "record": self.record}
        return {**{name: value for name, value in said.items() if value}, "sheets": str(sheets)}


def information(identity: Identity, sheets: int) -> bytes:
    """The information dictionary; the same facts as in XMP."""
    ours = b"".join(
        b"/formgen." + name.encode() + text_string(value) for name, value in identity.entries(sheets).items()
    )
    creator = text_string(CREATOR)
    return b"<</Title%b/Creator%b/Producer%b%b>>" % (text_string(identity.title), creator, creator, ours)


def xmp(identity: Identity, sheets: int) -> bytes:
    """The metadata stream. Source: ISO 19005-2, 6.6.2.3 (what an unknown namespace has to declare)."""
    said = identity.entries(sheets)
    ours = "".join(f"<formgen:{name}>{escape(value)}</formgen:{name}>" for name, value in said.items())
    declared = "".join(_declaration(name) for name in said)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:formgen="{NAMESPACE}" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(identity.title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(identity.language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{CREATOR}</xmp:CreatorTool><pdf:Producer>{CREATOR}</pdf:Producer>
{ours}
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>formgen</pdfaSchema:schema><pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>formgen</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{declared}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>""".encode()


def _declaration(name: str) -> str:
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{DESCRIPTIONS[name]}</pdfaProperty:description></rdf:li>"
    )


@functools.cache
def srgb_profile() -> bytes:
    """A display profile of the sRGB colour space."""
    return PROFILE.read_bytes()
