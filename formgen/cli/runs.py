"""What fill and packet share: the progress bar, the summary, the exit code."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import echo_json, echo_problems, echo_table
from formgen.errors import EXIT_OK, EXIT_PROBLEMS
from formgen.problems import Problem

if TYPE_CHECKING:
    from formgen.packets.jobs import Tally

__all__ = ["finish", "progress"]

MAX_SHOWN = 20
"""Problems printed after a run: it is about files; `check` is about problems."""


@contextlib.contextmanager
def progress(total: int, label: str | None = None) -> Iterator[Callable[[], None]]:
    """A bar on standard error while it is a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=total, label=label or say("正在填写", "Filling"), file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def finish(
    tally: Tally,
    dataset_problems: Sequence[Problem],
    left_out: int,
    folder: Path,
    titles: dict[str, str],
    as_json: bool,
) -> int:
    """Print what came of the run and return the exit code."""
    problems = list(dict.fromkeys([*dataset_problems, *tally.problems]))
    language = current_language()
    if as_json:
        echo_json(
            {
                "folder": str(folder),
                "withheld": tally.is_withheld,
                "files": tally.files,
                "sheets": tally.sheets,
                "left_out": len(tally.left_out) + left_out,
                "problems": [problem.as_json(language) for problem in problems],
            }
        )
    else:
        echo_problems([problem for problem in problems if problem.severity != "note"], MAX_SHOWN)
        if tally.is_withheld:
            click.echo(
                say(
                    "有内容无法打印，未写入任何文件。请改正数据，或用 --continue-on 决定略去这些记录、打印其余。",
                    "Something cannot be printed: nothing was written. Mend the data, or decide with --continue-on to "
                    "leave these records out and print the rest.",
                )
            )
            return EXIT_PROBLEMS
        headers = say("类别,文件,表单,未生成", "packet,files,forms,left out").split(",")
        rows = [(titles.get(name, name), *row) for name, row in tally.per_packet.items()]
        total = (say("合计", "total"), tally.files, tally.sheets, len(tally.left_out))
        echo_table([*rows, total] if len(rows) != 1 else rows, headers)
        if left_out:
            click.echo(
                say(f"因数据有误未填写的记录：{left_out}", f"records left out for errors in the data: {left_out}")
            )
        click.echo(say(f"已写入 {folder}，清单见 manifest.json", f"written to {folder}, listed in manifest.json"))
    is_bad = bool(tally.left_out) or any(problem.is_error for problem in problems)
    return EXIT_PROBLEMS if is_bad else EXIT_OK
