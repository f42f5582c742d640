"""What stands in a saved part besides what somebody reads: rows and heads are known in spite of it, and what is more
than noise is read as a parser reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formgen.reading.docx import heads
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.holes import ends_of, holes_of
from formgen.reading.docx.last_edited import without_last_edited
from formgen.reading.docx.markup import Filled, Markup
from formgen.reading.docx.noise import Noise
from formgen.reading.docx.roots import Root
from formgen.reading.docx.saved import Markups
from formgen.reading.docx.simplifying import Simplifier
from formgen.reading.docx.walking import walk_alone
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.test_casting import FORMS, cast, parsed
from tests.reading.docx.test_chains import outcome
from tests.reading.docx.test_programs import filled
from tests.reading.docx.word_saved import W14, saved_by_word

ROOT: Final = Root(f'<w:document xmlns:w="{edits.W}" xmlns:w14="{W14}">'.encode(), b"</w:document>")
NOISE: Final = Noise(ROOT)
SIMPLIFIER: Final = Simplifier(NOISE)
RPR: Final = b'<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
SIGN: Final = b'<w:proofErr w:type="spellStart"/>'
PARAGRAPH: Final = b'<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00A1B2C3"><w:pPr><w:jc w:val="left"/></w:pPr>%b</w:p>'


def run(inner: bytes, attributes: bytes = b"", properties: bytes = RPR) -> bytes:
    return b"<w:r%b>%b%b</w:r>" % (attributes, properties, inner)


def said(text: bytes, attributes: bytes = b"", properties: bytes = RPR) -> bytes:
    return run(b"<w:t>%b</w:t>" % text, attributes, properties)


def control(inner: bytes, number: int = 1, mark: int = 3) -> bytes:
    name = b'<w:bookmarkStart w:id="%d" w:name="f_a__%d"/>%b<w:bookmarkEnd w:id="%d"/>' % (mark, number, inner, mark)
    return b'<w:sdt><w:sdtPr><w:tag w:val="a"/><w:id w:val="%d"/></w:sdtPr><w:sdtContent>%b</w:sdtContent></w:sdt>' % (
        -number * 1001,
        name,
    )


def markups(content: bytes) -> Markups:
    holes, end = holes_of(SIMPLIFIER.made(content))
    ends = ends_of(holes, end)
    assert ends is not None
    return Markups(Markup(holes, end, ends, 1 << 16), NOISE)


def read(known: Markups, content: bytes) -> Filled | None:
    """As it is saved; the same is found in it in fewer words."""
    found = known.read(content, 0, is_saved=True)
    if found is not None:
        plain = known.read(SIMPLIFIER.made(content), 0, is_saved=False)
        assert plain is not None and found[:3] == plain[:3] and found.end == len(content)
    return found


MADE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "a text": lambda text: PARAGRAPH % said(text),
    "between a label and a tab": lambda text: PARAGRAPH % (said("甲：".encode()) + run(b"<w:tab/>") + said(text)),
    "before a tab": lambda text: PARAGRAPH % (said(text) + run(b"<w:tab/>")),
    "in a control": lambda text: PARAGRAPH % (said("甲".encode()) + control(said(text)) + said("乙".encode())),
    "beside an empty run": lambda text: PARAGRAPH % (run(b"") + control(said(text))),
    "with a line's end": lambda text: PARAGRAPH % run(b"<w:t>%b</w:t><w:br/><w:t>1</w:t>" % text),
    "after a line's end": lambda text: PARAGRAPH % run(b'<w:br/><w:t xml:space="preserve">%b</w:t>' % text),
    "struck": lambda text: PARAGRAPH % said(text, properties=b"<w:rPr><w:strike/></w:rPr>"),
    "in a row": lambda text: b'<w:tr w:rsidR="00A1B2C3"><w:tc>%b</w:tc><w:tc><w:p/></w:tc></w:tr>' % PARAGRAPH
    % said(text),
}  # fmt: skip


@pytest.mark.parametrize("made", MADE.values(), ids=list(MADE))
def test_a_text_is_found_as_it_was_saved(made: Callable[[bytes], bytes]) -> None:
    known = markups(made("张三".encode()))
    found = read(known, made("李四，1990".encode()).replace(b"A1B2C3", b"0F0F0F"))
    assert found is not None and "李四，1990" in found.texts
    assert read(known, made(b"<w:tab/>")) is read(known, made(b"1&amp;2")) is None


BROKEN: Final = {
    "in two": said(b"1", b' w:rsidRPr="00112233"') + said(b"2"),
    "in three": said(b"1") + said(b"", properties=b"") + said(b"2", properties=b"<w:rPr></w:rPr>"),
    "proofed": SIGN + said(b"1") + SIGN.replace(b"spellStart", b"gramEnd") + said(b"2") + SIGN,
    "a page begins": run(b"<w:lastRenderedPageBreak/><w:t>12</w:t>"),
    "space is kept": run(b'<w:t xml:space="preserve">1</w:t>') + said(b"2"),
    "a font with its letter": said(b"12", properties=b'<w:rPr><w:rFonts w:ascii="PMingLiU PP"/></w:rPr>'),
}


@pytest.mark.parametrize("runs", BROKEN.values(), ids=list(BROKEN))
@pytest.mark.parametrize("made", ["a text", "between a label and a tab", "before a tab", "in a control", "in a row"])
def test_a_text_is_whole_however_it_is_broken(runs: bytes, made: str) -> None:
    known = markups(MADE[made]("张三".encode()))
    found = read(known, MADE[made](b"@").replace(said(b"@"), runs))
    assert found is not None and "12" in found.texts


MORE: Final = {
    "nothing": b"",
    "signs alone": SIGN,
    "a tab": said(b"1") + run(b"<w:tab/>"),
    "a struck run": said(b"1") + said(b"2", properties=b"<w:rPr><w:strike/></w:rPr>"),
    "a look that is not sound": said(b"1", properties=b"<w:rPr><w:b></w:rPr>"),
    "a tracked change": said(b"1", properties=b"<w:rPr><w:rPrChange><w:rPr></w:rPr></w:rPrChange></w:rPr>"),
    "properties twice": run(RPR + b"<w:t>1</w:t>"),
    "another number": said(b"1", b' w:rsidR="0011223Z"'),
    "another order": said(b"1", b' w:rsidRPr="00112233" w:rsidR="00112233"'),
    "another attribute": said(b"1", b' w:x="1"'),
    "another space": run(b'<w:t xml:space="default">1</w:t>'),
    "an end too much": said(b"1") + b"</w:t></w:r>",
    "a beginning too much": b"<w:r>" + said(b"1"),
    "a text beside": said(b"1") + b"2",
    "a zero": said(b"1") + b"\0" + said(b"2"),
    "a sign in a text": said(b"1" + SIGN),
    "a comment": said(b"1") + b"<!-- -->",
}


@pytest.mark.parametrize("runs", MORE.values(), ids=list(MORE))
@pytest.mark.parametrize("made", ["a text", "between a label and a tab", "before a tab", "in a control", "in a row"])
def test_what_is_more_than_noise_is_no_noise(runs: bytes, made: str) -> None:
    known = markups(MADE[made]("张三".encode()))
    found = known.read(MADE[made](b"@").replace(said(b"@"), runs), 0, is_saved=True)
    if made == "before a tab" and runs in (b"", SIGN):
        assert found is not None and found.texts == [""]  # the run of the tab says nothing
    else:
        assert found is None


def test_marks_and_their_numbers() -> None:
    known = markups(PARAGRAPH % control(said(b"1"), 7, 3))
    found = read(known, PARAGRAPH % control(said(b"2"), 8, 12))
    assert found is not None and (list(found.numbers), list(found.starts)) == ([8], [b"12"])
    for mark in (b'w:id="4"/></w:sdtC', b'w:id=""/></w:sdtC', b'w:id="3" /></w:sdtC'):
        other = (PARAGRAPH % control(said(b"2"), 8, 3)).replace(b'w:id="3"/></w:sdtC', mark)
        assert known.read(other, 0, is_saved=True) is None


CLOSED: Final = [
    *(b"<w:p>/>", b"<w:p>>/>", b'<w:p w:rsidR="00A1">/>', b'<w:p w:rsidR="00A1"> w:rsidR="00A2"/>', b"<w:p\0/>"),
    *(b"<w:p/ >", b"<w:p>", b"<w:p /></w:p>", b'<w:p w:rsidR="00A1"w:rsidP="00A1"/>'),
]


@pytest.mark.parametrize("paragraph", CLOSED)
def test_what_is_no_beginning_of_an_element(paragraph: bytes) -> None:
    known = markups(MADE["in a row"](b"1"))
    assert read(known, MADE["in a row"](b"2").replace(b"<w:p/>", b'<w:p w:rsidR="00A1"/>')) is not None
    assert known.read(MADE["in a row"](b"2").replace(b"<w:p/>", paragraph), 0, is_saved=True) is None


def test_a_part_full_of_signs_is_gone_through_once() -> None:
    """From each sign anew it took a quarter of a minute."""
    known = markups(MADE["a text"](b"1"))
    assert known.read(MADE["a text"](b"@").replace(said(b"@"), SIGN * 1000 + b"<w:x/>"), 0, is_saved=True) is None
    assert NOISE.texts(b"\0" + SIGN * 20_000 + b"<w:x/>") is None
    assert NOISE.texts(b"\0" + said(b"1") + SIGN * 3 + said(b"2")) == b"\x0012"


def test_a_row_of_too_many_elements_is_not_kept() -> None:
    known = markups(b"<w:tr>%b</w:tr>" % (b"<w:tc><w:p/></w:tc>" * 1000))
    assert known.read(b"<w:tr>%b</w:tr>" % (b"<w:tc><w:p/></w:tc>" * 1000), 0, is_saved=True) is None


def test_marks_that_are_written_otherwise_make_no_row_known() -> None:
    for mark in (b'<w:bookmarkStart w:name="f_a" w:id="3"/>', b"<w:bookmarkStart w:id='3' w:name='f_a'/>"):
        holes, end = holes_of(SIMPLIFIER.made(PARAGRAPH % (mark + said(b"1") + b'<w:bookmarkEnd w:id="3"/>')))
        assert ends_of(holes, end) is None


HEAD: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>' + ROOT.open.replace(b"document", b"hdr") + b"%b" + PARAGRAPH + b"</w:hdr>"
)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was gone through."""
    gone: list[bytes] = []
    made = Simplifier.made
    monkeypatch.setattr(Simplifier, "made", lambda self, content: gone.append(content) or made(self, content))
    heads._heads.cache_clear()
    return gone


