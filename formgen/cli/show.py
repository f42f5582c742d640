"""formgen show: the fields of one form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import say
from formgen.cli.options import add_common_options, echo_json, echo_table

if TYPE_CHECKING:
    from formgen.forms.manifest import Field

__all__ = ["show"]

MAX_CHOICES = 10


@click.command(
    "show",
    help=say(
        "显示一个表单的字段；--json 为记录的 JSON Schema。",
        "Show a form's fields; --json is the JSON Schema of its record.",
    ),
    epilog=say("示例：formgen show xinmi-2015/application-form", "Example: formgen show xinmi-2015/application-form"),
)
@click.argument("form")
@click.option(
    "--json", "as_json", is_flag=True, help=say("输出 JSON Schema (2020-12)。", "Print a JSON Schema (2020-12).")
)
@add_common_options
def show(form: str, as_json: bool, templates: tuple[Path, ...]) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.forms.schema import record_schema

    manifest = Catalogue(templates).form(form)
    if as_json:
        echo_json(record_schema(manifest))
        return
    click.echo(f"{manifest.annex} {manifest.title}\n{manifest.id}, v{manifest.version}\n")
    headers = say("字段,术语,标签,类型,必填,选项", "key,term,label,type,required,choices").split(",")
    echo_table(_rows(manifest.fields), headers)


def _rows(fields: Iterable[Field], prefix: str = "") -> Iterable[tuple[str, ...]]:
    for field in fields:
        kind = field.type_name + (say("（手填）", " (by hand)") if field.is_by_hand else "")
        if field.total_of:
            kind += say("（计算）", " (computed)")
        required = say("是", "yes") if field.required else ""
        yield prefix + field.key, field.term, field.label, kind, required, _choices(field)
        if field.table is not None:
            yield from _rows(field.table.columns, f"{prefix}{field.key}.")


def _choices(field: Field) -> str:
    """The values a field may have, where they are a list; of a long one the first and how many."""
    words = [str(word) for word in field.value_type.json_schema().get("enum", ())] if field.table is None else []
    return " ".join(words) if len(words) <= MAX_CHOICES else f"{words[0]} … ({len(words)})"
