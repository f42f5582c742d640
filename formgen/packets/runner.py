"""The runs a person starts: all packets of a programme, or one form for all its records.

A run never stops at a bad record unless it is strict; it writes manifest.json last. Started again after it was
killed, it gives the same files, because nothing depends on what is already there.

What is printed as PDF is checked whole before any file appears: where a text has no room even on a continuation sheet,
or a character has no glyph, nothing is written until whoever prints has mended it or has decided to go on without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formgen.files import staged_folder
from formgen.folder_lock import held_folder
from formgen.forms.catalogue import Programme
from formgen.forms.manifest import Carrier, Manifest
from formgen.interrupts import interrupts_held
from formgen.packets.jobs import FileJob, FilledSheet, Tally, Volume
from formgen.packets.ledger import LEDGER_NAME, Ledger, file_digest, is_same_run, open_ledger, read_owners
from formgen.packets.naming import NameKeeper, expand_pattern
from formgen.packets.options import DEFAULT_PRINT, Decision, PrintOptions
from formgen.packets.plan import FILL, PlannedFile, form_plan, plan_packets, plan_sheets
from formgen.packets.press import Press
from formgen.packets.writer import PacketWriter
from formgen.problems import Language, Place, Problem
from formgen.rendering.context import named_by

if TYPE_CHECKING:
    from formgen.data.dataset import Dataset

__all__ = ["Step", "fill_form", "fill_records", "run_packets"]

Step = Callable[[], None]
"""Called after every file of the plan."""
PRINTED: frozenset[Carrier] = frozenset(["pdf", "pdf-form"])
"""Carriers that are checked whole before any file appears."""
DECIDED_BY: Mapping[str, Decision] = {"F-FIT-001": "overflow", "F-FONT-003": "glyph", "F-FONT-005": "glyph"}
"""Problems of printing that withhold a run's files until somebody decides."""
SHOWN_LEFTOVERS = 5


@dataclass(frozen=True, slots=True)
class _Run:
    """What all runs have in common."""

    head: Mapping[str, Any]
    folder: Path
    carrier: Carrier
    source: Path
    language: Language
    is_strict: bool
    options: PrintOptions
    on_step: Step | None


def run_packets(
    programme: Programme,
    dataset: Dataset,
    folder: Path | str,
    carrier: Carrier = "pdf",
    *,
    language: Language = "zh",
    is_strict: bool = False,
    options: PrintOptions = DEFAULT_PRINT,
    on_step: Step | None = None,
) -> Tally:
    """Write every packet the programme defines, and manifest.json.

    Raises:
        TemplateError, OutputError: the run cannot go on. Files written before are whole; of PDFs there are none.
    """
    head = _head(programme.id, "packet", carrier, dataset.path)
    run = _Run(head, Path(folder), carrier, dataset.path, language, is_strict, options, on_step)
    return _run_dataset(run, plan_packets(programme, dataset), dataset)


def fill_form(
    manifest: Manifest,
    programme: Programme,
    dataset: Dataset,
    folder: Path | str,
    carrier: Carrier = "pdf",
    *,
    per: str | None = None,
    is_merged: bool = False,
    language: Language = "zh",
    is_strict: bool = False,
    options: PrintOptions = DEFAULT_PRINT,
    on_step: Step | None = None,
) -> Tally:
    """Fill one form for all its records: a file each, or all in one Word file or PDF in print order."""
    plan = form_plan(manifest, per)
    files: Iterable[PlannedFile] = plan_sheets(programme, plan, dataset)
    if is_merged:
        files = _bound(manifest, files) if carrier == "pdf" else _merged(manifest, files)
    head = _head(manifest.id, FILL, carrier, dataset.path)
    run = _Run(head, Path(folder), carrier, dataset.path, language, is_strict, options, on_step)
    return _run_dataset(run, files, dataset)


def fill_records(
    manifest: Manifest,
    records: Iterable[tuple[str, Mapping[str, Any], list[Problem]]],
    source: Path,
    folder: Path | str,
    carrier: Carrier = "pdf",
    *,
    is_merged: bool = False,
    language: Language = "zh",
    is_strict: bool = False,
    options: PrintOptions = DEFAULT_PRINT,
    on_step: Step | None = None,
) -> Tally:
    """Fill one form from records keyed by field; `records` gives (record key, record, problems).

    As PDF they stand in one file, unless a file each is wanted: records do not say which village they are of.
    """
    run = _Run(
        _head(manifest.id, FILL, carrier, source),
        Path(folder),
        carrier,
        source,
        language,
        is_strict,
        options,
        on_step,
    )
    volume = _whole(manifest)
    jobs: Iterable[FileJob] = (
        _job(manifest, volume, Place(str(source), cell=str(number)), *item) for number, item in enumerate(records, 1)
    )
    if is_merged and carrier != "pdf":
        jobs = [_collected(manifest, jobs)]
    with _opened(run) as (writer, ledger):
        _write(run, writer, jobs)
        ledger.close(_tail(writer.tally, [], language))
    return writer.tally


