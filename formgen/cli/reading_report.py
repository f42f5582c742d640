"""What `formgen read` prints: of a few sheets every value, of many a line each; with data, what changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import count_line, echo_table
from formgen.problems import SEVERITIES, Place

if TYPE_CHECKING:
    from formgen.forms.manifest import Field, Manifest
    from formgen.problems import Problem
    from formgen.reconcile.desk import Desk, Entry
    from formgen.reconcile.model import RowDifference

__all__ = ["echo_report"]

SHOWN_WHOLE = 1
"""Sheets whose values are printed; of more there is a line each."""
SHOWN_SHEETS = 50
SHOWN_CHANGES = 60
SHOWN_PROBLEMS = 20
"""Kinds of problems, and of each the places, and of a place's fields the first."""
SHOWN_PLACES = 5
SHOWN_LABELS = 8
SHOWN_TEXT = 36
SHOWN_ROWS = 40


def echo_report(desk: Desk, *, is_compared: bool) -> None:
    """Values or a line a sheet, then the changes, then problems on standard error."""
    if desk.count <= SHOWN_WHOLE:
        for entry in desk.entries():
            _echo_values(desk, entry)
    else:
        _echo_sheets(desk, is_compared)
        if is_compared:
            _echo_changes(desk)
    problems = list(itertools.chain(desk.problems(), *(entry.reading.problems for entry in desk.entries())))
    missing = [problem for problem in problems if problem.code == "F-DIFF-001"]
    if missing:
        click.echo(say(f"未交回：{len(missing)} 份", f"not returned: {len(missing)} sheets"))
    _echo_problems([problem for problem in problems if problem.code != "F-DIFF-001"])


def _echo_problems(problems: Sequence[Problem]) -> None:
    """Errors first; what is wrong and what to do about it stands once for all the places where it is."""
    language = current_language()
    shown = [problem for problem in problems if problem.severity != "note"]
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(shown, key=lambda problem: SEVERITIES.index(problem.severity)):
        said = problem.code, problem.title(language), problem.expected(language), problem.hint(language)
        groups.setdefault(said, []).append(problem)
    for group in itertools.islice(groups.values(), SHOWN_PROBLEMS):
        _echo_group(group)
    hidden = [problem for group in itertools.islice(groups.values(), SHOWN_PROBLEMS, None) for problem in group]
    if hidden:
        click.echo(
            say(
                f"……另有 {len(hidden)} 条，全部见 -o 或 --json。",
                f"… and {len(hidden)} more: all with -o or --json.",
            ),
            err=True,
        )
    if shown:
        click.echo(count_line(shown), err=True)


def _echo_group(group: Sequence[Problem]) -> None:
    language, first = current_language(), group[0]
    colour = {"error": "red", "warning": "yellow"}[first.severity]
    if len(group) == 1:
        click.secho(first.text(language), fg=colour, err=True)
        return
    click.secho(replace(first, place=Place(), found="").text(language), fg=colour, err=True)
    labels: dict[str, list[str]] = {}  # of a file with the same problem at many fields: one line
    for problem in group:
        if problem.found or not problem.place.label:
            found = f"{say('：', ': ')}{problem.found}" if problem.found else ""
            labels[f"{problem.place}{found}"] = []
        else:
            labels.setdefault(problem.place.file, []).append(problem.place.label)
    for place, named in itertools.islice(labels.items(), SHOWN_PLACES):
        more = [f"……（{len(named)}）"] if len(named) > SHOWN_LABELS else []
        fields = "、".join([*named[:SHOWN_LABELS], *more])
        click.echo(f"    {place} · {fields}" if fields else f"    {place}", err=True)
    if len(labels) > SHOWN_PLACES:
        more_places = len(labels) - SHOWN_PLACES
        click.echo(say(f"    ……另有 {more_places} 处", f"    … and {more_places} more places"), err=True)


def _echo_sheets(desk: Desk, is_compared: bool) -> None:
    headers = say("表单,姓名或单位,值,问题", "form,about,values,problems").split(",")
    if is_compared:
        headers.append(say("差异", "differences"))
    headers.append(say("文件", "file"))
    is_short = is_compared or desk.count > SHOWN_SHEETS  # then those that somebody has to look at
    entries = (entry for entry in desk.entries() if not is_short or _is_worth_a_look(entry))
    rows = [_sheet_row(desk, entry, is_compared) for entry in itertools.islice(entries, SHOWN_SHEETS)]
    if rows:
        echo_table(rows, headers)
    more = sum(1 for _ in entries)
    _echo_more(more, say("份", "sheets"))
    if quiet := desk.count - len(rows) - more:
        sheets = say(f"{quiet} 份", f"{quiet} sheets")
        click.echo(
            say(f"{sheets}无差异、无问题", f"{sheets} without differences or problems")
            if is_compared
            else say(f"{sheets}无问题", f"{sheets} without problems")
        )


