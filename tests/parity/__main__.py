"""The table of all forms: printed, or with --write put into docs/parity.md; --pictures DIR draws the pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from formgen.compiling.office import Office
from tests.parity.pictures import draw_pictures
from tests.parity.prints import compare_all, forms_with_layout, print_all
from tests.parity.table import page_of, table_of

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity")
    parser.add_argument("--write", action="store_true", help="write docs/parity.md")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="draw both prints of every page over each other")
    options = parser.parse_args()
    prints = print_all(list(forms_with_layout()), Office.find())
    outcomes = compare_all(prints)
    sys.stdout.write(table_of(outcomes) + "\n")
    if options.write:
        PAGE.write_text(page_of(outcomes), "utf-8", newline="\n")
    if options.pictures is not None:
        draw_pictures(prints, options.pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
