"""A form's file as Microsoft Word saves it again, imitated: no file of Word's own is to be had here.

What Word is known to do to a document it did not write, and what a reader could stumble over: numbers of editing
sessions and of paragraphs, runs broken at every change of script and around what the proofing tools marked, its own
bookmark, its namespaces, content controls with more properties, parts of its own, all XML in one line, its order of
parts. Values, words and marks stay what they are. Not imitated: anything that Word lays out, and its theme and styles.
Source: MS-DOCX 2.2 (w14:paraId, w14:textId), 2.5 (w15:appearance); ECMA-376 Part 1, 17.3.1.18 (cnfStyle), 17.3.2.26
(rFonts), 17.3.3.13 (lastRenderedPageBreak), 17.5.2 (content controls), 17.13.8 (proofErr), 17.15.1.70 (rsid).
"""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from tests.reading.docx.word_edits import DOCUMENT, Element, W, fragment, w

__all__ = ["saved_by_word"]

W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
W15: Final = "http://schemas.microsoft.com/office/word/2012/wordml"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
NAMESPACES: Final = {
    "wpc": "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas",
    "cx": "http://schemas.microsoft.com/office/drawing/2014/chartex",
    "mc": MC,
    "aink": "http://schemas.microsoft.com/office/drawing/2016/ink",
    "o": "urn:schemas-microsoft-com:office:office",
    "r": R,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "v": "urn:schemas-microsoft-com:vml",
    "wp14": "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "w10": "urn:schemas-microsoft-com:office:word",
    "w": W,
    "w14": W14,
    "w15": W15,
    "w16cid": "http://schemas.microsoft.com/office/word/2016/wordml/cid",
    "w16se": "http://schemas.microsoft.com/office/word/2015/wordml/symex",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
IGNORABLE: Final = "w14 w15 w16se w16cid wp14"
PLACEHOLDER: Final = "单击或点击此处输入文字。"
HEAD: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
ORDER: Final = (
    "[Content_Types].xml",
    "_rels/.rels",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/footnotes.xml",
    "word/header",
    "word/footer",
    "word/theme/",
    "word/settings.xml",
    "customXml/",
    "word/styles.xml",
    "word/webSettings.xml",
    "word/fontTable.xml",
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
)
"""Beginnings of names, as Word writes parts."""
ADDED: Final = {
    "word/webSettings.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.webSettings+xml",
        f'<w:webSettings xmlns:w="{W}"><w:optimizeForBrowser/><w:allowPNG/></w:webSettings>',
    ),
    "docProps/app.xml": (
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Template>Normal.dotm</Template><TotalTime>{minutes}</TotalTime><Pages>1</Pages><Words>{words}</Words>"
        "<Characters>{words}</Characters><Application>Microsoft Office Word</Application><DocSecurity>0</DocSecurity>"
        "<Company/><AppVersion>16.0000</AppVersion></Properties>",
    ),
    "customXml/itemProps1.xml": (
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
        '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
        'ds:itemID="{{6B6B1F2A-0000-4000-8000-{minutes:012}}}"/>',
    ),
}
ITEM: Final = (
    '<b:Sources xmlns:b="http://schemas.openxmlformats.org/officeDocument/2006/bibliography" SelectedStyle="/APA.XSL"/>'
)


def saved_by_word(content: bytes, seed: int) -> bytes:
    """The file as it comes back; the same bytes for the same seed."""
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sessions = [f"{chance.randrange(0x100000, 0xFFFFFF):08X}" for _ in range(4)]
    for name in parts:
        if name == DOCUMENT or name.startswith(("word/header", "word/footer")):
            parts[name] = _serialised(_Saver(chance, sessions).saved(etree.fromstring(parts[name])))
    _add_parts(parts, chance)
    parts["word/settings.xml"] = _with_sessions(parts["word/settings.xml"], sessions)
    return _packed(parts)


