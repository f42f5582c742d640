"""Worksheets of Office Open XML, row by row: the same cells as calamine and openpyxl see in the same file.

Workbooks are written by XlsxWriter and openpyxl; what neither writes (prefixes, readings of characters, far cells) is
put into the XML by hand.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import is_date_format, is_timedelta_format

from formgen.data.sources import open_tables
from formgen.data.sources.spreadsheet import worksheet
from formgen.data.sources.spreadsheet.formats import BUILT_IN, format_kind
from formgen.data.sources.unread_cells import UnreadCell
from formgen.errors import InputError

CODES = {
    "date": [
        "yyyy/m/d",
        'yyyy"年"m"月"d"日"',
        "[$-804]yyyy/m/d",
        "h:mm",
        "mmm-yy",
        "[$-F800]dddd",
        "yyyy;@",
        "YYYY-MM-DD",
    ],
    "duration": ["[h]:mm", "[mm]:ss", "[ss].0"],
    "number": [
        "General",
        "0.00",
        "@",
        '"d"0',
        "\\d0",
        "[Red]0",
        '"年"0',
        "0_d",
        "0E+00",
        "[>=100]0",
        "[$€-2]0",
        ";;;",
    ],
}
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("张三李四&<>\"'_x \n\t"), min_size=1, max_size=12
).filter(lambda text: not text.startswith(("=", "{")))
NUMBERS = st.floats(-1e15, 1e15, allow_subnormal=False) | st.integers(-(10**12), 10**12)
DAYS = st.dates(datetime.date(1901, 1, 1), datetime.date(2199, 12, 31))
MOMENTS = st.datetimes(datetime.datetime(1901, 1, 1), datetime.datetime(2199, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
CELLS = st.none() | TEXTS | NUMBERS | st.booleans() | DAYS | MOMENTS
TABLES = st.lists(st.lists(CELLS, max_size=11), max_size=40)


@pytest.fixture(params=[worksheet.BLOCK, 300], ids=["long blocks", "short blocks"])
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With short blocks, rows are taken apart by the shape of those before them."""
    monkeypatch.setattr(worksheet, "BLOCK", request.param)


def read(path: Path) -> list[list[Any]]:
    with open_tables(path) as tables:
        return next((list(table.rows()) for table in tables), [])


