"""Every code of the data's area is raised by some test beside this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from formgen.problems import catalogue

AREA = [code for code in catalogue() if code.startswith(("F-DATA-", "F-RULE-"))]
TESTS = "".join(
    path.read_text("utf-8")
    for folder in ("data", "vocabulary")
    for path in (Path(__file__).parent.parent / folder).glob("test_*.py")
    if path.name != "test_codes.py"
)


@pytest.mark.parametrize("code", AREA)
def test_code_is_tested(code: str) -> None:
    assert code in TESTS


def test_every_code_used_is_in_the_catalogue() -> None:
    import re

    sources = (Path(__file__).parent.parent.parent / "formgen").rglob("*.py")
    used = {code for path in sources for code in re.findall(r"F-(?:DATA|RULE)-\d{3}", path.read_text("utf-8"))}
    assert used <= set(AREA)
