"""File names a person can read and both Windows and Linux accept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.packets.naming import MAX_COMPONENT_BYTES, NameKeeper, expand_pattern, safe_component

PATTERN = "{place.town}/{place.village}/{household.number}-{person.name}"


def test_pattern_fills_folders_and_name() -> None:
    facts = {"place.town": "米村镇", "place.village": "东沟村", "household.number": "0001", "person.name": "王𬱖"}
    assert expand_pattern(PATTERN, facts) == "米村镇/东沟村/0001-王𬱖"


def test_missing_values_leave_no_empty_folder_and_no_dangling_dash() -> None:
    assert expand_pattern(PATTERN, {"place.town": "米村镇", "person.name": "王㛃"}) == "米村镇/王㛃"
    assert expand_pattern(PATTERN, {}) == "_"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张/三", "张／三"),
        ("张:三*", "张：三＊"),
        ('a<b>"c"|d?\\', "a＜b＞＂c＂｜d？＼"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("COM1", "_COM1"),
        ("COM10", "COM10"),
        ("console", "console"),
        ("..", "_"),
        ("name. . ", "name"),
        ("\u202e反", "反"),
        ("a\tb\nc", "abc"),
        ("", "_"),
    ],
)
def test_names_that_an_operating_system_refuses(name: str, expected: str) -> None:
    assert safe_component(name) == expected


def test_a_name_of_200_characters_is_cut_to_what_a_file_system_holds() -> None:
    cut = safe_component("欧" * 200)
    assert len(cut.encode()) <= MAX_COMPONENT_BYTES
    assert cut == "欧" * (MAX_COMPONENT_BYTES // 3)


@given(st.text(max_size=300))
def test_every_text_becomes_a_legal_component(text: str) -> None:
    name = safe_component(text)
    assert name and not set(name) & set('<>:"/\\|?*\0\n\r\t')
    assert name == name.rstrip(". ") and name not in (".", "..")
    assert len(name.encode("utf-8", "replace")) <= MAX_COMPONENT_BYTES + 1
    assert safe_component(name) == name


def test_a_path_never_leaves_its_folder() -> None:
    assert expand_pattern("{a}/{b}", {"a": "..", "b": "/etc/passwd"}) == "_/／etc／passwd"


def test_a_taken_name_is_told_apart_by_the_records_key() -> None:
    keeper = NameKeeper()
    assert keeper.claim("村/张三", ".docx", "KEY1") == "村/张三.docx"
    assert keeper.claim("村/张三", ".docx", "KEY2") == "村/张三-KEY2.docx"
    assert keeper.claim("村/张三", ".docx", "KEY2") == "村/张三-KEY2-2.docx"


def test_names_that_differ_only_in_case_are_the_same_on_windows() -> None:
    keeper = NameKeeper()
    assert keeper.claim("a", ".docx", "K1") == "a.docx"
    assert keeper.claim("A", ".docx", "K2") == "A-K2.docx"


def test_a_second_run_with_other_data_keeps_the_first_runs_files() -> None:
    keeper = NameKeeper({"村/张三.docx": "OLD"})
    assert keeper.claim("村/张三", ".docx", "NEW") == "村/张三-NEW.docx"
    assert keeper.claim("村/张三", ".docx", "OLD") == "村/张三.docx"