class _Saver:
    """Goes over one part."""

    def __init__(self, chance: random.Random, sessions: list[str]) -> None:
        self._chance = chance
        self._sessions = sessions

    def saved(self, root: Element) -> Element:
        made = etree.Element(root.tag, nsmap=NAMESPACES)
        made.set(f"{{{MC}}}Ignorable", IGNORABLE)
        made.extend(list(root))
        for properties in list(made.iter(w("sdtPr"))):
            self._control(properties)
        for run in list(made.iter(w("r"))):
            self._run(run)
        for element in made.iter(w("tr"), w("p"), w("sectPr")):
            self._number(element)
        for table in made.iter(w("tblPr")):
            table.append(fragment('<w:tblLook w:val="04A0" w:firstRow="1" w:noHBand="0" w:noVBand="1"/>'))
            for row in list(table.getparent().iter(w("trPr")))[1::2]:  # what a style's stripes leave behind
                row.insert(0, fragment('<w:cnfStyle w:val="000000100000"/>'))
        self._renumber(made)
        etree.cleanup_namespaces(made, keep_ns_prefixes=list(NAMESPACES))
        return made

    def _number(self, element: Element) -> None:
        """Of which editing sessions it is, and its own number; in Word's order."""
        kind = etree.QName(element).localname
        session = self._sessions[0] if self._chance.random() < 0.8 else self._chance.choice(self._sessions)
        own = {
            f"{{{W14}}}paraId": f"{self._chance.randrange(1, 0x80000000):08X}",
            f"{{{W14}}}textId": "77777777",
        }
        if kind == "tr":
            numbers = {w("rsidR"): session, **own, w("rsidTr"): self._sessions[1]}
        elif kind == "p":
            repeated = {w("rsidRPr"): self._chance.choice(self._sessions)} if self._chance.random() < 0.3 else {}
            numbers = {**own, w("rsidR"): session, **repeated, w("rsidRDefault"): self._sessions[0]}
        else:
            numbers = {w("rsidR"): session}
        for name, number in numbers.items():
            element.set(name, number)

    def _control(self, properties: Element) -> None:
        """Ids of Word's own, and what it says of how a control looks; an empty one shows its placeholder."""
        identity = properties.find(w("id"))
        if identity is not None:
            identity.set(w("val"), str(self._chance.randrange(-(1 << 31), 1 << 31)))
        properties.append(
            fragment('<w:placeholder><w:docPart w:val="DefaultPlaceholder_-1854013440"/></w:placeholder>')
        )
        content = properties.getparent().find(w("sdtContent"))
        texts = [text for text in content.iter(w("t")) if text.text]
        if not texts and next(content.iter(w("tab"), w("br"), w("tbl")), None) is None:
            properties.append(fragment("<w:showingPlcHdr/>"))
            holder = next(content.iter(w("r")), None)
            if holder is not None:
                holder.append(fragment(f"<w:t>{PLACEHOLDER}</w:t>"))
        tag = properties.find(w("tag"))
        if tag is not None and len(tag.get(w("val"))) % 3 == 0:  # as its author chose
            etree.SubElement(properties, f"{{{W15}}}appearance").set(f"{{{W15}}}val", "hidden")

    def _run(self, run: Element) -> None:
        """Broken where the script changes, with what Word adds to the properties of each piece."""
        texts = run.findall(w("t"))
        only_texts = len(texts) == 1 and all(child.tag in (w("rPr"), w("t")) for child in run)
        pieces = list(self._pieces(texts[0].text or "")) if only_texts else []
        if self._chance.random() < 0.5:
            run.set(w("rsidRPr"), self._chance.choice(self._sessions))
        self._hint(run)
        for piece in reversed(pieces[1:]):
            other = copy.deepcopy(run)
            _set_text(other.find(w("t")), piece)
            run.addnext(other)
            if self._chance.random() < 0.3:
                kind = self._chance.choice(("spell", "gram"))
                run.addnext(fragment(f'<w:proofErr w:type="{kind}Start"/>'))
                other.addnext(fragment(f'<w:proofErr w:type="{kind}End"/>'))
        if pieces:
            _set_text(texts[0], pieces[0])
        if only_texts and self._chance.random() < 0.003:  # one a page
            texts[0].addprevious(fragment("<w:lastRenderedPageBreak/>"))

    def _pieces(self, text: str) -> Iterator[str]:
        start = 0
        for at in range(1, len(text)):
            if (text[at - 1] < "\u2e80") != (text[at] < "\u2e80") and self._chance.random() < 0.7:
                yield text[start:at]
                start = at
        yield text[start:]

    def _hint(self, run: Element) -> None:
        properties = run.find(w("rPr"))
        if properties is None:
            run.insert(0, fragment("<w:rPr/>"))
            properties = run[0]
        fonts = properties.find(w("rFonts"))
        if fonts is None:
            properties.insert(0, fragment("<w:rFonts/>"))
            fonts = properties[0]
        fonts.set(w("hint"), "eastAsia")
        if self._chance.random() < 0.2:
            properties.append(fragment('<w:lang w:eastAsia="zh-CN"/>'))

    def _renumber(self, root: Element) -> None:
        """Bookmarks are numbered from 0, Word's own last edited place among them."""
        paragraph = self._chance.choice(list(root.iter(w("p"))))
        place = 1 if len(paragraph) and paragraph[0].tag == w("pPr") else 0
        paragraph.insert(place, fragment('<w:bookmarkEnd w:id="back"/>'))
        paragraph.insert(place, fragment('<w:bookmarkStart w:id="back" w:name="_GoBack"/>'))
        numbers: dict[str, str] = {}
        for mark in root.iter(w("bookmarkStart"), w("bookmarkEnd")):
            mark.set(w("id"), numbers.setdefault(mark.get(w("id")), str(len(numbers))))


