"""What importing the value types may load."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_types_loads_nothing_heavy() -> None:
    code = "import formgen.values, sys; print(*sys.modules, sep='\\n')"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    heavy = {"stdnum", "openpyxl", "yaml", "lxml", "docx", "jinja2", "formgen.values.dates", "formgen.values.coded"}
    assert not loaded & heavy
