"""formgen read: returned files become records; against the data they were printed from, every change is named."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import DATA_PATH, DataOptions, add_common_options, add_data_options
from formgen.cli.printing import MOST_JOBS
from formgen.cli.reading_report import echo_report
from formgen.cli.runs import progress
from formgen.errors import EXIT_OK, EXIT_PROBLEMS, EXIT_UNABLE, InputError
from formgen.problems import Place, Problem

if TYPE_CHECKING:
    from formgen.forms.catalogue import Catalogue
    from formgen.forms.manifest import Manifest
    from formgen.reading.batch import ReadOptions
    from formgen.reconcile.applying import Accepting
    from formgen.reconcile.desk import Desk

__all__ = ["read"]

OUTPUTS = (".xlsx", ".json", ".jsonl")


def _output(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Refuse `-o data.pdf`: it would make a folder of that name."""
    if path is not None and path.suffix and path.suffix.lower() not in OUTPUTS and not path.is_dir():
        message = say(
            f"“{path}”应以 .xlsx、.json 或 .jsonl 结尾，或为文件夹",
            f"'{path}' should end in .xlsx, .json or .jsonl, or name a folder",
        )
        raise click.BadParameter(message, param_hint="-o")
    return path


@click.command(
    "read",
    help=say(
        "读取交回的 Word、Excel、PDF 表格：认出表单，读出内容及其依据。--against 与数据比对，逐项列出改动。",
        "Read returned Word, Excel and PDF forms: which form, its values, the evidence. --against names every change.",
    ),
    epilog=say(
        "示例：formgen read 收回/ --against dataset.xlsx -o 核对结果.xlsx --apply 新数据.xlsx",
        "Example: formgen read returned/ --against dataset.xlsx -o result.xlsx --apply new.xlsx",
    ),
)
@click.argument("paths", metavar="FILE|DIR...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    "out",
    type=click.Path(path_type=Path),
    callback=_output,
    metavar="FILE|DIR",
    help=say(
        "写入 .xlsx、.json、.jsonl 文件，或 CSV 文件夹。",
        "What was read, as .xlsx, .json, .jsonl, or a folder of CSV files.",
    ),
)
@click.option(
    "--form", "form", metavar="FORM", help=say("指明是哪一种表单。", "Which form the files are; else each says it.")
)
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出结果。", "Print the result as JSON."))
@click.option(
    "--against",
    "against",
    type=DATA_PATH,
    metavar="DATA",
    help=say(
        "与印发时所用的数据集（或按字段书写的 JSON/JSONL）比对。",
        "Compare with the dataset the forms were printed from, or with JSON/JSONL records keyed by field.",
    ),
)
@click.option(
    "--apply",
    "new",
    type=click.Path(path_type=Path),
    metavar="NEW",
    help=say(
        "把无疑问的改动写入新的数据集文件；原文件不变。",
        "Write the changes that are beyond doubt into a new dataset; the old one stays as it is.",
    ),
)
@click.option(
    "--accept",
    "accepted",
    type=click.Choice(["cleared", "unconfirmed"]),
    multiple=True,
    help=say(
        "--apply 时一并采用：表上已清除的内容（cleared）；其他交回表格上仍为旧内容的更正（unconfirmed）。",
        "With --apply, take these too: what is blank on the sheet now (cleared); corrections that other returned "
        "sheets do not have (unconfirmed).",
    ),
)
@click.option(
    "--min-confidence",
    "min_confidence",
    type=click.FloatRange(0, 1),
    default=0.9,
    show_default=True,
    metavar="N",
    help=say("--apply 采用的最低可信度。", "With --apply, the least confidence of a value that is taken."),
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    default=1,
    show_default=True,
    metavar="N",
    help=say("同时读取的进程数。", "Processes that read files."),
)
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(1, 86_400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help=say("每个文件的时限（秒）。", "For one file."),
)
@click.option(
    "--memory",
    "memory_mib",
    type=click.IntRange(64, 1 << 20),
    default=1024,
    show_default=True,
    metavar="MIB",
    help=say("每个文件的内存上限（MiB）。", "Memory for one file."),
)
@click.option("--strict", is_flag=True, help=say("遇到第一个错误即停止。", "Stop at the first error."))
@add_data_options
@add_common_options
def read(
    paths: tuple[Path, ...],
    out: Path | None,
    form: str | None,
    as_json: bool,
    against: Path | None,
    new: Path | None,
    accepted: tuple[str, ...],
    min_confidence: float,
    jobs: int,
    seconds: float,
    memory_mib: int,
    strict: bool,
    reading: DataOptions,
    templates: tuple[Path, ...],
) -> int:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.batch import ReadOptions
    from formgen.reading.folders import find_files
    from formgen.reconcile.desk import Desk
    from formgen.reconcile.outputs import check_place, check_target, refuse_inputs, write_output

    if new is not None and against is None:
        raise click.UsageError(say("--apply 需要 --against", "--apply needs --against"))
    catalogue = Catalogue(templates)
    wanted = catalogue.form(form).id if form is not None else ""
    files, passed = find_files(paths)
    files = _without_own(files, paths, _targets(out, new), against)
    taken = [*files, *paths, *([against] if against is not None else [])]
    for target in _targets(out, new):
        refuse_inputs(target, taken, against, current_language())
        check_place(target)
        taken.append(target)
    if against is not None:
        _require_data(against)
        if new is not None:
            check_target(against, new)
    with Desk(_manifests(catalogue)) as desk:
        for problem in passed:
            desk.add_problem(problem)
        options = ReadOptions(wanted, jobs, seconds, memory_mib)
        if _take_in(desk, files, templates, options, strict) and against is not None:
            accepting = _accepting(accepted, min_confidence) if new is not None else None
            _compare(desk, against, catalogue, reading, new, accepting)
        if out is not None:
            write_output(out, desk, current_language(), is_compared=against is not None)
        return _finish(desk, _targets(out, new), as_json, against is not None)


