"""PDF/A-2u, clause by clause, on files of real forms: what docs/pdfa.md says is checked.

Source: ISO 19005-2:2011.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageCms

from formgen.forms.catalogue import Catalogue
from formgen.forms.layout import LAYOUT
from formgen.rendering.pdf import Identity, Marks, PdfFile, compile_pdf
from formgen.typeset.fonts import FontBook
from tests.rendering.records import sample_record

KEY = "AAAAAAAAAA"
FILTERS = {"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode"}
OPERATORS = frozenset(
    re.findall(
        r"\S+",
        "b B b* B* BDC BI BMC BT BX c cm cs CS d d0 d1 Do DP EI EMC ET EX f F f* g G gs h i ID j J K k l m M MP n q Q "
        "re rg RG ri s S sc SC scn SCN sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"",
    )
)
"""All that ISO 32000-1 defines."""


@pytest.fixture(scope="module")
def content() -> bytes:
    """All forms with a layout, filled and blank, with codes and marks, in one file."""
    fonts, stream = FontBook(), io.BytesIO()
    file = PdfFile(stream, Identity("帮扶 <档案> & 附件"))
    for manifest in (form for form in Catalogue().forms() if (form.folder / LAYOUT).is_file()):
        compiled = compile_pdf(manifest, fonts)
        for kind in ("normal", "rare", "many"):
            made = compiled.compose(sample_record(manifest, kind), KEY, marks=Marks("BBBBBBBBBB"))
            assert made.pages is not None, made.problems
            file.add(made.pages, (manifest.short, kind))
        file.add(compiled.compose_blank().pages or ())
    file.close()
    return stream.getvalue()


@pytest.fixture(scope="module")
def pdf(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary, direct ones too."""

    def walk(thing: Any) -> Iterator[Any]:
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            yield thing
            for _, value in thing.items():
                if not getattr(value, "is_indirect", False):
                    yield from walk(value)
        elif isinstance(thing, pikepdf.Array):
            for value in thing:
                if not getattr(value, "is_indirect", False):
                    yield from walk(value)

    for thing in pdf.objects:
        yield from walk(thing)


