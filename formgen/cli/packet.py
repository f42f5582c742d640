"""formgen packet: everything a programme wants printed, from one dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import current_language, say
from formgen.cli.options import DATA_PATH, DataOptions, add_common_options, add_data_options, carrier_option, out_option
from formgen.cli.printing import PrintChoices, add_print_options
from formgen.cli.runs import finish, progress

if TYPE_CHECKING:
    from formgen.forms.manifest import Carrier

__all__ = ["packet"]


@click.command(
    "packet",
    help=say(
        "按项目规定生成全部材料：每村一个 PDF（逐户排列），名册，基地材料，任务计划；附 manifest.json。",
        "Make all packets of a programme: a PDF a village (household by household), registers, bases, the plan; "
        "listed in manifest.json.",
    ),
    epilog=say(
        "示例：formgen packet xinmi-2015 dataset.xlsx -o out/",
        "Example: formgen packet xinmi-2015 dataset.xlsx -o out/",
    ),
)
@click.argument("programme")
@click.argument("data", type=DATA_PATH)
@out_option("DIR")
@carrier_option
@click.option("--strict", is_flag=True, help=say("遇到第一个错误即停止。", "Stop at the first error."))
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出结果。", "Print the result as JSON."))
@add_print_options
@add_data_options
@add_common_options
def packet(
    programme: str,
    data: Path,
    out: Path,
    carrier: Carrier,
    strict: bool,
    as_json: bool,
    reading: DataOptions,
    printing: PrintChoices,
    templates: tuple[Path, ...],
) -> int:
    from formgen.forms.catalogue import Catalogue
    from formgen.packets.plan import count_files
    from formgen.packets.runner import run_packets

    options = printing.options(carrier)
    chosen = Catalogue(templates).programme(programme)
    language = current_language()
    with reading.open(data, chosen) as dataset:
        with progress(count_files(chosen, dataset.counts)) as step:
            tally = run_packets(
                chosen,
                dataset,
                out,
                carrier,
                language=language,
                is_strict=strict,
                options=options,
                on_step=step,
            )
        titles = {plan.name: plan.title if language == "zh" else plan.title_en for plan in chosen.packets}
        return finish(tally, dataset.problems, len(dataset.left_out), out, titles, as_json)
