"""formgen sample: a synthetic dataset to try things with."""

from __future__ import annotations

from pathlib import Path

import click

from formgen.cli.language import say
from formgen.cli.options import add_common_options, check_ending, echo_json, echo_table, out_option

__all__ = ["sample"]


@click.command(
    "sample",
    help=say(
        "生成一份虚构的数据集；同一种子得到同样的文件。",
        "Write a synthetic dataset; the same seed gives the same bytes.",
    ),
    epilog=say(
        "示例：formgen sample xinmi-2015 --households 45 --seed 1 -o dataset.xlsx",
        "Example: formgen sample xinmi-2015 --households 45 --seed 1 -o dataset.xlsx",
    ),
)
@click.argument("programme")
@click.option(
    "--households", type=click.IntRange(1, 900_000), default=45, show_default=True, help=say("户数。", "Households.")
)
@click.option("--seed", type=int, default=1, show_default=True, help=say("随机种子。", "Seed."))
@out_option("FILE")
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出行数。", "Print the row counts as JSON."))
@add_common_options
def sample(programme: str, households: int, seed: int, out: Path, as_json: bool, templates: tuple[Path, ...]) -> None:
    from formgen.data.synthetic import write_sample
    from formgen.files import make_folder
    from formgen.forms.catalogue import Catalogue

    check_ending(out, "xlsx")
    chosen = Catalogue(templates).programme(programme)
    make_folder(out.parent)
    counts = write_sample(chosen, out, households, seed)
    if as_json:
        echo_json({"file": str(out), "rows": counts})
    else:
        echo_table(counts.items(), (say("工作表", "sheet"), say("行数", "rows")))
        click.echo(str(out))