def _is_worth_a_look(entry: Entry) -> bool:
    """Whether there are problems or differences."""
    differences = entry.differences or {}
    has_changes = any(found.is_change for found in differences.values())
    return has_changes or any(problem.severity != "note" for problem in entry.reading.problems)


def _sheet_row(desk: Desk, entry: Entry, is_compared: bool) -> list[object]:
    from formgen.reconcile.sheets import subject_name
    from formgen.reconcile.summary import value_count

    reading = entry.reading
    manifest = desk.manifests.get(reading.form)
    bad = sum(problem.severity != "note" for problem in reading.problems)
    about = subject_name(manifest, entry) if manifest else ""
    row: list[object] = [manifest.short if manifest else "?", about, value_count(entry), bad]
    return [*row, _counted(entry), _where(entry)] if is_compared else [*row, _where(entry)]


def _where(entry: Entry) -> str:
    """The file, last in a line for it is long; in a file of many sheets with the page."""
    page = next(iter(entry.reading.pages), 1)
    return (
        entry.reading.file if page == 1 else say(f"{entry.reading.file} 第{page}页", f"{entry.reading.file} p. {page}")
    )


def _counted(entry: Entry) -> str:
    """`更正 2 新填 1`."""
    from collections import Counter

    from formgen.reconcile.model import flat
    from formgen.reconcile.words import STATUSES, in_language

    if entry.differences is None:
        return say("未比对", "not compared")
    counts: Counter[str] = Counter(found.status for _, found in flat(entry.differences))
    words = [f"{in_language(STATUSES, name, current_language())} {counts[name]}" for name in STATUSES if counts[name]]
    return " ".join(words) or say("无", "none")


def _echo_changes(desk: Desk) -> None:
    from formgen.reconcile.sheets import subject_name

    rows = (
        (subject_name(desk.manifests[entry.reading.form], entry), *change, _where(entry))
        for entry in desk.entries()
        for change in _changes(desk.manifests.get(entry.reading.form), entry)
    )
    shown = list(itertools.islice(rows, SHOWN_CHANGES))
    if shown:
        click.echo()
        echo_table(
            shown,
            say("姓名或单位,字段,状态,数据中,表上,文件", "about,field,status,in the data,on the sheet,file").split(","),
        )
        _echo_more(sum(1 for _ in rows), say("处改动", "changes"))


def _echo_more(count: int, what: str) -> None:
    if count > 0:
        click.echo(say(f"……另有 {count} {what}，见 -o 或 --json", f"… and {count} more {what}: see -o or --json"))