def _run_dataset(run: _Run, files: Iterable[PlannedFile], dataset: Dataset) -> Tally:
    with _opened(run) as (writer, ledger):
        has_errors = any(problem.is_error for problem in dataset.problems)
        if not (run.is_strict and has_errors):
            _write(run, writer, (writer.build(file) for file in files))
        tally = writer.tally
        if run.head["run"] == FILL and not (tally.sheets or tally.left_out or has_errors):
            tally.problems.append(Problem("F-PACK-004", Place(str(dataset.path)), params={"form": run.head["of"]}))
        ledger.close(_tail(tally, dataset.problems, run.language))
    return tally


def _write(run: _Run, writer: PacketWriter, jobs: Iterable[FileJob]) -> None:
    for _ in writer.write_all(jobs):
        if run.on_step:
            run.on_step()
    writer.finish()


@contextlib.contextmanager
def _opened(run: _Run) -> Iterator[tuple[PacketWriter, Ledger]]:
    """The writer and the ledger of one run. What is printed appears when the block ends, if nothing withholds it."""
    folder = run.folder
    with contextlib.ExitStack() as stack:
        stack.enter_context(held_folder(folder))
        is_repeated = is_same_run(folder, run.head)
        names = NameKeeper(read_owners(folder))
        staging = stack.enter_context(staged_folder(folder, LEDGER_NAME)) if run.carrier in PRINTED else None
        target = staging.path if staging is not None else folder
        ledger = stack.enter_context(open_ledger(target, run.head, run.language))
        press = _press(run, target, names, ledger)
        writer = PacketWriter(press, Tally(), run.is_strict)
        stack.callback(press.abandon)
        yield writer, ledger
        if staging is not None and _is_withheld(run, writer.tally):
            staging.is_discarded = True
            writer.tally.withhold()
    if is_repeated and not writer.tally.is_withheld:
        _name_leftovers(run, writer.tally, names)


def _press(run: _Run, folder: Path, names: NameKeeper, ledger: Ledger) -> Press:
    pictures = run.source if run.source.is_dir() else run.source.parent
    with interrupts_held():
        return _loaded_press(run, folder, names, ledger, pictures)


def _loaded_press(run: _Run, folder: Path, names: NameKeeper, ledger: Ledger, pictures: Path) -> Press:
    """Each carrier needs libraries that take longer to load than ten households to print."""
    if run.carrier in ("docx", "xlsx"):
        from formgen.packets.office_press import OfficePress
        from formgen.packets.templates import Templates

        return OfficePress(folder, names, ledger, run.carrier, Templates(pictures))
    if run.carrier == "pdf-form":
        from formgen.packets.form_press import FormPress

        return FormPress(folder, names, ledger, run.options, pictures)
    from formgen.packets.pdf_press import PdfPress

    return PdfPress(folder, names, ledger, run.options, pictures)


def _is_withheld(run: _Run, tally: Tally) -> bool:
    """Whether something cannot be printed that nobody has decided to leave out."""
    undecided = {code for code, decision in DECIDED_BY.items() if decision not in run.options.continue_on}
    return any(problem.code in undecided for problem in tally.problems)


def _name_leftovers(run: _Run, tally: Tally, names: NameKeeper) -> None:
    """Warn of files that an earlier run listed and this one does not have. The manifest does not tell of them: it
    is the same for the same dataset, whatever lay in the folder."""
    left = [path for path in names.unclaimed() if (run.folder / path).is_file()]
    if left and not (run.is_strict and tally.left_out):
        shown = "、".join((*left[:SHOWN_LEFTOVERS], *(["…"] if len(left) > SHOWN_LEFTOVERS else [])))
        tally.problems.append(Problem("F-PACK-005", Place(str(run.folder)), shown, {"count": str(len(left))}))


def _job(
    manifest: Manifest, volume: Volume, place: Place, key: str, record: Mapping[str, Any], problems: list[Problem]
) -> FileJob:
    named = named_by(manifest, record)
    name = named[1] if named is not None else ""
    path = expand_pattern(f"{manifest.short}-{place.cell:0>4}-{{name}}", {"name": name})
    sheet = FilledSheet(manifest, record, key, place)
    return FileJob(path, FILL, key, [sheet], problems, volume=volume, outline=(name or f"{place.cell}",))


def _collected(manifest: Manifest, jobs: Iterable[FileJob]) -> FileJob:
    """All records in one file; the writer leaves out those with errors."""
    sheets: list[FilledSheet] = []
    problems: list[Problem] = []
    for job in jobs:
        problems += job.problems
        sheets += job.sheets
    return FileJob(_whole(manifest).path, FILL, manifest.name, sheets, problems, is_collection=True)


def _whole(manifest: Manifest) -> Volume:
    """The one file of a form's records. A form need not be an annex."""
    facts = {"form.annex": manifest.annex, "form.short": manifest.short}
    return Volume(expand_pattern("{form.annex}-{form.short}", facts), manifest.name)


def _bound(manifest: Manifest, files: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
    """Every file into one volume."""
    return (replace(file, volume=_whole(manifest)) for file in files)


def _merged(manifest: Manifest, files: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
    sheets = tuple(sheet for file in files for sheet in file.sheets)
    if sheets:
        yield PlannedFile(_whole(manifest).path, FILL, manifest.name, sheets, is_collection=True)


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
