"""References and formulas: how they move when a table grows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.rendering.xlsx.formulas import NoValue, Unsupported, read_formula, shift_formula
from formgen.rendering.xlsx.references import LoopRows, Moving, RowMap, column_index, column_letters


@given(st.integers(1, 16_384))
def test_columns_count_like_excel(index: int) -> None:
    assert column_index(column_letters(index)) == index


def test_known_columns() -> None:
    assert [column_letters(index) for index in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("B2", "B2"),  # above the loop
        ("B9", "B15"),  # below: nine rows of the table stand for three
        ("$B$9", "$B$15"),
        ("SUM(B7:B7)", "SUM(B6:B14)"),  # the loop row: all its copies
        ("SUM(B6:B8)", "SUM(B6:B14)"),  # with its markers
        ("SUM(B2:B7)", "SUM(B2:B14)"),
        ("SUM(B7:B12)", "SUM(B6:B18)"),
        ("SUM(B1:B6)", "SUM(B1:B5)"),  # down to the marker, which vanishes
        ("$4:$5", "$4:$5"),
        ("$4:$7", "$4:$14"),
        ("A:C", "A:C"),
        ('"B9"&B9', '"B9"&B15'),  # text in quotes is no reference
        ("LOG10(B9)+Total9", "LOG10(B15)+Total9"),
        ("别的!B9+'附件 1'!B9+附件!B9", "别的!B9+'附件 1'!B15+附件!B9"),
        ("[1]附件!B9", "[1]附件!B9"),
    ],
)
def test_a_reference_follows_its_cells(text: str, moved: str) -> None:
    rows = RowMap([LoopRows(6)], [9])
    assert Moving(text, lambda prefix: prefix in ("", "'附件 1'!")).at(rows) == moved


def test_cells_of_a_rule_or_name_grow_with_the_loop_row() -> None:
    rows = RowMap([LoopRows(6)], [9])
    assert Moving("B7 C9 $D$7 A2", lambda prefix: not prefix, "cells").at(rows) == "B6:B14 C15 $D$6:$D$14 A2"


def test_two_loops_add_up() -> None:
    rows = RowMap([LoopRows(3), LoopRows(8)], [5, 1])
    assert [rows.start(row) for row in (2, 3, 4, 5, 6, 8, 9, 11)] == [2, 3, 3, 8, 8, 10, 10, 11]
    assert [rows.end(row) for row in (2, 3, 4, 5, 6, 8, 9, 11)] == [2, 2, 7, 7, 8, 9, 10, 11]


def test_a_rule_counts_relative_rows_from_its_first_cell() -> None:
    rows = RowMap([LoopRows(6)], [9])
    anchored = Moving("COUNTIF(B7:D7,B$7:B$7)>$B$9", lambda prefix: not prefix, "rule")
    assert anchored.at(rows) == "COUNTIF(B6:D6,B$6:B$14)>$B$15"


@pytest.mark.parametrize(
    ("text", "rows", "columns", "shifted"),
    [
        ("SUM(B2:B4)", 0, 1, "SUM(C2:C4)"),
        ("B2+$B2+B$2+$B$2", 3, 2, "D5+$B5+D$2+$B$2"),
        ("SUM($B2:C$9)*2", 1, 1, "SUM($B3:D$9)*2"),
        ('"B2"&B2', 1, 0, '"B2"&B3'),
    ],
)
def test_a_shared_formula_is_filled_like_excel_does(text: str, rows: int, columns: int, shifted: str) -> None:
    assert shift_formula(text, rows, columns) == shifted


CELLS = {(1, 1): Decimal("1.5"), (2, 1): 2, (3, 1): "三", (1, 2): None}


def compute(text: str) -> Decimal:
    formula = read_formula(text)
    return formula.compute(
        lambda area: CELLS.get((area.row1, area.column1)),
        lambda area: (CELLS.get((row, area.column1)) for row in range(area.row1, area.row2 + 1)),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SUM(A1:A3)", "3.5"),
        ("sum( A1:A1 , A2, 10 )", "13.5"),
        ("SUM(A1:A2)+A2*(A1-1)", "4.5"),
        ("A1+B1", "1.5"),  # a blank is 0
        ("-A2+10", "8"),
        ("2*-A1", "-3"),
        ("10-2-3", "5"),
        ("SUM(A3)", "0"),  # text counts nothing in SUM
        ("SUM(A1+A2,B9)", "3.5"),
    ],
)
def test_formulas_are_computed(text: str, value: str) -> None:
    assert compute(text) == Decimal(value)


def test_text_has_no_value_in_a_sum_of_cells() -> None:
    with pytest.raises(NoValue, match="A3"):
        compute("A1+A3")


@pytest.mark.parametrize(
    "text",
    ["AVERAGE(A1:A3)", "A1/A2", "A1:A3", "SUM(A1", "SUM(A1:A3)%", "A:A", "SUM(A:A)", '"a"', "rows", "1+", "A1 A2", ""],
)
def test_what_cannot_be_computed_is_refused(text: str) -> None:
    with pytest.raises(Unsupported):
        read_formula(text)
