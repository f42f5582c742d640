"""formgen check: every problem of a dataset, before anything is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import (
    DATA_PATH,
    DataOptions,
    add_common_options,
    add_data_options,
    check_ending,
    count_line,
    echo_json,
    echo_table,
)
from formgen.errors import EXIT_OK, EXIT_PROBLEMS
from formgen.problems import Problem

__all__ = ["check"]


@click.command(
    "check",
    help=say(
        "检查数据集：列出全部问题；-o 另存一份标出问题单元格并加批注的工作簿。有错误时退出码为 1。",
        "List every problem of a dataset; -o writes a copy of the workbook with the cells marked. Errors: exit code 1.",
    ),
    epilog=say(
        "示例：formgen check xinmi-2015 dataset.xlsx -o 检查报告.xlsx",
        "Example: formgen check xinmi-2015 dataset.xlsx -o report.xlsx",
    ),
)
@click.argument("programme")
@click.argument("data", type=DATA_PATH)
@click.option(
    "-o",
    "--out",
    "out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("标注问题的工作簿副本。", "A copy of the workbook with the problems marked."),
)
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出问题。", "Print the problems as JSON."))
@add_data_options
@add_common_options
def check(
    programme: str,
    data: Path,
    out: Path | None,
    as_json: bool,
    reading: DataOptions,
    templates: tuple[Path, ...],
) -> int:
    from formgen.data.marking import write_marked_copy
    from formgen.files import make_folder
    from formgen.forms.catalogue import Catalogue

    if out is not None:
        check_ending(out, "xlsx")
    chosen = Catalogue(templates).programme(programme)
    with reading.open(data, chosen) as dataset:
        problems = list(dataset.problems)
        counts = dict(dataset.counts)
    if out is not None:
        make_folder(out.parent)
        write_marked_copy(data, out, problems, current_language())
    if as_json:
        listed = [problem.as_json(current_language()) for problem in problems]
        echo_json({"counts": counts, "problems": listed, "report": str(out) if out else None})
    else:
        _echo_report(problems)
        if out is not None:
            click.echo(str(out))
    return EXIT_PROBLEMS if any(problem.is_error for problem in problems) else EXIT_OK


def _echo_report(problems: Sequence[Problem]) -> None:
    """A table of all problems in the dataset's order, then what to do about each kind, once."""
    if not problems:
        click.echo(say("没有发现问题。", "No problems found."))
        return
    language = current_language()
    severities = {"error": say("错误", "error"), "warning": say("警告", "warning"), "note": say("提示", "note")}
    rows = [
        (
            severities[problem.severity],
            problem.code,
            "!".join(bit for bit in (problem.place.part, problem.place.cell) if bit) or problem.place.file,
            problem.place.label,
            problem.title(language),
            problem.found,
            problem.expected(language),
        )
        for problem in problems
    ]
    echo_table(
        rows, say("级别,代码,位置,列,问题,实为,应为", "severity,code,cell,column,problem,found,expected").split(",")
    )
    click.echo(say("\n处理办法", "\nWhat to do"))
    for code in sorted({problem.code for problem in problems}):
        click.echo(f"{code}  {next(problem for problem in problems if problem.code == code).hint(language)}")
    click.echo("\n" + count_line(problems))
