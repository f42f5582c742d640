"""What `formgen read` prints: of a few sheets every value, of many a line each; with data, what changed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import echo_problems, echo_table

if TYPE_CHECKING:
    from formgen.forms.manifest import Field, Manifest
    from formgen.problems import Problem
    from formgen.reconcile.desk import Desk, Entry

__all__ = ["echo_report"]

SHOWN_WHOLE = 1
"""Sheets whose values are printed; of more there is a line each."""
SHOWN_SHEETS = 50
SHOWN_CHANGES = 60
SHOWN_PROBLEMS = 30
SHOWN_TEXT = 36


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
    echo_problems(
        [problem for problem in problems if problem.severity != "note"],
        SHOWN_PROBLEMS,
        say("全部见 -o 或 --json", "all with -o or --json"),
    )


def _echo_sheets(desk: Desk, is_compared: bool) -> None:
    headers = say("文件,表单,记录,值,问题", "file,form,record,values,problems").split(",")
    if is_compared:
        headers.append(say("差异", "differences"))
    is_long = desk.count > SHOWN_SHEETS  # then those that somebody has to look at
    entries = (entry for entry in desk.entries() if not is_long or _is_worth_a_look(entry))
    rows = [_sheet_row(desk, entry, is_compared) for entry in itertools.islice(entries, SHOWN_SHEETS)]
    if rows:
        echo_table(rows, headers)
    more = sum(1 for _ in entries)
    _echo_more(more, say("份", "sheets"))
    if quiet := desk.count - len(rows) - more:
        click.echo(say(f"{quiet} 份无差异、无问题", f"{quiet} sheets without differences or problems"))


def _is_worth_a_look(entry: Entry) -> bool:
    """Whether there are problems or differences."""
    differences = entry.differences or {}
    has_changes = any(found.is_change for found in differences.values())
    return has_changes or any(problem.severity != "note" for problem in entry.reading.problems)


def _sheet_row(desk: Desk, entry: Entry, is_compared: bool) -> list[object]:
    from formgen.reconcile.summary import value_count

    reading = entry.reading
    manifest = desk.manifests.get(reading.form)
    bad = sum(problem.severity != "note" for problem in reading.problems)
    key = entry.record_key or reading.record
    row: list[object] = [reading.file, manifest.short if manifest else "?", key, value_count(entry), bad]
    return [*row, _counted(entry)] if is_compared else row


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
    from formgen.reconcile.model import flat

    rows = (
        (entry.reading.file, label, *_sides(item, difference))
        for entry in desk.entries()
        if entry.differences is not None
        for path, difference in flat(entry.differences)
        for label, item in [_field(desk.manifests[entry.reading.form], path)]
    )
    shown = list(itertools.islice(rows, SHOWN_CHANGES))
    if shown:
        click.echo()
        echo_table(shown, say("文件,字段,状态,数据中,表上", "file,field,status,in the data,on the sheet").split(","))
        _echo_more(sum(1 for _ in rows), say("处改动", "changes"))


def _echo_more(count: int, what: str) -> None:
    if count > 0:
        click.echo(say(f"……另有 {count} {what}，见 -o 或 --json", f"… and {count} more {what}: see -o or --json"))


def _field(manifest: Manifest, path: str) -> tuple[str, Field]:
    """Label and field of `name`, `rows.3.name` or `rows.-2`."""
    key, *rest = path.split(".")
    item = manifest.field(key)
    if not rest or item.table is None:
        return item.label, item
    number = rest[0].lstrip("-")
    where = say(f"{item.label} 第{number}行", f"{item.label} row {number}")
    if len(rest) == 1:
        return where, item
    column = next(column for column in item.table.columns if column.key == rest[1])
    return f"{where} · {column.label}", column


def _echo_values(desk: Desk, entry: Entry) -> None:
    """Every field of one sheet: value and evidence, with the record's value where there is one."""
    reading = entry.reading
    manifest = desk.manifests.get(reading.form)
    if manifest is None:
        return
    title = f"{reading.file}\n{manifest.annex} {manifest.title}\n{manifest.id}, v{reading.version}"
    click.echo(f"{title}, {entry.record_key or reading.record}\n" if reading.record or entry.record_key else title)
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
        for number, values in enumerate(entry.reading.values.get(item.key) or (), 1):
            for column in item.table.columns:
                path = f"{item.key}.{number}.{column.key}"
                if column.key in values or path in entry.reading.doubts:
                    row = rows.get(number)
                    cell = row.cells.get(column.key) if row is not None else None
                    label = f"{number} · {column.label}"
                    yield _value_row(column, path, label, entry, values.get(column.key), cell)
        for row in found.rows if found is not None else ():
            if row.read_row is None:
                label = say(f"第{row.record_row}行", f"row {row.record_row}")
                yield (label, "", "…", say("删除行", "row deleted"), "", "", "")


def _value_row(item: Field, path: str, label: str, entry: Entry, value: Any, difference: Any) -> Sequence[object]:
    evidence = entry.reading.evidence.get(path)
    shown = _shown(item, value)
    if path in entry.reading.doubts:
        shown = say("（存疑）", "(in doubt)")
    row: list[object] = [label, shown]
    if entry.differences is not None:
        row += _sides(item, difference)[1::-1] if difference is not None else ["", ""]
    if evidence is None:
        return [*row, "", "", ""]
    return [*row, evidence.layer, evidence.place, f"{evidence.confidence:.2f}"]


def _sides(item: Field, difference: Any) -> tuple[str, str, str]:
    """Status, what the data has, what the sheet has."""
    from formgen.reconcile.words import REASONS, STATUSES, in_language

    status = in_language(STATUSES, difference.status, current_language())
    if difference.reason:
        status += f"（{in_language(REASONS, difference.reason, current_language())}）"
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