def head(text: str, mark: bytes = b"", session: bytes = b"00A1B2C3") -> bytes:
    content = HEAD % (mark, control(said(text.encode(), b' w:rsidRPr="00112233"')) + run(b"<w:tab/>") + said(b"1"))
    return content.replace(b"00A1B2C3", session)


def test_a_head_that_differs_in_noise_is_known(seen: list[bytes]) -> None:
    first = heads.simplified(head("填表人"))
    assert heads.simplified(head("填表人", session=b"00D4E5F6")) is first and len(seen) == 1
    other = heads.simplified(head("审核人"))
    assert other != first and "审核人".encode() in other and len(seen) == 2
    assert heads.simplified(head("填表人")) is first and heads.simplified(head("审核人")) is other and len(seen) == 2


EDITED: Final = '<w:bookmarkStart w:id="{0}" w:name="_GoBack"/><w:bookmarkEnd w:id="{0}"/>'


def test_where_somebody_edited_last_does_not_matter(seen: list[bytes]) -> None:
    first = heads.simplified(head("填表人"))
    assert heads.simplified(head("填表人", EDITED.format(9).encode())) is first and len(seen) == 1
    same = head("填表人", EDITED.format(3).encode())  # the number of another mark
    assert heads.simplified(same) == same


EDITED_IN: Final = [
    *("<w:p>{}<w:r><w:t>甲</w:t></w:r></w:p>", "<w:p><w:pPr><w:jc w:val='left'/></w:pPr>{}</w:p>", "{}<w:p/>"),
    "<w:p><w:r><w:t>甲</w:t></w:r>{}<w:r><w:t>乙</w:t></w:r></w:p>",
]
NOT_EDITED_IN: Final = [
    *(
        "<w:p><w:r><w:t>甲{}乙</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>{}甲</w:t></w:r></w:p>",
        "<w:p><w:r>{}<w:t/></w:r></w:p>",
    ),
    *('<w:p w:rsidR="00{}A1"/>', "<w:p{}/>", "<w:p><w:pPr><w:jc w:val='>{}'/></w:pPr></w:p>", "<{}w:p/>", "<w:p/{}>"),
    *("<w:p>{}<w:pPr/></w:p>", "<w:p><w:r>{}<w:rPr/></w:r></w:p>", "<w:p><w:pPr>{}<w:jc/></w:pPr></w:p>"),
]


