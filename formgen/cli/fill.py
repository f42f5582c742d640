"""formgen fill: one form for all its records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import DATA_PATH, DataOptions, add_common_options, add_data_options, carrier_option, out_option
from formgen.cli.printing import PrintChoices, add_print_options
from formgen.cli.runs import finish, progress
from formgen.errors import TemplateError
from formgen.problems import Place, Problem

if TYPE_CHECKING:
    from formgen.forms.manifest import Carrier, Manifest

__all__ = ["fill"]

PER = ("village", "town", "base")
TEMPLATE_KINDS = ("docx", "xlsx")


@click.command(
    "fill",
    help=say(
        "为每条记录填写一个表单。DATA 是数据集，或按字段名书写的 JSON/JSONL 记录（见 show --json）。",
        "Fill one form for all its records. DATA is a dataset, or JSON/JSONL records keyed by field (see show --json).",
    ),
    epilog=say(
        "示例：formgen fill xinmi-2015/application-form dataset.xlsx -o out/",
        "Example: formgen fill xinmi-2015/application-form dataset.xlsx -o out/",
    ),
)
@click.argument("form")
@click.argument("data", type=DATA_PATH)
@out_option("DIR")
@carrier_option
@click.option("--merge", "is_merged", is_flag=True, help=say("全部合并为一个文件。", "All in one file."))
@click.option(
    "--per",
    type=click.Choice(PER),
    help=say(
        "名册按村、乡镇或基地各一份，默认按村。", "A register for each village, town or base; village by default."
    ),
)
@click.option("--strict", is_flag=True, help=say("遇到第一个错误即停止。", "Stop at the first error."))
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出结果。", "Print the result as JSON."))
@add_print_options
@add_data_options
@add_common_options
def fill(
    form: str,
    data: Path,
    out: Path,
    carrier: Carrier,
    is_merged: bool,
    per: str | None,
    strict: bool,
    as_json: bool,
    reading: DataOptions,
    printing: PrintChoices,
    templates: tuple[Path, ...],
) -> int:
    from formgen.data.records import holds_records, read_records
    from formgen.forms.catalogue import Catalogue
    from formgen.packets.plan import form_plan
    from formgen.packets.runner import fill_form, fill_records

    options = printing.options(carrier)
    catalogue = Catalogue(templates)
    manifest = catalogue.form(form)
    _refuse_impossible(manifest, carrier, is_merged, per)
    language = current_language()
    if holds_records(data, manifest):
        with progress(1) as step:
            records = read_records(data, manifest, reading.secret)
            tally = fill_records(
                manifest,
                records,
                data,
                out,
                carrier,
                is_merged=is_merged,
                language=language,
                is_strict=strict,
                options=options,
                on_step=step,
            )
        return finish(tally, [], 0, out, {"fill": manifest.short}, as_json)
    programme = catalogue.programme(manifest.programme)
    with reading.open(data, programme) as dataset:
        with progress(dataset.counts.get(form_plan(manifest, per).per, 0)) as step:
            tally = fill_form(
                manifest,
                programme,
                dataset,
                out,
                carrier,
                per=per,
                is_merged=is_merged,
                language=language,
                is_strict=strict,
                options=options,
                on_step=step,
            )
        return finish(tally, dataset.problems, len(dataset.left_out), out, {"fill": manifest.short}, as_json)


def _refuse_impossible(manifest: Manifest, carrier: str, is_merged: bool, per: str | None) -> None:
    if carrier in TEMPLATE_KINDS and carrier not in manifest.templates:  # who prints a PDF misses its layout by name
        known = ", ".join(manifest.carriers)
        raise TemplateError(Problem("F-PACK-001", Place(manifest.id), carrier, {"known": known}))
    if is_merged and carrier in ("xlsx", "pdf-form"):
        raise TemplateError(Problem("F-PACK-002", Place(manifest.id), f"-f {carrier} --merge"))
    if per is not None and manifest.subject != "place":
        raise TemplateError(Problem("F-PACK-003", Place(manifest.id), f"--per {per}", {"known": manifest.subject}))