def contents(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Every content stream with the resources it uses."""
    for page in pdf.pages:
        yield page.obj, page.resources
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form":
            yield thing, thing.get("/Resources", pikepdf.Dictionary())


def test_6_1_2_header(content: bytes) -> None:
    assert re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4,}\n", content)


def test_6_1_3_trailer(content: bytes, pdf: pikepdf.Pdf) -> None:
    assert len(pdf.trailer.ID) == 2 and bytes(pdf.trailer.ID[0])
    assert "/Encrypt" not in pdf.trailer
    assert content.endswith(b"%%EOF\n") and content.count(b"%%EOF") == 1


def test_6_1_7_streams(pdf: pikepdf.Pdf) -> None:
    for thing in dictionaries(pdf):
        if isinstance(thing, pikepdf.Stream):
            assert not {"/F", "/FFilter", "/FDecodeParms"} & set(thing.keys())
            filters = thing.get("/Filter", pikepdf.Array())
            names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
            assert {str(name) for name in names} <= FILTERS
    inline = [
        operands[0]
        for page in pdf.pages
        for operands, op in pikepdf.parse_content_stream(page)
        if str(op) == "INLINE IMAGE"
    ]
    assert inline and {str(name) for image in inline for name in image.filters} <= {"/AHx", "/ASCIIHexDecode"}


def test_6_1_13_limits(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        assert all(3 <= float(size) <= 14_400 for size in page.mediabox[2:])
    for holder, _ in contents(pdf):
        depth = deepest = 0
        for instruction in pikepdf.parse_content_stream(holder):
            depth += {"q": 1, "Q": -1}.get(str(instruction.operator), 0)
            deepest = max(deepest, depth)
            for operand in instruction.operands:
                if isinstance(operand, pikepdf.String):
                    assert len(bytes(operand)) <= 32_767
        assert depth == 0 and deepest <= 28


def test_6_2_2_only_defined_operators_and_own_resources(pdf: pikepdf.Pdf) -> None:
    for holder, resources in contents(pdf):
        for instruction in pikepdf.parse_content_stream(holder):
            name = str(instruction.operator)
            assert name in OPERATORS or name == "INLINE IMAGE"
            kind = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState"}.get(name)
            if kind is not None:
                assert str(instruction.operands[0]) in resources[kind]


def test_6_2_3_and_4_colours_are_of_the_output_intent(pdf: pikepdf.Pdf) -> None:
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.N == 3
    profile = ImageCms.ImageCmsProfile(io.BytesIO(intent.DestOutputProfile.read_bytes()))
    assert profile.profile.xcolor_space.strip() == "RGB" and profile.profile.device_class == "mntr"
    assert profile.profile.version < 5
    ramp = Image.linear_gradient("L").convert("RGB")
    converted = ImageCms.profileToProfile(ramp, profile, ImageCms.createProfile("sRGB"))
    assert converted is not None
    assert max(high for _, high in ImageChops.difference(ramp, converted).getextrema()) <= 1
    for holder, resources in contents(pdf):
        assert not {str(item.operator) for item in pikepdf.parse_content_stream(holder)} & {"k", "K"}
        assert "DeviceCMYK" not in str(resources.get("/ColorSpace", ""))
    for thing in dictionaries(pdf):
        if thing.get("/Subtype") == "/Image":
            assert thing.ColorSpace in ("/DeviceRGB", "/DeviceGray")


def test_6_2_8_to_10_no_postscript_references_alternates_transparency(pdf: pikepdf.Pdf) -> None:
    for thing in dictionaries(pdf):
        assert not {"/Alternates", "/OPI", "/Ref", "/PS", "/TR", "/HTP", "/Group"} & set(thing.keys())
        assert not thing.get("/Interpolate", False)
        assert thing.get("/SMask", "/None") == "/None"
        assert thing.get("/BM", "/Normal") == "/Normal"
        assert all(float(thing.get(name, 1)) == 1 for name in ("/ca", "/CA") if thing.get("/Type") == "/ExtGState")


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    return [thing for thing in dictionaries(pdf) if thing.get("/Type") == "/Font"]


def test_6_2_11_fonts_are_embedded_and_consistent(pdf: pikepdf.Pdf) -> None:
    kinds = set()
    for font in fonts_of(pdf):
        kinds.add(str(font.Subtype))
        if font.Subtype == "/Type0":
            assert font.Encoding == "/Identity-H"
            (descendant,) = font.DescendantFonts
            assert (bytes(descendant.CIDSystemInfo.Registry), bytes(descendant.CIDSystemInfo.Ordering)) == (
                b"Adobe",
                b"Identity",
            )
            if descendant.Subtype == "/CIDFontType2":
                assert "/CIDToGIDMap" in descendant
            continue
        descriptor = font.FontDescriptor
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())
        if font.Subtype == "/TrueType":
            assert bool(int(descriptor.Flags) & 4) == ("/Encoding" not in font)
    assert "/Type0" in kinds


def test_6_2_11_7_every_font_says_what_its_codes_mean(pdf: pikepdf.Pdf) -> None:
    for font in fonts_of(pdf):
        if font.Subtype not in ("/CIDFontType0", "/CIDFontType2"):
            codes = font.ToUnicode.read_bytes()
            meant = re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", codes)
            assert meant and not {b"0000", b"FEFF", b"FFFE"} & set(meant)


def test_6_2_11_8_notdef_is_not_shown(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for instruction in pikepdf.parse_content_stream(page):
            if str(instruction.operator) in ("Tj", "TJ"):
                (shown,) = instruction.operands
                for text in [shown] if isinstance(shown, pikepdf.String) else shown:
                    if isinstance(text, pikepdf.String):
                        codes = bytes(text)
                        assert all(codes[at : at + 2] != b"\0\0" for at in range(0, len(codes), 2))


def test_6_3_to_6_5_and_6_8_nothing_is_hidden_or_runs(pdf: pikepdf.Pdf) -> None:
    forbidden = {
        "/AA",
        "/OpenAction",
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/XFA",
        "/AcroForm",
        "/Annots",
        "/OCProperties",
    }
    for thing in dictionaries(pdf):
        assert not forbidden & set(thing.keys())
    assert "/Perms" not in pdf.Root and "/Requirements" not in pdf.Root


def test_6_6_metadata(pdf: pikepdf.Pdf) -> None:
    stream = pdf.Root.Metadata
    assert (stream.Type, stream.Subtype) == ("/Metadata", "/XML") and "/Filter" not in stream
    text = stream.read_bytes().decode()
    assert re.match(r'<\?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"\?>', text)
    assert "encoding=" not in text.partition("?>")[0] and "bytes=" not in text.partition("?>")[0]
    metadata = pdf.open_metadata()
    assert metadata.pdfa_status == "2U"
    assert (metadata["dc:title"], metadata["xmp:CreatorTool"], metadata["pdf:Producer"]) == (
        str(pdf.docinfo.Title),
        str(pdf.docinfo.Creator),
        str(pdf.docinfo.Producer),
    )


def test_6_6_2_3_own_properties_are_declared(pdf: pikepdf.Pdf) -> None:
    text = pdf.Root.Metadata.read_bytes().decode()
    used = set(re.findall(r"<formgen:(\w+)>", text))
    declared = set(re.findall(r"<pdfaProperty:name>(\w+)</pdfaProperty:name>", text))
    assert used == declared == {"sheets"}
