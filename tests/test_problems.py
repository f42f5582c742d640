"""The catalogue of problems: complete, two languages, every code used by the code and met by a test."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from formgen.problems import LANGUAGES, SEVERITIES, Finding, Place, Problem, catalogue

ROOT = Path(__file__).parent.parent
CODES = list(catalogue())


def _texts(folder: str, pattern: str = "*.py") -> str:
    files = (file for file in (ROOT / folder).rglob(pattern) if file != Path(__file__))
    return "\n".join(file.read_text("utf-8") for file in files)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_said_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    assert re.fullmatch(r"F-[A-Z]+-\d{3}", code)
    assert entry.severity in SEVERITIES
    for language in LANGUAGES:
        assert entry.title[language].strip() and entry.hint[language].strip()
    assert re.search(r"[\u4e00-\u9fff]", entry.title["zh"] + entry.hint["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", entry.title["en"])
    used = [{name for _, name, _, _ in string.Formatter().parse(entry.title[lang]) if name} for lang in LANGUAGES]
    assert used[0] == used[1], "both languages tell the same facts"


def test_every_code_is_raised_by_the_code_and_met_by_a_test() -> None:
    source, tests = _texts("formgen"), _texts("tests")
    assert [code for code in CODES if f'"{code}"' not in source] == []
    assert [code for code in CODES if code not in tests] == []


def test_every_code_raised_is_in_the_catalogue() -> None:
    raised = set(re.findall(r'"(F-[A-Z]+-\d{3})"', _texts("formgen")))
    assert raised <= set(CODES)


def test_a_problem_reads_as_one_line() -> None:
    problem = Problem("F-FILE-004", Place("a.xlsx", "残疾人", "F17", "残疾人证号"), "4.1E+17", {"reason": "x\ny"})
    text = problem.text("en")
    assert text.startswith("F-FILE-004 a.xlsx · 残疾人!F17 · 残疾人证号: ")
    assert "found 4.1E+17" in text and "\n" not in text
    assert "实为4.1E+17" in problem.text("zh")


def test_a_missing_parameter_never_breaks_the_report() -> None:
    assert "…" in Problem("F-FILE-004").text("en")


def test_findings_get_their_place_later() -> None:
    problem = Finding("F-FILE-001", "x").at(Place("a"), "KEY")
    assert (problem.place.file, problem.record, problem.is_error) == ("a", "KEY", True)