def _changes(manifest: Manifest | None, entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    """Label, status, and what the data and the sheet have: of each field and cell; a row that came or went is one."""
    if manifest is None or entry.differences is None:
        return
    for key, difference in entry.differences.items():
        item = manifest.field(key)
        if difference.is_change and (difference.reason or not difference.rows):
            yield (item.label, *_sides(item, difference))
        for row in difference.rows:
            yield from _row_changes(item, row)


def _row_changes(item: Field, row: RowDifference) -> Iterator[tuple[str, str, str, str]]:
    from formgen.reconcile.words import ROWS, in_language

    assert item.table is not None
    number = row.record_row if row.read_row is None else row.read_row
    where = say(f"{item.label} 第{number}行", f"{item.label} row {number}")
    if row.status in ("added", "deleted"):
        old, new = ({name: getattr(cell, side) for name, cell in row.cells.items()} for side in ("record", "read"))
        yield where, in_language(ROWS, row.status, current_language()), _shown(item, old), _shown(item, new)
        return
    columns = {column.key: column for column in item.table.columns}
    for name, cell in row.cells.items():
        yield (f"{where} · {columns[name].label}", *_sides(columns[name], cell))


def _echo_values(desk: Desk, entry: Entry) -> None:
    """Every field of one sheet: value and evidence, with the record's value where there is one."""
    reading = entry.reading
    manifest = desk.manifests.get(reading.form)
    if manifest is None:
        return
    known = [manifest.id, f"v{reading.version}" if reading.version else "", entry.record_key or reading.record]
    click.echo(f"{_where(entry)}\n{manifest.annex} {manifest.title}\n{', '.join(filter(None, known))}\n")
    headers = say("字段,表上", "field,on the sheet").split(",")
    if entry.differences is not None:
        headers += say("数据中,状态", "in the data,status").split(",")
    echo_table(_value_rows(manifest, entry), [*headers, *say("依据,位置,可信度", "layer,place,confidence").split(",")])
    click.echo()


def _value_rows(manifest: Manifest, entry: Entry) -> Iterator[Sequence[object]]:
    for item in manifest.fields:
        if item.table is None:
            difference = entry.differences[item.key] if entry.differences is not None else None
            yield _value_row(item, item.key, item.label, entry, entry.reading.values.get(item.key), difference)
            continue
        found = entry.differences[item.key] if entry.differences is not None else None
        rows = {row.read_row: row for row in found.rows} if found is not None else {}
        read = entry.reading.values.get(item.key) or ()
        for number, values in enumerate(itertools.islice(read, SHOWN_ROWS), 1):
            yield from _table_row(item, number, values, entry, rows.get(number))
        if len(read) > SHOWN_ROWS:
            more = len(read) - SHOWN_ROWS
            told = say(f"……另有 {more} 行，见 -o 或 --json", f"… {more} more rows: -o or --json")
            yield _bare(entry, item.label, told)
        deleted = [row for row in found.rows if row.read_row is None] if found is not None else []
        for row in deleted[:SHOWN_ROWS]:
            for label, status, old, _ in _row_changes(item, row):
                yield _bare(entry, label, "", old, status)


def _table_row(
    item: Field, number: int, values: Mapping[str, Any], entry: Entry, row: RowDifference | None
) -> Iterator[Sequence[object]]:
    """A row of a table in one line, and below it what is in doubt or not as in the data."""
    from formgen.reconcile.words import ROWS, in_language

    assert item.table is not None
    status = in_language(ROWS, row.status, current_language()) if row is not None else ""
    label = say(f"{item.label} 第{number}行", f"{item.label} row {number}")
    yield _bare(entry, label, _shown(item, dict(values)), "", status)
    for column in item.table.columns:
        path = f"{item.key}.{number}.{column.key}"
        cell = row.cells.get(column.key) if row is not None and row.status == "changed" else None
        if cell is not None or path in entry.reading.doubts:
            yield _value_row(column, path, f"    {column.label}", entry, values.get(column.key), cell)


def _bare(entry: Entry, label: str, shown: str, old: str = "", status: str = "") -> Sequence[object]:
    """A line without evidence of its own."""
    compared = [old, status] if entry.differences is not None else []
    return [label, shown, *compared, "", "", ""]


def _value_row(item: Field, path: str, label: str, entry: Entry, value: Any, difference: Any) -> Sequence[object]:
    from formgen.reconcile.words import LAYERS, in_language

    evidence = entry.reading.evidence.get(path)
    shown = _shown(item, value)
    if path in entry.reading.doubts:
        shown = say("（存疑）", "(in doubt)")
    row: list[object] = [label, shown]
    if entry.differences is not None:
        row += _sides(item, difference)[1::-1] if difference is not None else ["", ""]
    if evidence is None:
        return [*row, "", "", ""]
    layer = in_language(LAYERS, evidence.layer, current_language())
    return [*row, layer, evidence.place, f"{evidence.confidence:.2f}"]


def _sides(item: Field, difference: Any) -> tuple[str, str, str]:
    """Status, what the data has, what the sheet has."""
    from formgen.reconcile.words import REASONS, STATUSES, in_language

    status = in_language(STATUSES, difference.status, current_language())
    if difference.reason:
        reason = in_language(REASONS, difference.reason, current_language())
        status += say(f"（{reason}）", f" ({reason})")
    return status, _shown(item, difference.record), _shown(item, difference.read)


def _shown(item: Field, value: Any) -> str:
    if value is None:
        return ""
    if item.table is not None:
        rows = [value] if isinstance(value, dict) else value
        columns = {column.key: column for column in item.table.columns}
        text = "；".join(
            " ".join(columns[key].value_type.format(cell) for key, cell in row.items() if cell is not None)
            for row in rows
        )
    else:
        text = item.value_type.format(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"
