"""docs/problems.md and docs/verbs.md, made of the catalogue of problems and of the commands themselves.

`python -m tests.docs_pages --write` writes both; `python -m tests.docs_pages verbs` prints one.
Help texts are in the language of the process, so the verbs' page is only right in a process that speaks English.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
AREAS = {
    "FILE": "Files",
    "VALUE": "Values of one cell",
    "DATA": "Datasets",
    "RULE": "Rules of a programme",
    "FORM": "Programmes and forms",
    "TPL": "Templates",
    "LAYOUT": "Layouts",
    "CODE": "Page codes",
    "PRINT": "Pages on paper",
    "FONT": "Fonts",
    "FIT": "Text that does not fit",
    "RENDER": "Filling a form",
    "PDF": "PDF files",
    "XLSX": "Excel forms",
    "PACK": "Packets",
    "SAFE": "Returned files that may do harm",
    "IDENT": "Which form a returned file is",
    "READ": "Values of a returned form",
    "WORD": "Returned Word files",
    "EXCEL": "Returned Excel files",
    "PDFREAD": "Returned PDF files",
    "DIFF": "Returned forms against their records",
}
VALUES = {"path": "PATH", "text": "TEXT"}
MADE = "<!-- Made by `python -m tests.docs_pages --write`; do not edit. -->"


def problems_page() -> str:
    """Every code: severity, and in both languages what is wrong, what was expected, what to do."""
    from formgen.problems import catalogue

    lines = [
        "# Problems",
        "",
        MADE,
        "",
        "Every problem has a stable code. An *error* leaves the record out and makes the exit code 1 (2 where nothing",
        "can be done at all); what a *warning* doubts is filled in as it stands; a *note* tells what was changed or",
        "passed over.",
        "`{…}` is what the problem itself says. `F-BUG-001` is a mistake of formgen's own: please report it.",
    ]
    for area, title in AREAS.items():
        lines += ["", f"## {title}", "", "| code | | what is wrong · expected · what to do |", "|---|---|---|"]
        for code, entry in catalogue().items():
            if code.split("-")[1] == area:
                lines.append(f"| {code} | {entry.severity} | {_said(entry, 'en')}<br>{_said(entry, 'zh')} |")
    return "\n".join(lines) + "\n"


def _said(entry: Any, language: str) -> str:
    return " · ".join(_escaped(part[language]) for part in (entry.title, entry.expected, entry.hint) if part[language])


def verbs_page() -> str:
    """Every verb with its arguments and options, as `--help` gives them."""
    from formgen.cli.main import _group

    lines = [
        "# Verbs",
        MADE,
        "",
        "`-o` and `--out` are one option. Exit codes: 0 done; 1 done, but errors were found or",
    ]
    lines += ["records left out; 2 not done; 130 interrupted. `formgen --version` shows the version."]
    for name, verb in _group().commands.items():
        arguments = [_argument(param) for param in verb.params if param.param_type_name == "argument"]
        usage = " ".join(["formgen", name, *arguments, "[OPTIONS]"])
        lines += ["", f"## formgen {name}", "", f"    {usage}", "", verb.help or "", ""]
        lines += ["| option | |", "|---|---|", *_options(verb), "", _epilog(verb.epilog or "")]
    return "\n".join(lines) + "\n"


def _argument(param: Any) -> str:
    name = str(param.metavar or param.name).upper()
    return name if param.required else f"[{name}]"


def _options(verb: Any) -> Iterator[str]:
    for param in verb.params:
        if param.param_type_name == "option":
            choices = "|".join(getattr(param.type, "choices", ()))
            value = "" if param.is_flag else f" {param.metavar or choices or VALUES.get(param.type.name, 'N')}"
            extra = " Required." if param.required else f" Default: {param.default}." if _has_default(param) else ""
            yield f"| `{', '.join(param.opts)}{_escaped(value)}` | {_escaped(param.help or '')}{extra} |"
    yield "| `-h, --help` | Show the help, with an example. |"


def _has_default(param: Any) -> bool:
    return bool(param.show_default) and not param.is_flag


def _epilog(text: str) -> str:
    """The example, its command as code."""
    label, sign, command = text.partition(": ")
    return f"{label}: `{command}`" if sign else text


def _escaped(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").replace("|", "\\|").replace("<", "&lt;")


PAGES = {"problems": problems_page, "verbs": verbs_page}

if __name__ == "__main__":
    os.environ["FORMGEN_LANG"] = "en"
    if sys.argv[1:] == ["--write"]:
        for name, page in PAGES.items():
            (DOCS / f"{name}.md").write_text(page(), "utf-8", newline="\n")
    else:
        sys.stdout.buffer.write(PAGES[sys.argv[1]]().encode())
