"""Every benchmark, as the table of docs/benchmarks.md.

python -m benchmarks [NAME …]      NAME: docx read-docx pdf read-pdf xlsx read-xlsx reading startup packets
"""

from __future__ import annotations

import importlib
import os
import platform
import sys

from benchmarks.measuring import print_rows

PARTS = {
    "startup": ("Start-up", "benchmarks.startup"),
    "docx": ("Filling Word forms", "benchmarks.docx_fill"),
    "read-docx": ("Reading Word forms", "benchmarks.docx_read"),
    "pdf": ("Printing PDF forms", "benchmarks.pdf_print"),
    "read-pdf": ("Reading PDF forms", "benchmarks.pdf_read"),
    "xlsx": ("Filling a long Excel roster", "benchmarks.xlsx_roster"),
    "read-xlsx": ("Reading an Excel roster back", "benchmarks.xlsx_read"),
    "reading": ("Reading and checking a workbook", "benchmarks.read_dataset"),
    "packets": ("The whole job", "benchmarks.packets"),
}


def main(names: list[str]) -> None:
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in names or PARTS:
        title, module = PARTS[name]
        print_rows(title, importlib.import_module(module).rows())


if __name__ == "__main__":
    main(sys.argv[1:])
