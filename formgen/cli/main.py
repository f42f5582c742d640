"""The command line. One file a verb; here errors become exit codes, once.

Exit codes: 0 done; 1 done, but errors were found or records left out; 2 not done; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from formgen.cli.blank import blank
from formgen.cli.check import check
from formgen.cli.compile import compile_forms
from formgen.cli.doctor import doctor
from formgen.cli.fill import fill
from formgen.cli.forms import forms
from formgen.cli.language import current_language, say
from formgen.cli.options import echo_json
from formgen.cli.packet import packet
from formgen.cli.read import read
from formgen.cli.sample import sample
from formgen.cli.show import show
from formgen.errors import EXIT_INTERRUPTED, EXIT_UNABLE, FormgenError
from formgen.problems import LANGUAGES

__all__ = ["main"]


def _group() -> click.Group:
    text = say(
        "一次录入，填好全部官方附表：查看表单、检查数据、生成可直接打印的 PDF、Word 与 Excel。",
        "Fill the official annexes from one dataset: list forms, check data, make print-ready PDF, Word and Excel.",
    )
    group = click.Group("formgen", help=text, context_settings={"help_option_names": ["-h", "--help"]})
    group.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help=say("显示版本号。", "Show the version."),
        )
    )
    group.params.append(
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            help=say("界面语言，默认随系统。", "Language of messages; the locale's by default."),
        )
    )
    for verb in (forms, show, blank, sample, check, fill, packet, read, compile_forms, doctor):
        group.add_command(verb)
    return group


def _print_version(context: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from formgen import __version__

        click.echo(f"formgen {__version__}")
        context.exit()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and leave with the exit code."""
    _speak_utf8()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; every error ends as one line on standard error."""
    try:
        result = _group().main(list(arguments) if arguments is not None else None, "formgen", standalone_mode=False)
    except click.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as exc:
        exc.show()
        return exc.exit_code
    except FormgenError as exc:
        click.echo(exc.problem.text(current_language()), err=True)
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            echo_json({"problems": [exc.problem.as_json(current_language())]})
        return exc.exit_code
    except BrokenPipeError:
        _silence_output()
        return 0
    except OSError as exc:
        if exc.errno != errno.ENOSPC or exc.filename is not None:
            return _report_bug(exc)
        from formgen.files import output_error

        click.echo(output_error(Path("-"), exc).problem.text(current_language()), err=True)  # where we print is full
        return EXIT_UNABLE
    except Exception as exc:  # noqa: BLE001 - the last net: a bug ends as one line, not as a traceback
        return _report_bug(exc)
    return result if isinstance(result, int) else 0


def _interrupted() -> int:
    click.echo(
        say(
            "已中断。文件夹中的文件都是完整的；重新运行同一命令即可。",
            "Interrupted. The files that are there are whole; run the same command again.",
        ),
        err=True,
    )
    return EXIT_INTERRUPTED


def _report_bug(exc: Exception) -> int:
    if os.environ.get("FORMGEN_DEBUG"):
        raise exc
    where = exc.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    spot = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"
    click.echo(
        say(
            f"F-BUG-001 formgen 内部错误（{type(exc).__name__}，{spot}）。"
            "请设置 FORMGEN_DEBUG=1 重跑并反馈，勿附个人数据。",
            f"F-BUG-001 an error inside formgen ({type(exc).__name__}, {spot}). "
            "Run again with FORMGEN_DEBUG=1 and report it, without personal data.",
        ),
        err=True,
    )
    return EXIT_UNABLE


def _speak_utf8() -> None:
    """A console of another code page still gets every character, or an escape for it; never an exception."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with contextlib.suppress(ValueError, OSError):
                is_terminal = stream.isatty()
                reconfigure(encoding=None if is_terminal else "utf-8", errors="backslashreplace")


def _silence_output() -> None:
    """The reader of our output went away (a pager closed): nothing more can be said to it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
