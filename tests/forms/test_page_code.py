"""The page code's text: what goes in comes out, and nothing damaged is taken for whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.forms.page_code import PageCode, format_page_code, parse_page_code
from formgen.problems import Finding

KEYS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=10, max_size=10)
IDS = st.text(min_size=1, max_size=30).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
CODES = st.builds(
    PageCode,
    form=IDS,
    version=IDS,
    packet=KEYS | st.just(""),
    record=KEYS | st.just(""),
    page_number=st.integers(1, 40),
    page_count=st.integers(40, 10_000),
    copy_number=st.integers(1, 99),
)
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PLAIN = PageCode("xinmi-2015/application-form", "1", "K7QX2MZP4A", "3DTN6WJR5B", 1, 2)


@given(CODES)
def test_a_code_comes_back_whatever_the_ids_hold(code: PageCode) -> None:
    text = format_page_code(code)
    assert set(text) <= set(ALPHANUMERIC)
    assert parse_page_code(text) == code


@given(CODES, st.data())
def test_one_wrong_character_is_always_noticed(code: PageCode, data: st.DataObject) -> None:
    text = format_page_code(code)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw((st.sampled_from(ALPHANUMERIC) | st.characters()).filter(lambda char: char != text[at]))
    assert isinstance(parse_page_code(text[:at] + other + text[at + 1 :]), Finding)


@given(st.text(max_size=80))
def test_any_other_text_is_refused_not_misread(text: str) -> None:
    assert isinstance(parse_page_code(text), Finding)


def test_codes_are_short_and_readable() -> None:
    assert len(format_page_code(PageCode("新密助残/帮扶对象申请登记表", "2015版", *["K7QX2MZP4A"] * 2))) < 122
    assert format_page_code(PLAIN) == "FG1:XINMI-2015/APPLICATION-FORM:1:K7QX2MZP4A:3DTN6WJR5B:1/2:1:EBA2"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://example.org/FG1", "F-CODE-001"),
        ("", "F-CODE-001"),
        ("FG1", "F-CODE-001"),
        ("FG1:XINMI-2015/APPLICATION-FORM:1:K7QX2MZP4A:3DTN6WJR5B:1/2:1:EBA3", "F-CODE-002"),
        ("FG1:xinmi-2015/application-form:1:K7QX2MZP4A:3DTN6WJR5B:1/2:1:EBA2", "F-CODE-002"),
        ("FG1:ANYTHING:BA9F", "F-CODE-002"),
        ("FG2:A/B:1:1:1D0F", "F-CODE-003"),
    ],
)
def test_what_is_refused_says_why(text: str, code: str) -> None:
    from formgen.forms.page_code import _check

    if code == "F-CODE-003" or "ANYTHING" in text:  # right check, other contents
        body = text.rpartition(":")[0]
        text = f"{body}:{_check(body)}"
    found = parse_page_code(text)
    assert isinstance(found, Finding)
    assert found.code == code


@pytest.mark.parametrize("key", ["410183199001012345", "王小明", "K7QX2MZP4", "k7qx2mzp4a", "K7QX2MZP4A\n"])
def test_a_key_that_may_tell_of_a_person_is_never_printed(key: str) -> None:
    with pytest.raises(ValueError, match="record"):
        format_page_code(PageCode("a/b", "1", "", key))


def test_a_page_beyond_the_last_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="3/2"):
        format_page_code(PageCode("a/b", "1", "", "", 3, 2))
