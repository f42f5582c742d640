"""formgen compile: layouts from templates, or whether they are up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import add_common_options, count_line
from formgen.errors import EXIT_OK, EXIT_PROBLEMS

if TYPE_CHECKING:
    from formgen.forms.catalogue import Catalogue
    from formgen.forms.layout import Layout
    from formgen.forms.manifest import Manifest
    from formgen.problems import Problem

__all__ = ["compile_forms"]


@click.command(
    "compile",
    help=say(
        "从模板编译版式：layout.json 和 background.pdf（需要 LibreOffice）。不给参数则编译全部表单。",
        "Compile templates to layouts: layout.json and background.pdf (needs LibreOffice). All forms by default.",
    ),
    epilog=say(
        "示例：formgen compile xinmi-2015/application-form",
        "Example: formgen compile xinmi-2015/application-form",
    ),
)
@click.argument("target", required=False, metavar="FORM|DIR")
@click.option(
    "--check",
    "is_check",
    is_flag=True,
    help=say(
        "只检查版式是否与模板一致（不需要 LibreOffice）。", "Only check that layouts match (no LibreOffice needed)."
    ),
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=180.0,
    show_default=True,
    metavar="SECONDS",
    help=say("LibreOffice 每次运行的最长秒数。", "How long one run of LibreOffice may take."),
)
@add_common_options
def compile_forms(target: str | None, is_check: bool, time_limit: float, templates: tuple[Path, ...]) -> int:
    manifests = _chosen(target, templates)
    problems = _check(manifests) if is_check else _compile(manifests, time_limit)
    if problems:
        click.echo(count_line(problems), err=True)
    return EXIT_PROBLEMS if any(problem.is_error for problem in problems) else EXIT_OK


def _chosen(target: str | None, templates: tuple[Path, ...]) -> list[Manifest]:
    """The forms a target stands for: all, those of a folder or a programme, one."""
    from formgen.forms.catalogue import Catalogue

    if target is None:
        return _forms(Catalogue(templates))
    if Path(target).is_dir():
        return _below(Path(target).resolve(), templates)  # also `.` has a name and a parent
    catalogue = Catalogue(templates)
    return _forms(catalogue, target) if target in catalogue.programme_ids else [catalogue.form(target)]


def _below(folder: Path, templates: tuple[Path, ...]) -> list[Manifest]:
    """The forms of a form's own folder, of a programme's, or of a folder of programmes.

    Raises: TemplateError (F-FORM-007): it is none of them.
    """
    from formgen.errors import TemplateError
    from formgen.forms.catalogue import Catalogue
    from formgen.problems import Place, Problem

    if (folder / "form.yaml").is_file():
        programme = folder.parent
        return [Catalogue((programme.parent, *templates)).form(f"{programme.name}/{folder.name}")]
    if (folder / "programme.yaml").is_file():
        return _forms(Catalogue((folder.parent, *templates)), folder.name)
    catalogue = Catalogue((folder, *templates))
    own = [name for name in catalogue.programme_ids if (folder / name / "programme.yaml").is_file()]
    if not own:
        raise TemplateError(Problem("F-FORM-007", Place(str(folder))))
    return [form for name in own for form in _forms(catalogue, name)]


def _forms(catalogue: Catalogue, programme: str | None = None) -> list[Manifest]:
    found = list(catalogue.forms(programme))
    for manifest in found:
        manifest.check_types()
    return found


def _check(manifests: Sequence[Manifest]) -> list[Problem]:
    from formgen.compiling import check_layout

    found = []
    for manifest in manifests:
        problems = check_layout(manifest)
        _say_problems(problems)
        found += problems
        if not problems:
            click.echo(say(f"{manifest.id}：一致", f"{manifest.id}: up to date"))
    return found


def _compile(manifests: Sequence[Manifest], time_limit: float) -> list[Problem]:
    from formgen.compiling import Office, compile_layouts, write_layout

    office = Office.find(time_limit)
    click.echo(
        say(
            f"正在用 LibreOffice {office.version} 编译 {len(manifests)} 张表单……",
            f"Compiling {len(manifests)} forms with LibreOffice {office.version} …",
        ),
        err=True,
    )
    found: list[Problem] = []
    for compiled in compile_layouts(manifests, office):
        found += compiled.problems
        _say_problems(compiled.problems)
        if compiled.layout is not None:
            write_layout(compiled)
            click.echo(f"{compiled.manifest.id}: {_summary(compiled.layout)}")
    return found


def _summary(layout: Layout) -> str:
    pages, spots = len(layout.before) + len(layout.after), len(layout.spots)
    if layout.flow is None:
        return say(f"{pages} 页，{spots} 处填写", f"{pages} pages, {spots} places")
    return say(
        f"{pages} 个固定页，一个会增长的表格，{spots} 处填写",
        f"{pages} fixed pages, a table that grows, {spots} places",
    )


def _say_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.secho(problem.text(current_language()), fg="red" if problem.is_error else "yellow", err=True)