def _set_text(element: Any, text: str) -> None:
    """Word keeps white space only where there is some to keep."""
    element.text = text
    name = "{http://www.w3.org/XML/1998/namespace}space"
    element.attrib.pop(name, None)
    if text != text.strip():
        element.set(name, "preserve")


def _serialised(root: Element) -> bytes:
    return HEAD + etree.tostring(root, encoding="UTF-8")


def _with_sessions(settings: bytes, sessions: list[str]) -> bytes:
    told = "".join(f'<w:rsid w:val="{session}"/>' for session in sessions)
    rsids = f'<w:rsids><w:rsidRoot w:val="{sessions[0]}"/>{told}</w:rsids>'
    return settings.replace(b"</w:settings>", rsids.encode() + b"</w:settings>")


def _add_parts(parts: dict[str, bytes], chance: random.Random) -> None:
    """Word's own parts, with all that says what belongs to what."""
    count = {"minutes": chance.randrange(1, 60), "words": chance.randrange(50, 900)}
    overrides = ""
    for name, (kind, text) in ADDED.items():
        if name not in parts:
            overrides += f'<Override PartName="/{name}" ContentType="{kind}"/>'
        parts[name] = HEAD + (text.format(**count) if "{" in text else text).encode()
    parts["customXml/item1.xml"] = ITEM.encode()
    _append(parts, "[Content_Types].xml", b"</Types>", overrides)
    _relate(parts, "word/_rels/document.xml.rels", "webSettings", "webSettings.xml")
    _relate(parts, "word/_rels/document.xml.rels", "customXml", "../customXml/item1.xml")
    _relate(parts, "_rels/.rels", "extended-properties", "docProps/app.xml")
    name = "customXml/_rels/item1.xml.rels"
    parts[name] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    _relate(parts, name, "customXmlProps", "itemProps1.xml")


def _relate(parts: dict[str, bytes], name: str, kind: str, target: str) -> None:
    relation = f'<Relationship Id="rIdWord{len(parts[name])}" Type="{R}/{kind}" Target="{target}"/>'
    _append(parts, name, b"</Relationships>", relation)


def _append(parts: dict[str, bytes], name: str, end: bytes, text: str) -> None:
    parts[name] = parts[name].replace(end, text.encode() + end)


def _packed(parts: dict[str, bytes]) -> bytes:
    """In Word's order, with the room it leaves in the heads of its first two parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name in sorted(parts, key=lambda name: _place(name)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.flag_bits = 0x6
            if name in ORDER[:2]:
                info.extra = b"\x28\xa2\x04\x00\x28\xa0\x00\x00"
            package.writestr(info, parts[name])
    return stream.getvalue()


def _place(name: str) -> tuple[int, str]:
    return next((at for at, start in enumerate(ORDER) if name.startswith(start)), len(ORDER)), name