def by_calamine(path: Path) -> list[list[Any]]:
    sheet = python_calamine.load_workbook(path).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Without blanks at the ends of rows and of the sheet."""
    found = [list(row) for row in rows]
    for row in found:
        while row and row[-1] in ("", None):
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def write(path: Path, table: list[list[Any]], *, in_strings: bool, constant_memory: bool) -> None:
    """By XlsxWriter: shared texts, or texts in the cells."""
    options = {"constant_memory": constant_memory, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**options, "default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet("一")
        moments = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, moments)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, value)
                elif value is not None:
                    sheet.write(row, column, f"{value} " if in_strings and isinstance(value, str) else value)


@settings(max_examples=60, deadline=None)
@given(table=TABLES, in_strings=st.booleans(), constant_memory=st.booleans(), data=st.data())
def test_the_same_cells_as_calamine_sees(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]], in_strings: bool, constant_memory: bool, data: Any
) -> None:
    path = tmp_path_factory.mktemp("sheets") / "a.xlsx"
    gap = data.draw(st.integers(0, 3))
    write(
        path,
        [[]] * gap + table * data.draw(st.sampled_from([1, 30])),
        in_strings=in_strings,
        constant_memory=constant_memory,
    )
    assert trimmed(read(path)) == trimmed(by_calamine(path))


@pytest.mark.usefixtures("blocks")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES)
def test_the_same_cells_as_openpyxl_wrote(tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]]) -> None:
    path = tmp_path_factory.mktemp("sheets") / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row, cells in enumerate(table, 1):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column).value = value
    book.save(path)
    shown = [
        [float(f"{value:.16g}") if type(value) in (int, float) else value for value in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert trimmed(read(path)) == trimmed(by_calamine(path)) == _at_midnight(trimmed(shown))


def _at_midnight(rows: list[list[Any]]) -> list[list[Any]]:
    """A cell cannot tell midnight of a day from the day; nor two line ends from each other."""

    def seen(value: Any) -> Any:
        if isinstance(value, datetime.datetime) and value.time() == datetime.time.min:
            return value.date()
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value

    return [["" if value is None else seen(value) for value in row] for row in rows]


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes])
def test_number_formats(kind: str, code: str) -> None:
    assert format_kind(164, {164: code}) == kind
    assert (is_date_format(code), is_timedelta_format(code)) == (kind != "number", kind == "duration")


@pytest.mark.parametrize(
    ("code", "number", "value"),
    [
        ('0.00"万元"', "0.14", "0.14万元"),
        ("0.0000\\万\\元", "0.1354", "0.1354万元"),
        ('#,##0.0,"千元"', "1354", "1.354千元"),
        ('#,##0,"千元"', "1400", "1.4千元"),
        ('0,"千元"', "1354", "1.354千元"),
        ('[Red]0"个月";-0"个月"', "5", "5个月"),
        ('0"个月";[Red]\\-0"个月"', "-5", "-5个月"),
        ('0_);(0"万元")', "-5", "-5万元"),
        ('0.0 "亩"', "2.5", "2.5亩"),
        ('#,##0.00"元"', "1354", "1354元"),
        ('0.0"平方米"', "18.5", "18.5平方米"),
        ('0"人"', "5", 5.0),
        ('0"万元";"亏"0"万元"', "-5", "-5万元"),
        ('0"户";0"万元"', "5", 5.0),
        ('0"户";0"万元"', "-5", "-5万元"),
        ('[>=10000]0.0,"千元";0"元"', "7", "7元"),
        ('[>=10000]0.0,"千元";0"元"', "20000", "20千元"),
        ('[<1]0.00"万元";[<10]0"元";0', "0.5", "0.5万元"),
        ('[<1]0.00"万元";[<10]0"元";0', "5", "5元"),
        ('[<1]0.00"万元";[<10]0"元";0', "50", 50.0),
        ('0"万元";;"无"', "0", 0.0),
        ('0";万元"', "5", 5.0),
        ('0.0"亩以上"', "5", 5.0),
        ('0"元/月"', "194", "194元/月"),
        ("0元\\/月", "194", "194元/月"),
        ('#,##0.00"万元/年"', "0.2", "0.2万元/年"),
        ('0"元每月"', "194", "194元每月"),
        ("0000", "25", "0025"),
        ("[Red]0000", "25", "0025"),
        ("0000;-0000", "25", "0025"),
        ("0000", "2015", 2015.0),
        ("0000", "25.5", 25.5),
        ("0000", "-25", -25.0),
        (";;;", "25", UnreadCell("25", "hidden")),
        ("[Red];;;", "25", UnreadCell("25", "hidden")),
        ('0;-0;;"无"', "0", 0.0),
    ],
)
def test_a_number_shown_in_another_unit(tmp_path: Path, code: str, number: str, value: Any) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write(0, 0, float(number), book.add_format({"num_format": code}))
    assert read(path) == [[value]]


def test_formats_without_a_code_are_those_of_calamine(tmp_path: Path) -> None:
    path = _by_hand(
        tmp_path, "".join(f'<c r="{_letters(n)}1" s="{n}"><v>42000.5</v></c>' for n in range(60)), range(60)
    )
    kinds = {datetime.datetime: "date", datetime.timedelta: "duration", float: "number"}
    (seen,) = by_calamine(path)
    assert [BUILT_IN.get(number, "number") for number in range(60)] == [kinds[type(value)] for value in seen]
    assert read(path) == [seen]


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize(
    "number",
    ["0", "0.5", "0.99999", "1", "59", "61", "42000", "42000.25", "42000.999988425926", "2957003", "-1", "3e6"],
)
def test_days_and_times(tmp_path: Path, number: str, is_1904: bool) -> None:
    path = _by_hand(tmp_path, f'<c r="A1" s="0"><v>{number}</v></c>', [14], is_1904=is_1904)
    ((ours,),), ((theirs,),) = read(path), by_calamine(path)
    # calamine makes midnight of a day before the first, which is nobody's.
    assert ours == (float(number) if number == "-1" else theirs)


def test_the_day_that_never_was_stays_a_number(tmp_path: Path) -> None:
    assert read(_by_hand(tmp_path, '<c r="A1" s="0"><v>60</v></c>', [14])) == [[60.0]]


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<si><t>张三</t></si>", "张三"),
        ('<si><t xml:space="preserve"> 张三 </t></si>', " 张三 "),
        ('<si><t>张三</t><phoneticPr fontId="1" type="noConversion"/></si>', "张三"),
        ('<si><t>张三</t><rPh sb="0" eb="1"><t>zhang</t></rPh></si>', "张三"),
        ("<si><r><rPr><b/></rPr><t>张</t></r><r><t>三</t></r></si>", "张三"),
        ("<si><t>a&amp;b&lt;c&#x4E00;_x000D_d_x005F_x000D_</t></si>", "a&b<c一\rd_x000D_"),
        ("<si><t><![CDATA[a<b]]></t></si>", "a<b"),
        ("<si><t>a<!-- b -->c</t></si>", "ac"),
        ("<si><t>a\r\nb\rc</t></si>", "a\nb\nc"),
        ("<si/>", ""),
        ("<si><t/></si>", ""),
    ],
)
def test_shared_texts(tmp_path: Path, item: str, text: str) -> None:
    cells = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
    path = _by_hand(tmp_path, cells, shared=f"<si><t>一</t></si>{item}<si><t>二</t></si>")
    assert read(path) == [["一", text, "二"]]


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("width", [1, 8, 9, 129, 700])
@pytest.mark.parametrize("step", [1, 3])
def test_rows_of_any_width(tmp_path: Path, width: int, step: int) -> None:
    table = [[row * 1000 + column if column % step == 0 else None for column in range(width)] for row in range(1, 4)]
    write(tmp_path / "a.xlsx", table, in_strings=False, constant_memory=False)
    assert trimmed(read(tmp_path / "a.xlsx")) == trimmed([["" if v is None else v for v in row] for row in table])


def test_blank_rows_count_between_others_and_not_below_them(tmp_path: Path) -> None:
    rows = (
        '<row r="3"><c r="B3"><v>1</v></c></row><row r="5"/>'
        '<row r="7"><c r="A7"><v>2</v></c></row><row r="9"><c r="A9"/></row>'
    )
    assert trimmed(read(_by_hand(tmp_path, rows))) == [[], [], ["", 1.0], [], [], [], [2.0]]


def test_cells_and_rows_without_addresses_follow_each_other(tmp_path: Path) -> None:
    rows = (
        '<row><c><v>1</v></c><c r="C1"><v>2</v></c><c><v>3</v></c></row>'
        '<row r="4"><c/><c><v>4</v></c></row><row><c><v>5</v></c></row>'
    )
    assert read(_by_hand(tmp_path, rows)) == [[1.0, "", 2.0, 3.0], [], [], ["", 4.0], [5.0]]


def test_formulas_count_by_their_results(tmp_path: Path) -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c><c r="C1" t="str"><f>""</f><v></v></c>'
        '<c r="D1"><f t="shared" si="0"/><v>3</v></c><c r="E1" t="b"><f>TRUE()</f><v>1</v></c>'
        '<c r="F1"><f>A1&amp;B1</f></c><c r="G1"><f>1</f><v></v></c>'
        '<c r="H1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="I1" t="e"/><c r="J1"><v>9</v></c>'
    )
    (row,) = read(_by_hand(tmp_path, cells))
    errors = (UnreadCell("#DIV/0!", "error"), UnreadCell("#N/A", "error"))
    formulas = (UnreadCell("=A1&B1", "formula"), UnreadCell("=1", "formula"))
    assert row == [2.0, "a", "", 3.0, True, *formulas, *errors, 9.0]


def test_errors_without_a_name_are_errors(tmp_path: Path) -> None:
    ((error, one),) = read(_by_hand(tmp_path, '<c r="A1" t="e"/><c r="B1"><v>1</v></c>'))
    assert (error, one) == (UnreadCell("#N/A", "error"), 1.0)


def test_merged_cells_are_known_before_the_rows_and_after(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B2:C4", "a")
        sheet.merge_range("A6:A7", "b")
    wanted = [((1, 1), (3, 2)), ((5, 0), (6, 0))]
    with open_tables(path) as tables:
        (table,) = tables
        assert table.merges() == wanted and len(list(table.rows())) == 6 and table.merges() == wanted
    with open_tables(path) as tables:
        (table,) = tables
        assert len(list(table.rows())) == 6 and table.merges() == wanted


def test_sheets_that_hold_nothing_and_charts_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("空")
        book.add_worksheet("一").write(0, 0, 1)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=一!$A$1:$A$1"})
        book.add_chartsheet("图").set_chart(chart)
        hidden = book.add_worksheet("隐")
        hidden.write(0, 0, 2)
        hidden.hide()
    with open_tables(path) as tables:
        assert [(table.name, table.is_hidden) for table in tables] == [("一", False), ("隐", True)]


def test_rows_come_before_the_sheet_is_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [[f"{row:09}" for _ in range(5)] for row in range(20_000)], in_strings=False, constant_memory=True)
    inflated: list[int] = []
    read_part: Callable[..., bytes] = zipfile.ZipExtFile.read

    def counting(stream: zipfile.ZipExtFile, size: int = -1) -> bytes:
        content = read_part(stream, size)
        inflated.append(len(content))
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counting)
    with open_tables(path) as tables:
        table = next(tables)
        rows: Iterator[list[Any]] = table.rows()
        first = next(rows)
        before = sum(inflated)
        assert sum(1 for _ in rows) == 19_999 and first == ["000000000"] * 5
    assert before < sum(inflated) / 2


ROW = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
MAIN = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ((ROW.format(2), f'<x:row {MAIN} r="2"><x:c r="A2"><x:v>2</x:v></x:c></x:row>'), [[1.0], [2.0], [3.0]]),
        (("<sheetData>", "<!-- <sheetData/> --><sheetData>"), [[1.0], [2.0], [3.0]]),
        (("<sheetData>", '<sheetData a="b" >'), [[1.0], [2.0], [3.0]]),
        ((ROW.format(2), "<!-- no row -->"), [[1.0], [], [3.0]]),
        ((ROW.format(2), "<?no row?>"), [[1.0], [], [3.0]]),
        (("</sheetData>", "</sheetData>" + "<phoneticPr/>" * 99_999), [[1.0], [2.0], [3.0]]),
    ],
    ids=["another prefix", "comment before", "attributes", "comment", "instruction", "long tail"],
)
def test_rows_among_odd_things(tmp_path: Path, change: tuple[str, str], rows: list[list[float]]) -> None:
    path = _by_hand(tmp_path, "".join(map(ROW.format, (1, 2, 3))), change=change)
    assert read(path) == rows


@pytest.mark.parametrize("odd", [f"<?no {ROW.format(2)}?>", f"<!-- {ROW.format(2)} -->"])
@pytest.mark.parametrize("count", [3, 9_999])
def test_rows_that_are_none_are_not_read(tmp_path: Path, odd: str, count: int) -> None:
    """Where a block ends in one it is no XML any more, and refused."""
    rows = "".join(map(ROW.format, range(1, count + 1)))
    path = _by_hand(tmp_path, rows, change=(ROW.format(count - 1), odd))
    try:
        assert read(path)[-2:] == [[], [float(count)]]
    except InputError as exc:
        assert exc.problem.code == "F-FILE-004"


def test_shared_texts_of_another_prefix_keep_their_numbers(tmp_path: Path) -> None:
    shared = f"<si><t>一</t></si><x:si {MAIN}><x:t>二</x:t></x:si><si><t>三</t></si>"
    cells = '<c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v> 2 </v></c>'
    assert read(_by_hand(tmp_path, cells, shared=shared)) == [["二", "三"]]


@pytest.mark.parametrize("index", ["9" * 5000, "3"])
def test_a_shared_text_that_is_not_there(tmp_path: Path, index: str) -> None:
    with pytest.raises(InputError) as caught:
        read(_by_hand(tmp_path, f'<c r="A1" t="s"><v>{index}</v></c>'))
    assert caught.value.problem.code == "F-FILE-004"


def test_columns_of_many_kinds_of_cells(tmp_path: Path) -> None:
    """Shared texts all different, numbers all different, and blanks and others between them."""
    shared = "".join(f"<si><t>第{number}</t></si>" for number in range(40))
    odd = {7: ("", ""), 8: ('<c r="A8" t="str"><v>甲</v></c>', "甲"), 9: ('<c r="A9" t="e"><v>#N/A</v></c>', "#N/A")}
    cells = [odd.get(n, (f'<c r="A{n}" t="s"><v>{40 - n}</v></c>', f"第{40 - n}")) for n in range(1, 41)]
    rows = "".join(f'<row r="{n}">{cell}<c r="B{n}"><v>{n}.5</v></c></row>' for n, (cell, _) in enumerate(cells, 1))
    found = read(_by_hand(tmp_path, rows, shared=shared))
    assert [[str(cell) for cell in row] for row in found] == [[text, f"{n}.5"] for n, (_, text) in enumerate(cells, 1)]


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A300" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A300" t="str"><v>甲</v></c>', "甲"),
        ('<c r="A300" s="1"/>', ""),
        ("", ""),
        ('<c r="A300"><f>1+1</f></c>', "=1+1"),
        ('<c r="A300" t="b"><v>1</v></c>', "True"),
    ],
)
@pytest.mark.parametrize(
    "kind", ["<v>7</v>", 't="str"><v>7</v>', 't="e"><v>#REF!</v>', 't="inlineStr"><is><t>7</t></is>']
)
def test_a_row_that_is_not_like_those_before(tmp_path: Path, kind: str, cell: str, value: str) -> None:
    kind = f" {kind}" if kind[0] == "t" else f">{kind}"
    cells = [f'<c r="A{n}"{kind}</c>' for n in range(1, 600)]
    cells[299] = cell
    rows = "".join(f'<row r="{n}">{one}<c r="B{n}"><v>{n}</v></c></row>' for n, one in enumerate(cells, 1))
    found = [[str(one) for one in row] for row in read(_by_hand(tmp_path, rows, formats=(0, 0)))]
    like = "#REF!" if "REF" in kind else "7" if "t=" in kind else "7.0"
    assert found == [[value if n == 300 else like, f"{n}.0"] for n in range(1, 600)]


@pytest.mark.parametrize(
    "cell", [' t="s"><v>-1', ' t="s"><v>40', "><v>1e999", "><v>nan", "><v>1_0", "><v>一"], ids=lambda cell: cell[-5:]
)
def test_one_wrong_cell_in_a_column(tmp_path: Path, cell: str) -> None:
    kind = cell.partition(">")[0]
    rows = [f'<row r="{n}"><c r="A{n}"{kind}><v>{n}</v></c></row>' for n in range(1, 40)]
    rows[20] = f'<row r="21"><c r="A21"{cell}</v></c></row>'
    with pytest.raises(InputError) as caught:
        read(_by_hand(tmp_path, "".join(rows), shared="<si><t>x</t></si>" * 40))
    assert caught.value.problem.code == "F-FILE-004"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2015-03-12", datetime.date(2015, 3, 12)),
        ("2015-03-12T10:30:00Z", datetime.datetime(2015, 3, 12, 10, 30)),
        ("10:30:00", datetime.time(10, 30)),
    ],
)
def test_days_in_words(tmp_path: Path, text: str, value: Any) -> None:
    assert read(_by_hand(tmp_path, f'<c r="A1" t="d"><v>{text}</v></c>')) == [[value]]


@pytest.mark.parametrize("merge", ['<mergeCell x="1" ref="A1:B2"/>', "<mergeCell ref='$A$1:$B$2' />"])
def test_merged_cells_however_they_are_spelled(tmp_path: Path, merge: str) -> None:
    change = ("</sheetData>", f"</sheetData><mergeCells>{merge}</mergeCells>")
    with open_tables(_by_hand(tmp_path, ROW.format(1), change=change)) as tables:
        assert next(tables).merges() == [((0, 0), (1, 1))]


def test_what_stands_before_the_rows_has_a_limit(tmp_path: Path) -> None:
    path = _by_hand(tmp_path, ROW.format(1), change=("<sheetData>", "<cols/>" * 1_000_000 + "<sheetData>"))
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.problem.code == "F-FILE-004"


def test_a_truncated_sheet_is_damaged(tmp_path: Path) -> None:
    path = _by_hand(tmp_path, '<c r="A1"><v>1</v></c>')
    content = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    content[sheet] = content[sheet][: content[sheet].index(b"</sheetData>")]
    with zipfile.ZipFile(path, "w") as package:
        for name, part in content.items():
            package.writestr(name, part)
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.problem.code == "F-FILE-004"


def _letters(index: int) -> str:
    return ("" if index < 26 else chr(64 + index // 26)) + chr(65 + index % 26)


def _by_hand(
    folder: Path,
    cells: str,
    formats: Any = (0,),
    *,
    shared: str = "",
    is_1904: bool = False,
    change: tuple[str, str] = ("<sheetData>", "<sheetData>"),
) -> Path:
    """A workbook of one sheet.

    Args:
        cells: its rows, or the cells of its first one, as XML.
        formats: the numbers of its styles' formats.
        change: what in the sheet's XML is replaced, and by what.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"date_1904": is_1904}) as book:
        book.add_worksheet("一").write(0, 0, "x")
    rows = cells if "<row" in cells else f'<row r="1">{cells}</row>'
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in formats)
    changes = {
        "xl/worksheets/sheet1.xml": lambda xml: re.sub(
            "<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>", xml
        ).replace(*change),
        "xl/styles.xml": lambda xml: re.sub("<cellXfs.*</cellXfs>", f"<cellXfs>{styles}</cellXfs>", xml),
        "xl/sharedStrings.xml": lambda xml: re.sub("<si>.*</si>", lambda _: shared or "<si><t>x</t></si>", xml),
    }
    path = folder / "by-hand.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, lambda xml: xml)(old.read(name).decode("utf-8")))
    return path
