"""The report of a check as a workbook: a copy of the dataset with the problem cells marked and commented.

In: the dataset's file and its problems. Out: a new workbook; the original is never touched. A sheet 问题清单 lists all
problems. A source that is no .xlsx (CSV, JSON, .xls) is not copied: then the workbook holds the list alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from formgen.files import whole_file
from formgen.problems import SEVERITIES, Language, Problem, Severity

__all__ = ["LIST_TITLES", "write_marked_copy"]

LIST_TITLES: dict[Language, str] = {"zh": "问题清单", "en": "problems"}
_HEADERS: dict[Language, Sequence[str]] = {
    "zh": ("序号", "级别", "代码", "工作表", "单元格", "列", "问题", "实际内容", "应为", "处理办法"),
    "en": ("no.", "severity", "code", "sheet", "cell", "column", "problem", "found", "expected", "remedy"),
}
_SEVERITY_NAMES: dict[Language, dict[Severity, str]] = {
    "zh": {"error": "错误", "warning": "警告", "note": "提示"},
    "en": {"error": "error", "warning": "warning", "note": "note"},
}
_WIDTHS = (6, 8, 13, 14, 10, 20, 46, 24, 30, 60)
_COLOURS: dict[Severity, str] = {"error": "FFF8B4B4", "warning": "FFFCE4A8", "note": "FFD6E8FA"}
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_COMMENT_SIZE_PX = (320, 140)


def write_marked_copy(source: Path, target: Path, problems: Sequence[Problem], language: Language) -> None:
    """Write the marked copy of `source` to `target`.

    Raises:
        OutputError (F-FILE-006, F-FILE-007).
    """
    import openpyxl

    if source.is_file() and source.suffix.lower() in (".xlsx", ".xlsm"):
        book = openpyxl.load_workbook(source)
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
    _mark_cells(book, problems, language)
    _add_list(book, problems, language)
    with whole_file(target) as stream:
        book.save(stream)


def _mark_cells(book: Any, problems: Iterable[Problem], language: Language) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    by_cell: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        place = problem.place
        if place.part in book.sheetnames and _CELL.fullmatch(place.cell):
            by_cell.setdefault((place.part, place.cell), []).append(problem)
    for (sheet, address), found in by_cell.items():
        cell = book[sheet][address]
        if isinstance(cell, MergedCell):
            cell = _first_of_merge(book[sheet], address)
        worst = min((problem.severity for problem in found), key=SEVERITIES.index)
        cell.fill = PatternFill("solid", start_color=_COLOURS[worst])
        earlier = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(earlier + "\n".join(_sentence(problem, language) for problem in found), "formgen")
        cell.comment.width, cell.comment.height = _COMMENT_SIZE_PX


def _first_of_merge(sheet: Any, address: str) -> Any:
    """Only a merge's first cell can be coloured and commented."""
    merge = next(merge for merge in sheet.merged_cells.ranges if address in merge)
    return sheet.cell(merge.min_row, merge.min_col)


def _sentence(problem: Problem, language: Language) -> str:
    expected = problem.expected(language)
    wanted = {"zh": f"，应为{expected}", "en": f", expected {expected}"}[language] if expected else ""
    stop = "。" if language == "zh" else ". "
    return f"{problem.code} {problem.title(language)}{wanted}{stop}{problem.hint(language)}"


def _add_list(book: Any, problems: Iterable[Problem], language: Language) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_free_title(book, LIST_TITLES[language]), 0)
    book.active = 0
    sheet.append(list(_HEADERS[language]))
    for number, problem in enumerate(problems, 1):
        place = problem.place
        sheet.append([number, *(_text(part) for part in _columns(problem, place.part, place.cell, language))])
        row = sheet[sheet.max_row]
        row[1].fill = PatternFill("solid", start_color=_COLOURS[problem.severity])
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        if place.part in book.sheetnames and _CELL.fullmatch(place.cell):
            quoted = place.part.replace("'", "''")
            row[4].hyperlink = f"#'{quoted}'!{place.cell}"
            row[4].font = Font(color="FF0563C1", underline="single")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _columns(problem: Problem, part: str, cell: str, language: Language) -> Sequence[str]:
    severity = _SEVERITY_NAMES[language][problem.severity]
    said = (problem.title(language), problem.found, problem.expected(language), problem.hint(language))
    return (severity, problem.code, part or problem.place.file, cell, problem.place.label, *said)


def _text(value: str) -> str:
    """What a person typed may look like a formula or hold what no workbook can; it stays readable text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    clean = ILLEGAL_CHARACTERS_RE.sub("�", value)
    return f"'{clean}" if clean.startswith(("=", "+", "-", "@")) else clean


def _free_title(book: Any, wanted: str) -> str:
    title, number = wanted, 2
    while title in book.sheetnames:
        title, number = f"{wanted}{number}", number + 1
    return title
