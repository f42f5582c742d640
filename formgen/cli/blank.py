"""formgen blank: the empty official form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formgen.cli.language import say
from formgen.cli.options import add_common_options, carrier_of, carrier_option, check_ending, echo_problems, out_option
from formgen.cli.printing import font_option, marks_option
from formgen.errors import EXIT_OK, EXIT_PROBLEMS

if TYPE_CHECKING:
    from formgen.forms.manifest import Carrier

__all__ = ["blank"]


@click.command(
    "blank",
    help=say("输出一份空白的官方表单。", "Write the empty official form."),
    epilog=say(
        "示例：formgen blank xinmi-2015/application-form -o 附件2.pdf",
        "Example: formgen blank xinmi-2015/application-form -o annex2.pdf",
    ),
)
@click.argument("form")
@carrier_option
@out_option("FILE")
@marks_option
@font_option
@add_common_options
def blank(
    form: str,
    carrier: Carrier,
    out: Path,
    has_marks: bool,
    font_dirs: tuple[Path, ...],
    templates: tuple[Path, ...],
) -> int:
    from formgen.files import make_folder, write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.packets.blank import render_blank
    from formgen.packets.options import PrintOptions

    carrier = carrier_of(out, carrier)
    check_ending(out, carrier)
    manifest = Catalogue(templates).form(form)
    options = PrintOptions(has_marks=has_marks, font_dirs=font_dirs)
    rendered = render_blank(manifest, carrier, options)
    if rendered.content is None:  # a font folder without the form's own signs
        echo_problems(rendered.problems, len(rendered.problems))
        return EXIT_PROBLEMS
    make_folder(out.parent)
    write_whole(out, rendered.content)
    click.echo(str(out))
    return EXIT_OK
