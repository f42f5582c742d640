"""formgen blank: the empty official form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import say
from formgen.cli.options import add_common_options, carrier_option, check_ending, out_option

if TYPE_CHECKING:
    from formgen.forms.manifest import Carrier

__all__ = ["blank"]


@click.command(
    "blank",
    help=say("输出一份空白的官方表单。", "Write the empty official form."),
    epilog=say(
        "示例：formgen blank xinmi-2015/application-form -o 附件2.docx",
        "Example: formgen blank xinmi-2015/application-form -o annex2.docx",
    ),
)
@click.argument("form")
@carrier_option
@out_option("FILE")
@add_common_options
def blank(form: str, carrier: Carrier, out: Path, templates: tuple[Path, ...]) -> None:
    from formgen.files import make_folder, write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.packets.templates import Templates

    check_ending(out, carrier)
    manifest = Catalogue(templates).form(form)
    rendered = Templates().blank(manifest, carrier)
    assert rendered.content is not None, "a blank form has nothing that could overflow"
    make_folder(out.parent)
    write_whole(out, rendered.content)
    click.echo(str(out))
