"""formgen forms: which programmes and forms there are."""

from __future__ import annotations

from pathlib import Path

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import add_common_options, echo_json, echo_table

__all__ = ["forms"]

SUBJECTS = {
    "person": ("残疾人", "person"),
    "household": ("家庭", "household"),
    "pairing": ("结对", "pairing"),
    "base": ("基地", "base"),
    "place": ("村/乡镇", "place"),
    "programme": ("项目", "programme"),
}


@click.command(
    "forms",
    help=say(
        "列出全部表单：编号、名称、一张表对应什么、有哪些格式。",
        "List the forms: id, title, what one form stands for, formats.",
    ),
    epilog=say("示例：formgen forms xinmi-2015", "Example: formgen forms xinmi-2015"),
)
@click.argument("programme", required=False)
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出。", "Print JSON."))
@add_common_options
def forms(programme: str | None, as_json: bool, templates: tuple[Path, ...]) -> None:
    from formgen.forms.catalogue import Catalogue

    found = Catalogue(templates).forms(programme)
    if as_json:
        echo_json(
            [
                {
                    "id": form.id,
                    "title": form.title,
                    "title_en": form.title_en,
                    "annex": form.annex,
                    "subject": form.subject,
                    "carriers": list(form.carriers),
                    "version": form.version,
                    "layout_source": form.layout_source,
                }
                for form in found
            ]
        )
        return
    index = 0 if current_language() == "zh" else 1
    rows = [(form.id, form.annex, form.title, SUBJECTS[form.subject][index], " ".join(form.carriers)) for form in found]
    echo_table(rows, say("编号,附件,名称,一张对应,格式", "id,annex,title,one for each,formats").split(","))
