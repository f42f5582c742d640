"""A long roster in Excel: ours against openpyxl load–fill–save, on the same template and the same rows.

The rows are made of a list repeated, so that making them costs next to nothing. "Filling" is timed inside one process
with everything imported and, for us, the template compiled (openpyxl has to load it again for each file); "process" is
a whole process from outside, interpreter, imports and template included. Memory is each process's own peak.

    python -m benchmarks.xlsx_roster        prints the table
"""

from __future__ import annotations

import copy
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, own_peak_mb, print_rows, run_python

__all__ = ["rows"]

FORM = "xinmi-2015/beneficiary-roster"
ROWS = 10_000
REPEAT = 3
HEAD = {"town": "袁庄乡", "village": "靳寨村"}


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _runs("ours", folder, ROWS, REPEAT)
        peer = _runs("openpyxl", folder, ROWS, REPEAT)
        _require_same_cells(folder)
        growth = [(count, *_runs("ours", folder, count, 1)) for count in (0, 1_000, 10_000, 100_000)]
    what = f"XLSX roster, {ROWS:,} rows"
    return [
        Row(
            f"{what}, filling",
            f"{ours[0] * 1000:.0f} ms",
            f"openpyxl load–fill–save: {peer[0] * 1000:.0f} ms",
            f"{peer[0] / ours[0]:.0f} ×",
            "≥ 10 ×",
        ),
        Row(
            f"{what}, whole process",
            f"{ours[1] * 1000:.0f} ms, {ours[2]:.0f} MB",
            f"openpyxl: {peer[1] * 1000:.0f} ms, {peer[2]:.0f} MB",
            f"{peer[1] / ours[1]:.1f} ×",
        ),
        *(
            Row(
                f"XLSX roster, {count:,} rows from an iterator",
                f"{fill_s * 1000:.0f} ms filling, {wall_s:.2f} s process, {peak_mb:.0f} MB",
                wanted="flat memory",
            )
            for count, fill_s, wall_s, peak_mb in growth
        ),
    ]


def _runs(which: str, folder: Path, count: int, repeat: int) -> tuple[float, float, float]:
    """Medians of whole processes: seconds of filling inside, seconds from outside, peak megabytes."""
    figures = []
    for _ in range(repeat):
        report = folder / f"{which}.json"
        outside = run_python(
            "-m", "benchmarks.xlsx_roster", which, str(folder / f"{which}.xlsx"), str(count), str(report)
        )
        inside = json.loads(report.read_text("utf-8"))
        figures.append((inside["fill_s"], outside.wall_s, inside["peak_mb"] or outside.peak_mb))
    fill_s, wall_s, peak_mb = (statistics.median(column) for column in zip(*figures, strict=True))
    return fill_s, wall_s, peak_mb


def _require_same_cells(folder: Path) -> None:
    """Both must have done the same work, or the comparison says nothing."""
    import python_calamine

    ours, peer = (
        python_calamine.load_workbook(str(folder / f"{which}.xlsx")).get_sheet_by_index(0)
        for which in ("ours", "openpyxl")
    )
    if ours.to_python() != peer.to_python() or sorted(ours.merged_cell_ranges or ()) != sorted(
        peer.merged_cell_ranges or ()
    ):
        raise RuntimeError("formgen and openpyxl wrote different rosters")


def make_rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows of the roster as typed values; every third household has two disabled members."""
    from formgen.forms.catalogue import Catalogue

    table = Catalogue().form(FORM).field("rows").table
    assert table is not None
    raw = {
        "name": "张建国",
        "sex": "男",
        "household_size": "4",
        "income_per_head": "2650.5",
        "housing_per_head": "21.5",
        "disability": "肢体二级",
        "certificate": "11010119800101001042",
    }
    parsed = {column.key: column.value_type.parse(raw[column.key]) for column in table.columns if column.key in raw}
    base: list[dict[str, Any]] = []
    for number in range(1000):
        row = {**parsed, "household_number": f"{number:05}"}
        base += [row, row] if number % 3 == 0 else [row]
    return itertools.islice(itertools.cycle(base), count)


def fill_with_openpyxl(count: int, target: Path) -> float:
    """The usual way: find the loop row, write the rows in its styles, merge each household, put back what stands below.

    Returns:
        Seconds of loading, filling and saving.
    """
    import openpyxl
    from openpyxl.utils import range_boundaries

    from formgen.forms.catalogue import Catalogue

    manifest = Catalogue().form(FORM)
    table = manifest.field("rows").table
    assert table is not None
    printed = {column.key: column.value_type.format for column in table.columns}
    numbers = {column.key for column in table.columns if column.type_name in ("integer", "money", "area")}
    started = time.perf_counter()
    book = openpyxl.load_workbook(manifest.template("xlsx"))
    sheet = book.active
    _, row, _, _ = range_boundaries(book.defined_names["f_rows"].attr_text.rpartition("!")[2].replace("$", ""))
    for cell in (cell for line in sheet.iter_rows(max_row=row - 2) for cell in line):
        if str(cell.value).startswith("{{"):
            cell.value = HEAD[str(cell.value)[3:-3]]
    cells = [(cell.column, str(cell.value)[5:-3], copy.copy(cell._style)) for cell in sheet[row]]
    height = sheet.row_dimensions[row].height
    below = [
        (one[0].value, copy.copy(one[0]._style), sheet.row_dimensions[one[0].row].height)
        for one in sheet.iter_rows(min_row=row + 2)
    ]
    for merged in [one for one in sheet.merged_cells.ranges if one.min_row > row]:
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(row - 1, sheet.max_row)
    number, start, household = row - 2, row - 1, ""
    for number, values in enumerate(make_rows(count), row - 1):
        for column, key, style in cells:
            cell = sheet.cell(number, column)
            text = printed[key](values[key])
            cell.value = float(text) if key in numbers else text
            cell._style = style
        sheet.row_dimensions[number].height = height
        if values["household_number"] != household:
            _merge(sheet, start, number - 1)
            start, household = number, values["household_number"]
        else:
            sheet.cell(number, 1).value = None
    _merge(sheet, start, number)
    for offset, (text, style, row_height) in enumerate(below, number + 1):
        sheet.merge_cells(start_row=offset, end_row=offset, start_column=1, end_column=len(cells))
        sheet.cell(offset, 1, text)._style = style
        sheet.row_dimensions[offset].height = row_height
    book.save(target)
    return time.perf_counter() - started


def _merge(sheet: Any, first: int, last: int) -> None:
    if last > first:
        sheet.merge_cells(start_row=first, end_row=last, start_column=1, end_column=1)


def fill_with_formgen(count: int, target: Path) -> float:
    """Seconds of one filling, the template compiled."""
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.xlsx import compile_xlsx

    compiled = compile_xlsx(Catalogue().form(FORM))
    started = time.perf_counter()
    compiled.render_to(target, {**HEAD, "rows": make_rows(count)}, "benchmark")
    return time.perf_counter() - started


def main(arguments: list[str]) -> None:
    if not arguments:
        print_rows("XLSX", rows())
        return
    which, target, count, report = arguments
    fill = fill_with_formgen if which == "ours" else fill_with_openpyxl
    figures = {"fill_s": fill(int(count), Path(target)), "peak_mb": own_peak_mb()}
    Path(report).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
