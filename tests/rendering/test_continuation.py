"""What a continuation sheet says, and what may stand on one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from formgen.errors import TemplateError
from formgen.forms.manifest import Field, read_manifest
from formgen.rendering.continuation import (
    MARK,
    Continued,
    bookmark_stem,
    continuation_of,
    read_heading,
    rejoin,
)
from formgen.vocabulary.terms import base_vocabulary
from tests.rendering.wordmaker import make_manifest


@pytest.mark.parametrize(
    ("part", "heading"),
    [
        (Continued("why", "申请理由", "…"), "申请理由（接正表）"),
        (Continued("why", "申请理由", "…", page_number=2), "申请理由（接第2页）"),
        (Continued("note", "备注", "…", "rows", 13), "第13行 · 备注（接正表）"),
        (Continued("note", "意见（村）", "…", "rows", 13, 1), "第13行 · 意见（村）（接第1页）"),
    ],
)
def test_a_heading_names_field_row_and_page_and_is_read_back(part: Continued, heading: str) -> None:
    assert part.heading == heading
    assert read_heading(heading) == (part.label, part.row_number, part.page_number)


def test_text_that_is_no_heading_is_not_read_as_one() -> None:
    assert read_heading("本人因肢体残疾，生活困难。") is None


def test_shown_and_rest_are_the_text() -> None:
    assert rejoin(f"一二三{MARK}", "\n四五") == "一二三\n四五"


def test_the_sheet_names_form_and_person() -> None:
    form = make_manifest(Path("p"), "who why:long-text")
    form = replace(form, annex="附件2", title="申请表", fields=(replace(form.fields[0], term="person.name"),))
    sheet = continuation_of(form, {"who": "王\x0b𬱖"}, [])
    assert (sheet.form, sheet.person) == ("附件2 申请表", "标签who：王𬱖")
    assert continuation_of(form, {}, []).person == ""


def test_bookmarks_of_rests_are_short_enough_for_word() -> None:
    assert bookmark_stem(Continued("note", "备注", "", "rows", 3)) == "rows_note__3__c"
    assert len("f1000_" + bookmark_stem(Continued("province_organisation_opinion", "", ""))) <= 40


@pytest.mark.parametrize(
    ("field", "is_continued"),
    [
        (Field("a", "a", "text"), True),
        (Field("a", "a", "long-text"), True),
        (Field("a", "a", "long-text", overflow="refuse"), False),
        (Field("a", "a", "name"), False),
        (Field("a", "a", "place", overflow="continue"), True),
        (Field("a", "a", "phone"), False),
        (Field("a", "a", "date"), False),
    ],
)
def test_free_text_is_continued_and_numbers_are_not(field: Field, is_continued: bool) -> None:
    assert field.is_continued == is_continued


@pytest.mark.parametrize(
    ("entry", "is_right"),
    [
        ("{key: a, type: name, overflow: continue}", True),
        ("{key: a, type: long-text, overflow: refuse}", True),
        ("{key: a, type: id-number, overflow: continue}", False),
        ("{key: a, type: text, overflow: shrink}", False),
    ],
)
def test_a_manifest_says_what_may_be_continued(tmp_path: Path, entry: str, is_right: bool) -> None:
    path = tmp_path / "form" / "form.yaml"
    path.parent.mkdir()
    path.write_text(f"version: 1\ntitle: t\nsubject: person\nfields:\n  - {entry}\n", "utf-8")
    if is_right:
        assert read_manifest(path, "p", base_vocabulary()).fields[0].overflow in ("continue", "refuse")
        return
    with pytest.raises(TemplateError) as caught:
        read_manifest(path, "p", base_vocabulary())
    assert (caught.value.problem.code, caught.value.problem.place.cell) == ("F-FORM-003", "a")
