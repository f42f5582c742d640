"""The comparison as a table, and docs/parity.md around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from formgen.compiling.office import Office
from tests.parity.compared import NEAR_PT, Outcome
from tests.parity.wanted import WANTED, reason_of

__all__ = ["page_of", "table_of", "unwanted"]

HEAD = (
    "| form | records | pages | fields | characters | other words | other line ends | max dx, dy (pt) | differences |",
    "|---|---|---|---|---|---|---|---|---|",
)
INTRODUCTION = f"""# The PDF against the Word file

<!-- Made by `python -m tests.parity --write`; do not edit. -->

The same records go through the Word template and LibreOffice on the one hand, through the layout and the PDF writer on
the other; then every character of both PDFs is compared: its text, the line it is on, its size, its place. The fonts
are those that layouts are compiled with. A difference of more than {NEAR_PT} pt, another word, another line end or
another size fails the test, in values as in the form's own text, unless its reason is named below.

Records: blank; filled; special characters and names; rare characters; texts full of letters, numbers and marks whose
lines fill their cells; texts that have to be printed smaller; texts that are continued on a sheet (of the sheets only
the words are compared). Of tables that grow: a full page, one row more, three pages, households over pages' ends.
"""


def unwanted(outcome: Outcome) -> list[str]:
    """The differences without a reason."""
    return [f"{outcome.form}, {outcome.record}: {item}" for item in outcome.differences if not reason_of(item, outcome)]


def table_of(outcomes: Sequence[Outcome]) -> str:
    forms = dict.fromkeys(outcome.form for outcome in outcomes)
    rows = [_row(form, [item for item in outcomes if item.form == form]) for form in forms]
    failed = [f"- {said}" for outcome in outcomes for said in unwanted(outcome)]
    return "\n".join([*HEAD, *rows, *(["", "Without a reason:", "", *failed] if failed else [])])


def _row(form: str, outcomes: Sequence[Outcome]) -> str:
    found = [(item, reason_of(item, outcome)) for outcome in outcomes for item in outcome.differences]
    reasons = Counter(reason or "no reason" for _, reason in found)
    words, breaks = (sum(item.kind == kind for item, _ in found) for kind in ("words", "breaks"))
    cells = [
        form,
        str(len(outcomes)),
        str(sum(outcome.pages + outcome.sheets for outcome in outcomes)),
        str(sum(outcome.fields for outcome in outcomes)),
        f"{sum(outcome.characters for outcome in outcomes):,}",
        str(words),
        str(breaks),
        f"{max(outcome.dx for outcome in outcomes):.2f}, {max(outcome.dy for outcome in outcomes):.2f}",
        ", ".join(f"{name} {count}" for name, count in sorted(reasons.items())) or "none",
    ]
    return f"| {' | '.join(cells)} |"


def page_of(outcomes: Sequence[Outcome]) -> str:
    lines = [
        INTRODUCTION,
        f"LibreOffice {Office.find().version}.",
        "",
        table_of(outcomes),
        "",
        "## Known differences",
        "",
    ]
    lines += [f"- **{name}**: {reason}" for name, (_, reason) in WANTED.items()]
    lines += ["", "Where they are:", "", *_list(outcomes)]
    return "\n".join(lines) + "\n"


def _list(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        places: dict[str, list[str]] = {}
        for item in outcome.differences:
            places.setdefault(reason_of(item, outcome) or "no reason", []).append(item.where or f"page {item.page}")
        for name, where in places.items():
            yield f"- {outcome.form}, {outcome.record}: {name} ({', '.join(dict.fromkeys(where))})"
