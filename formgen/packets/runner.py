"""The runs a person starts: all packets of a programme, or one form for all its records.

A run never stops at a bad record unless it is strict; it writes manifest.json last. Started again after it was
killed, it writes what is missing and gives the same files, because nothing depends on what is already there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from formgen.data.dataset import Dataset
from formgen.files import make_folder
from formgen.forms.catalogue import Programme
from formgen.forms.manifest import Carrier, Manifest
from formgen.packets.ledger import file_digest, is_same_run, open_ledger, read_owners
from formgen.packets.naming import NameKeeper, expand_pattern
from formgen.packets.plan import PlannedFile, form_plan, plan_packets, plan_sheets
from formgen.packets.writer import FileJob, FilledSheet, PacketWriter, Tally
from formgen.problems import Language, Place, Problem
from formgen.rendering.context import named_by

__all__ = ["Step", "fill_form", "fill_records", "run_packets"]

Step = Callable[[], None]
"""Called after every file of the plan."""


def run_packets(
    programme: Programme,
    dataset: Dataset,
    folder: Path | str,
    carrier: Carrier = "docx",
    *,
    language: Language = "zh",
    is_strict: bool = False,
    on_step: Step | None = None,
) -> Tally:
    """Write every packet the programme defines, and manifest.json.

    Raises:
        TemplateError, OutputError: the run cannot go on; files written before are whole.
    """
    head = _head(programme.id, "packet", carrier, dataset.path)
    return _run(plan_packets(programme, dataset), head, dataset, folder, carrier, language, is_strict, on_step)


def fill_form(
    manifest: Manifest,
    programme: Programme,
    dataset: Dataset,
    folder: Path | str,
    carrier: Carrier = "docx",
    *,
    per: str | None = None,
    is_merged: bool = False,
    language: Language = "zh",
    is_strict: bool = False,
    on_step: Step | None = None,
) -> Tally:
    """Fill one form for all its records: a file each, or all in one Word file in print order."""
    plan = form_plan(manifest, per)
    files: Iterable[PlannedFile] = plan_sheets(programme, plan, dataset)
    if is_merged:
        files = _merged(manifest, files)
    head = _head(manifest.id, "fill", carrier, dataset.path)
    return _run(files, head, dataset, folder, carrier, language, is_strict, on_step)


def fill_records(
    manifest: Manifest,
    records: Iterable[tuple[str, Mapping[str, Any], list[Problem]]],
    source: Path,
    folder: Path | str,
    carrier: Carrier = "docx",
    *,
    is_merged: bool = False,
    language: Language = "zh",
    is_strict: bool = False,
    on_step: Step | None = None,
) -> Tally:
    """Fill one form from records keyed by field; `records` gives (record key, record, problems)."""
    head = _head(manifest.id, "fill", carrier, source)
    folder = make_folder(Path(folder))
    is_repeated = is_same_run(folder, head)
    with open_ledger(folder, head, language) as ledger:
        writer = PacketWriter(folder, carrier, NameKeeper(read_owners(folder)), ledger, source, is_strict)
        jobs = (_job(manifest, Place(str(source), cell=str(n)), *item) for n, item in enumerate(records, 1))
        for job in [_collected(manifest, jobs)] if is_merged else jobs:
            go_on = writer.write(job)
            if on_step:
                on_step()
            if not go_on:
                break
        ledger.close(_tail(writer.tally, [], language))
    if is_repeated:
        writer.name_leftovers()
    return writer.tally


def _job(manifest: Manifest, place: Place, key: str, record: Mapping[str, Any], problems: list[Problem]) -> FileJob:
    named = named_by(manifest, record)
    values = {"name": named[1]} if named is not None else {}
    path = expand_pattern(f"{manifest.short}-{place.cell:0>4}-{{name}}", values)
    return FileJob(path, "fill", key, [FilledSheet(manifest, record, key, place)], problems)


def _collected(manifest: Manifest, jobs: Iterable[FileJob]) -> FileJob:
    """All records in one file; the writer leaves out those with errors."""
    sheets: list[FilledSheet] = []
    problems: list[Problem] = []
    for job in jobs:
        problems += job.problems
        sheets += job.sheets
    return FileJob(f"{manifest.annex}-{manifest.short}", "fill", manifest.name, sheets, problems, is_collection=True)


def _merged(manifest: Manifest, files: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
    sheets = tuple(sheet for file in files for sheet in file.sheets)
    if sheets:
        yield PlannedFile(f"{manifest.annex}-{manifest.short}", "fill", manifest.name, sheets, is_collection=True)


def _run(
    files: Iterable[PlannedFile],
    head: Mapping[str, Any],
    dataset: Dataset,
    folder: Path | str,
    carrier: Carrier,
    language: Language,
    is_strict: bool,
    on_step: Step | None,
) -> Tally:
    folder = make_folder(Path(folder))
    is_repeated = is_same_run(folder, head)
    with open_ledger(folder, head, language) as ledger:
        writer = PacketWriter(folder, carrier, NameKeeper(read_owners(folder)), ledger, dataset.path, is_strict)
        has_errors = any(problem.is_error for problem in dataset.problems)
        if not (is_strict and has_errors):
            for file in files:
                go_on = writer.write_planned(file)
                if on_step:
                    on_step()
                if not go_on:
                    break
        if head["run"] == "fill" and not (writer.tally.sheets or writer.tally.left_out or has_errors):
            writer.tally.problems.append(Problem("F-PACK-004", Place(str(dataset.path)), params={"form": head["of"]}))
        ledger.close(_tail(writer.tally, dataset.problems, language))
    if is_repeated:
        writer.name_leftovers()
    return writer.tally


def _head(what: str, verb: str, carrier: Carrier, source: Path) -> dict[str, Any]:
    from formgen import __version__

    return {
        "formgen": __version__,
        "run": verb,
        "of": what,
        "carrier": carrier,
        "dataset": {"name": source.name, "sha256": file_digest(source)},
    }


def _tail(tally: Tally, dataset_problems: Iterable[Problem], language: Language) -> dict[str, Any]:
    problems = list(dict.fromkeys([*dataset_problems, *tally.problems]))
    return {
        "summary": {"files": tally.files, "sheets": tally.sheets, "left_out": len(tally.left_out)},
        "left_out": tally.left_out,
        "problems": [problem.as_json(language) for problem in problems],
    }
