"""Options of the print, which fill and packet share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import click

from formgen.cli.language import say

if TYPE_CHECKING:
    from formgen.packets.options import PrintOptions

__all__ = ["PrintChoices", "add_print_options", "font_option", "marks_option"]

F = TypeVar("F", bound=Callable[..., Any])
DECISIONS = ("overflow", "glyph")
MOST_JOBS = 61
"""Windows waits for no more processes at once."""
PER_SHEET = re.compile(r"([1-9]\d?)[x×]([1-9]\d?)")


@dataclass(frozen=True, slots=True)
class PrintChoices:
    """What the command line says about the print."""

    values: dict[str, Any]
    changed: tuple[str, ...]
    """Names of the options that were given and concern PDF only."""

    def options(self, carrier: str) -> PrintOptions:
        """Raises: click.BadParameter for an option that this carrier does not have."""
        from formgen.packets.options import PrintOptions

        if carrier not in ("pdf", "pdf-form") and self.changed:
            message = say(f"仅用于 PDF，不适用于 {carrier}", f"is for PDF, not for {carrier}")
            raise click.BadParameter(message, param_hint=self.changed[0])
        if carrier == "pdf-form" and (own := [name for name in self.changed if name not in FORM_OPTIONS]):
            message = say("不适用于可填写的 PDF", "is not for fillable PDF")
            raise click.BadParameter(message, param_hint=own[0])
        return PrintOptions(**self.values)


CONTINUE = "--continue-on"
FORM_OPTIONS = ("--font-dir", "--no-marks", CONTINUE)
"""What fillable PDFs have of them: each is one file, printed by whoever fills it in."""


def font_option(verb: F) -> F:
    return click.option(
        "--font-dir",
        "font_dirs",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR",
        help=say(
            "字体文件夹（可多次），优先于自带字体。",
            "A folder of fonts; may be repeated, comes before the package's own.",
        ),
    )(verb)


def marks_option(verb: F) -> F:
    return click.option(
        "--marks/--no-marks",
        "has_marks",
        default=True,
        show_default=True,
        help=say(
            "打印页码二维码和四角定位标记，便于回收后识别。",
            "Print the page code and corner marks by which returned paper is known again.",
        ),
    )(verb)


def add_print_options(verb: F) -> F:
    """The verb gets them as `printing`."""

    @functools.wraps(verb)
    def bundled(**given: Any) -> Any:
        values = {name: given.pop(name) for name in NAMES}
        values["per_sheet"] = _per_sheet(values["per_sheet"])
        values["continue_on"] = frozenset(values["continue_on"])
        changed = tuple(option for name, (option, default) in NAMES.items() if values[name] != default)
        return verb(printing=PrintChoices(values, changed), **given)

    made = cast(F, bundled)
    for add in reversed((_single, marks_option, _copies, _duplex, _cards, font_option, _continue, _jobs)):
        made = add(made)
    return made


NAMES: dict[str, tuple[str, Any]] = {
    "is_single": ("--single", False),
    "has_marks": ("--no-marks", True),
    "copies": ("--copies", 1),
    "is_duplex": ("--duplex", False),
    "per_sheet": ("--nup", None),
    "font_dirs": ("--font-dir", ()),
    "continue_on": (CONTINUE, frozenset()),
    "jobs": ("--jobs", 1),
}
"""Option and default by the name in PrintOptions."""


def _single(verb: F) -> F:
    return click.option(
        "--single",
        "is_single",
        is_flag=True,
        help=say(
            "每户（每条记录）一个 PDF，不按村合并。",
            "One PDF a household or record instead of one merged file a village.",
        ),
    )(verb)


def _copies(verb: F) -> F:
    return click.option(
        "--copies",
        type=click.IntRange(1, 99),
        default=1,
        show_default=True,
        metavar="N",
        help=say("每张表单打印的份数。", "How many copies of each form."),
    )(verb)


def _duplex(verb: F) -> F:
    return click.option(
        "--duplex",
        "is_duplex",
        is_flag=True,
        help=say(
            "双面打印：每张表单从正面开始，必要时补空白页。",
            "For printing on both sides: each form begins on a front, blank pages are added.",
        ),
    )(verb)


def _cards(verb: F) -> F:
    return click.option(
        "--nup",
        "per_sheet",
        metavar="COLUMNSxROWS|auto",
        help=say(
            "小尺寸表单（联系卡）拼版，如 2x5 或 auto（能放几张放几张）：带裁切线，正反面对齐。",
            "Small forms (contact cards) on A4 pages, as 2x5 or auto, with cut marks; backs lie behind their fronts.",
        ),
    )(verb)


def _continue(verb: F) -> F:
    return click.option(
        CONTINUE,
        "continue_on",
        type=click.Choice(DECISIONS),
        multiple=True,
        help=say(
            "有内容放不下（overflow）或缺字（glyph）时，略去并列出这些记录，其余照常打印；默认全部不打印。",
            "Where a value has no room (overflow) or no glyph (glyph): leave these records out, name them and print "
            "the rest; by default nothing is printed.",
        ),
    )(verb)


def _jobs(verb: F) -> F:
    return click.option(
        "--jobs",
        type=click.IntRange(1, MOST_JOBS),
        default=1,
        show_default=True,
        metavar="N",
        help=say("同时排版的进程数。", "Processes that compose pages."),
    )(verb)


def _per_sheet(text: str | None) -> tuple[int, int] | Literal["auto"] | None:
    if text is None:
        return None
    if text == "auto":
        return "auto"
    match = PER_SHEET.fullmatch(text)
    if match is None:
        message = say(f"“{text}”应写作 列x行（如 2x5）或 auto", f"{text!r} should read COLUMNSxROWS (as 2x5) or auto")
        raise click.BadParameter(message, param_hint="--nup")
    return int(match[1]), int(match[2])