@pytest.mark.parametrize("inner", [*EDITED_IN, *NOT_EDITED_IN])
def test_word_s_own_mark_goes_only_where_word_puts_it(inner: str) -> None:
    content = f"{ROOT.open.decode()}<w:body>{inner.format(EDITED.format(7))}</w:body>{ROOT.close.decode()}".encode()
    cut, number = without_last_edited(content)
    assert (cut, number) == (
        (content.replace(EDITED.format(7).encode(), b""), b"7") if inner in EDITED_IN else (content, b"")
    )
    for _ in range(2):
        assert outcome(lambda part: cast(part)[0], content) == outcome(parsed, content)


def test_a_head_of_another_form_is_not_taken_for_one(seen: list[bytes]) -> None:
    heads.simplified(head("填表人"))
    for sign in (b"<w:tab/>", b"w:jc", b'w:tag w:val="a"', b"f_a__1"):
        changed = head("填表人").replace(sign, sign.replace(b"t", b"T").replace(b"a", b"b").replace(b"1", b"2"))
        assert heads.simplified(changed) == SIMPLIFIER.made(changed)


SIGNS: Final = (
    *(SIGN, b'<w:proofErr w:type="x"/>', b"<w:lastRenderedPageBreak/>", b"&amp;", b" ", b">", b"\0", b"<!-- -->"),
    *(said(b"z"), said(b"z", b' w:rsidR="0011223"', b""), run(b""), b"<w:r/>", run(b"<w:tab/>"), said(b"P", b"", b"")),
    *(said(b"s", b"", b"<w:rPr><w:strike/></w:rPr>"), run(b"<w:t>a</w:t><w:br/><w:t>b</w:t>"), b"<w:r><w:rPr/></w:r>"),
    *(
        b"/>",
        b">/>",
        b"</w:t></w:r>",
        b"<w:t>",
        b"</w:p><w:p>",
        b'<w:bookmarkStart w:id="0" w:name="f_x"/><w:bookmarkEnd w:id="0"/>',
    ),
)
PLACES: Final = re.compile(
    rb"</w:r>|<w:tc>|<w:p(?= )|(?<=</w:pPr>)(?=<)|<w:sdtContent>|<w:bookmarkEnd [^>]*>|</w:sdt>|"
    rb"<w:t(?: [^>]*)?>|(?<=[^>])</w:t>"
)
TAKEN: Final = re.compile(
    rb'<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>(?=<w:t)| w:rsid\w+="[^"]*"| w14:\w+="[^"]*"| w:val="-?\d+"(?=/>)|'
    rb"</w:t></w:r>|<w:r>|<w:r [^>]*>|(?<=<w:t>)[^<]+"
)