def _targets(out: Path | None, new: Path | None) -> list[Path]:
    """The files that the run writes."""
    from formgen.reconcile.change_list import list_path

    made = [new, list_path(new, current_language())] if new is not None else []
    return [out, *made] if out is not None else made


def _without_own(
    files: Sequence[Path], named: Sequence[Path], targets: Sequence[Path], against: Path | None
) -> list[Path]:
    """The files without the data, and without the results of an earlier run, that lie in a folder beside the forms."""
    from formgen.reading.results import is_result

    real = os.path.realpath  # unlike Path.resolve it bears links that lead to themselves
    own = {real(target) for target in targets if target.suffix.lower() in (".json", ".jsonl") or is_result(target)}
    if against is not None:
        own.add(real(against))
    own -= set(map(real, named))
    return [path for path in files if real(path) not in own]


def _require_data(path: Path) -> None:
    """Say that the data is not there before, not after, thousands of files were read."""
    if not path.exists():
        raise InputError(Problem("F-FILE-001", Place(str(path))))


def _manifests(catalogue: Catalogue) -> Mapping[str, Manifest]:
    manifests = {form.id: form for form in catalogue.forms()}
    for manifest in manifests.values():
        manifest.check_types()
    return manifests


def _take_in(
    desk: Desk, files: Sequence[Path], templates: Sequence[Path], options: ReadOptions, is_strict: bool
) -> bool:
    """Read the files to the desk; False where a strict run ended with an error."""
    from formgen.reading.batch import read_files

    with progress(len(files), say("正在读取", "Reading")) as step:
        for result in read_files(files, templates, options):
            problems = [*result.problems, *(problem for sheet in result.readings for problem in sheet.problems)]
            for problem in result.problems:
                desk.add_problem(problem)
            for sheet in result.readings:
                desk.add(sheet)
            step()
            if is_strict and any(problem.is_error for problem in problems):
                return False
    return True


def _compare(
    desk: Desk,
    against: Path,
    catalogue: Catalogue,
    options: DataOptions,
    new: Path | None,
    accepting: Accepting | None,
) -> None:
    """Compare what came in with the data, and write the new dataset."""
    from formgen.data.records import holds_records
    from formgen.reconcile.applying import apply_to_dataset, name_new_errors
    from formgen.reconcile.new_records import apply_to_records
    from formgen.reconcile.printed import dataset_source, records_source

    language = current_language()
    forms = [desk.manifests[name] for name in desk.forms]
    keyed = next((form for form in forms if holds_records(against, form)), None)
    if keyed is not None:
        desk.compare_with(records_source(against, keyed, options.secret), {}, desk.forms)
        if new is not None and accepting is not None:
            apply_to_records(desk, against, keyed, new, accepting, language, options.secret)
        return
    for number, name in enumerate(dict.fromkeys(form.programme for form in forms)):
        own = [form.id for form in forms if form.programme == name]
        with options.open(against, catalogue.programme(name)) as dataset:
            desk.compare_with(dataset_source(dataset), dataset.left_out, own)
            if new is not None and accepting is not None and number == 0:
                apply_to_dataset(desk, dataset, new, accepting, language)
                with options.open(new, catalogue.programme(name)) as written:
                    name_new_errors(desk, dataset, written)


def _accepting(accepted: Sequence[str], min_confidence: float) -> Accepting:
    from formgen.reconcile.applying import Accepting

    return Accepting("cleared" in accepted, "unconfirmed" in accepted, min_confidence)


def _finish(desk: Desk, written: Sequence[Path], as_json: bool, is_compared: bool) -> int:
    """Print what came of it and return the exit code."""
    from formgen.reconcile.outputs import json_pieces

    if as_json:
        for piece in json_pieces(desk, current_language()):
            click.echo(piece, nl=False)
    else:
        echo_report(desk, is_compared=is_compared)
        for path in filter(Path.exists, written):
            click.echo(say(f"已写入 {path}", f"written to {path}"))
    if not desk.count:
        return EXIT_UNABLE
    return EXIT_PROBLEMS if any(problem.is_error for problem in _problems(desk)) else EXIT_OK


def _problems(desk: Desk) -> Iterator[Problem]:
    sheets = (problem for entry in desk.entries() for problem in entry.reading.problems)
    return itertools.chain(desk.problems(), sheets)
