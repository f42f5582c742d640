"""Options that several verbs share, and the way they print."""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import click
from click.core import ParameterSource

from formgen.cli.language import current_language, say
from formgen.problems import LANGUAGES, SEVERITIES, Problem

if TYPE_CHECKING:
    from datetime import date

    from formgen.data.dataset import Dataset
    from formgen.forms.catalogue import Programme
    from formgen.forms.manifest import Carrier

__all__ = [
    "DATA_PATH",
    "DataOptions",
    "add_common_options",
    "add_data_options",
    "carrier_of",
    "carrier_option",
    "check_ending",
    "count_line",
    "echo_json",
    "echo_problems",
    "echo_table",
    "out_option",
    "pairs",
]

DATA_PATH = click.Path(path_type=Path, readable=False)
"""A dataset. Whether it is there and can be read is for the reader to say, with code and remedy."""
FILE_ENDINGS = frozenset([".pdf", ".docx", ".xlsx"])
F = TypeVar("F", bound=Callable[..., Any])


def add_common_options(verb: F) -> F:
    """--templates and --lang, which every verb has."""
    verb = click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=say("界面语言，默认随系统。", "Language of messages; the locale's by default."),
    )(verb)
    return click.option(
        "--templates",
        "templates",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR",
        help=say(
            "自己的模板文件夹（可多次），优先于自带模板。",
            "A folder of your own programmes; may be repeated, comes first.",
        ),
    )(verb)


@dataclass(frozen=True, slots=True)
class DataOptions:
    """How a dataset is to be read, as the command line says it."""

    mapping: tuple[str, ...]
    parameters: tuple[str, ...]
    as_of: str | None
    office_secret: Path | None

    @property
    def secret(self) -> bytes:
        """Raises: InputError, as `read_secret`."""
        from formgen.data.keys import read_secret

        return b"" if self.office_secret is None else read_secret(self.office_secret)

    def open(self, path: Path, programme: Programme) -> Dataset:
        """Raises: InputError, as `open_dataset`; click.BadParameter for an option that cannot be understood."""
        from formgen.data.dataset import open_dataset

        figures = pairs(self.parameters, "--set")
        today = _reference_date(self.as_of)
        if self.as_of is not None and "reference_date" in programme.parameters:
            figures.setdefault("reference_date", today.isoformat())
        mapping = pairs(self.mapping, "--map")
        return open_dataset(path, programme, mapping=mapping, parameters=figures, today=today, secret=self.secret)


def add_data_options(verb: F) -> F:
    """--map, --set, --as-of and --office-secret, which every verb that reads a dataset gets as `reading`."""

    @functools.wraps(verb)
    def bundled(
        *,
        mapping: tuple[str, ...],
        parameters: tuple[str, ...],
        as_of: str | None,
        office_secret: Path | None,
        **others: Any,
    ) -> Any:
        return verb(reading=DataOptions(mapping, parameters, as_of, office_secret), **others)

    with_options = click.option(
        "--office-secret",
        "office_secret",
        type=click.Path(path_type=Path),
        envvar="FORMGEN_OFFICE_SECRET",
        metavar="FILE",
        help=say(
            "本单位的密钥文件（16 字节以上），打印的编号由此产生，外人无法从编号试出证件号；"
            "也可用环境变量 FORMGEN_OFFICE_SECRET 指定。",
            "The office's secret (a file of 16 bytes or more), from which printed keys are made, so that nobody else "
            "can test a number against them; or name it in FORMGEN_OFFICE_SECRET.",
        ),
    )(cast(F, bundled))
    with_options = click.option(
        "--as-of",
        "as_of",
        metavar="DATE",
        help=say(
            "计算年龄的基准日，如 2015-10-31；默认今天。",
            "Date at which ages are counted, as 2015-10-31; today by default.",
        ),
    )(with_options)
    with_options = click.option(
        "--set",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help=say(
            "设定项目参数，如 poverty_line=2800。", "Set a figure of the programme's rules, as poverty_line=2800."
        ),
    )(with_options)
    return click.option(
        "--map",
        "mapping",
        multiple=True,
        metavar=say("列名=术语", "HEADER=TERM"),
        help=say("指定某列的含义，如 电话2=helper.phone。", "Say what a column means, as 电话2=helper.phone."),
    )(with_options)