def put(content: bytes, at: int, sign: bytes) -> bytes:
    places = [match.end() for match in PLACES.finditer(content)]
    place = places[at % len(places)]
    return content[:place] + sign + content[place:]


def take(content: bytes, at: int, _: bytes) -> bytes:
    places = [match.span() for match in TAKEN.finditer(content)]
    start, end = places[at % len(places)]
    return content[:start] + content[end:]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_stands_there_is_read_as_a_parser_reads_it(form: Any) -> None:
    printed = compile_docx(form).render(filled(form), "r1").content or b""
    documents = [edits.part_of(saved_by_word(printed, seed)) for seed in range(4)]
    for document in documents:
        assert cast(document)[0] == parsed(document)
    differ = 0
    change = st.tuples(st.sampled_from([put, put, take]), st.integers(0, 1 << 16), st.sampled_from(SIGNS))

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(st.sampled_from(documents), st.lists(change, min_size=1, max_size=3))
    def law(document: bytes, changes: list[tuple[Callable[[bytes, int, bytes], bytes], int, bytes]]) -> None:
        nonlocal differ
        changed = document
        for edit, at, sign in changes:
            changed = edit(changed, at, sign)
        told = outcome(lambda content: cast(content)[0], changed)
        assert told == outcome(parsed, changed)
        assert outcome(lambda content: cast(content)[0], document) == parsed(document)  # nothing wrong was learnt
        differ += told not in ("broken", parsed(document))

    law()
    assert differ > 15


ROWS: Final = b"<w:body><w:tbl>%b</w:tbl></w:body>"
STRANGE: Final = {
    "a sign before properties": (b"<w:tc>", b"<w:tc>" + SIGN + b'<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'),
    "a page before properties": (
        b"<w:tc>",
        b'<w:tc><w:lastRenderedPageBreak/><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>',
    ),
    "a sign in a value": (b'"left"', b'">' + SIGN + b'"'),
    "black by numbers": (RPR, b'<w:rPr><w:highlight w:val="bl&#97;ck"/></w:rPr>'),
    "white apart": (RPR, b'<w:rPr><w:color w:val ="FFFFFF"/></w:rPr>'),
    "signs apart": (RPR, b'<w:rPr><w:rFonts w:ascii= "Wingdings"/></w:rPr>'),
    "prefixes anew": (b"<w:body>", b'<w:body xmlns:a="u" xmlns:b="u">'),
    "two marks": (b"</w:tc>", EDITED.format(8).encode() + b"</w:tc>"),
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=list(STRANGE))
def test_strange_rows_are_read_as_a_parser_reads_them(change: tuple[bytes, bytes]) -> None:
    rows = b"".join(MADE["in a row"](b"%d" % number) for number in range(3))
    content = ROOT.open + ROWS % rows + ROOT.close
    for part in (content, content, content.replace(*change), content.replace(*change), content):
        assert outcome(lambda part: cast(part)[0], part) == outcome(parsed, part)


def test_prefixes_that_a_root_only_seems_to_declare() -> None:
    root = Root(f"""<w:document xmlns:w="{edits.W}" w:x='xmlns:w14='>""".encode(), ROOT.close)
    assert not Noise(root).are_beginnings("p", [b' w14:paraId="00A1B2C3"'])
    assert NOISE.are_beginnings("p", [b' w14:paraId="00A1B2C3"'])


def test_rows_as_they_were_saved_are_not_gone_through_again(seen: list[bytes]) -> None:
    """Also of a part with too many rows for a chain."""
    rows = b"".join(MADE["in a row"](b"%d" % number) for number in range(150))
    content = ROOT.open + ROWS % rows + ROOT.close
    for session in (b"A1B2C3", b"0F0F0F"):
        found = cast_rows(content.replace(b"A1B2C3", session), walk_alone).rows
        assert [row.texts for row in found] == [[str(number)] for number in range(150)]
        assert len(seen) <= 3  # the first row, and what is left
        seen.clear()