def carrier_option(verb: F) -> F:
    return click.option(
        "-f",
        "--format",
        "carrier",
        type=click.Choice(["pdf", "pdf-form", "docx", "xlsx"]),
        default="pdf",
        show_default=True,
        help=say("输出格式：打印用 PDF、可填写的 PDF、Word、Excel。", "PDF to print, fillable PDF, Word or Excel."),
    )(verb)


def out_option(metavar: Literal["FILE", "DIR"]) -> Callable[[F], F]:
    """-o / --out, required: the file or the folder that a verb makes."""
    text = (
        say("输出文件。", "The file to write.") if metavar == "FILE" else say("输出文件夹。", "The folder to write to.")
    )
    return click.option(
        "-o",
        "--out",
        "out",
        type=click.Path(path_type=Path),
        required=True,
        metavar=metavar,
        help=text,
        callback=_no_file_name if metavar == "DIR" else None,
    )


def _no_file_name(context: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """Refuse `-o annex2.pdf` where a folder is meant: it would make a folder of that name."""
    if path.suffix.lower() in FILE_ENDINGS and not path.is_dir():
        message = say(f"“{path}”像是文件名，这里应为文件夹", f"'{path}' looks like a file; this names a folder")
        raise click.BadParameter(message, param_hint="-o")
    return path


def carrier_of(path: Path, carrier: Carrier) -> Carrier:
    """The format that a file's name tells where none was chosen."""
    source = click.get_current_context().get_parameter_source("carrier")
    told: Mapping[str, Carrier] = {".docx": "docx", ".xlsx": "xlsx"}
    return told.get(path.suffix.lower(), carrier) if source is ParameterSource.DEFAULT else carrier


def check_ending(path: Path, carrier: str) -> None:
    """Refuse a name that says another format than the file will have: Excel and Word would call it damaged."""
    ending = "." + carrier.removesuffix("-form")
    if path.suffix.lower() != ending:
        message = say(f"“{path}”应以 {ending} 结尾", f"'{path}' should end in {ending}")
        raise click.BadParameter(message, param_hint="-o")


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE options as a mapping."""
    found = {}
    for value in values:
        name, sign, content = value.partition("=")
        if not sign or not name or not content:
            message = say(f"“{value}”应写作 名称=内容", f"{value!r} should read NAME=VALUE")
            raise click.BadParameter(message, param_hint=option)
        found[name] = content
    return found


def _reference_date(text: str | None) -> date:
    """The one place where a run learns today's date."""
    from datetime import date

    from formgen.values import Rejected, value_type

    if text is None:
        return date.today()
    try:
        day = value_type("date", precision="day").parse(text)
        return date(day.year, day.month, day.day)
    except (Rejected, TypeError) as exc:
        message = say(f"“{text}”不是完整日期，如 2015-10-31", f"{text!r} is not a whole date such as 2015-10-31")
        raise click.BadParameter(message, param_hint="--as-of") from exc


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def echo_table(rows: Iterable[Sequence[object]], headers: Sequence[str]) -> None:
    """A plain table, numbers to the right; a Chinese character takes two columns of a terminal."""
    lines = [[" ".join(str(cell).splitlines()) for cell in row] for row in rows]
    grid = [list(headers), *lines]
    widths = [max(_columns(row[index]) for row in grid) for index in range(len(headers))]
    is_number = [all(row[index].isdigit() for row in lines) and bool(lines) for index in range(len(headers))]
    for row in (grid[0], ["-" * width for width in widths], *lines):
        cells = (_pad(cell, width, right) for cell, width, right in zip(row, widths, is_number, strict=True))
        click.echo("  ".join(cells).rstrip())


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, is_right: bool) -> str:
    blanks = " " * (width - _columns(text))
    return blanks + text if is_right else text + blanks


def echo_problems(problems: Sequence[Problem], limit: int) -> None:
    """One line a problem, errors first, then warnings; the count of each at the end."""
    language = current_language()
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    ordered = sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))
    for problem in ordered[:limit]:
        click.secho(problem.text(language), fg=colours[problem.severity], err=True)
    if len(ordered) > limit:
        more = len(ordered) - limit
        click.echo(
            say(
                f"……另有 {more} 条，用 formgen check 查看。",
                f"… and {more} more: see formgen check.",
            ),
            err=True,
        )
    if problems:
        click.echo(count_line(problems), err=True)


def count_line(problems: Sequence[Problem]) -> str:
    errors, warnings, notes = (sum(item.severity == severity for item in problems) for severity in SEVERITIES)
    return say(f"错误 {errors}，警告 {warnings}，提示 {notes}", f"{errors} errors, {warnings} warnings, {notes} notes")
