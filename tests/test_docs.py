"""What the documents say is so: pages made of the code are current, links lead somewhere, the example runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from formgen.cli.main import _group
from formgen.problems import catalogue
from tests.conftest import ROOT, SAMPLES, Outcome
from tests.docs_pages import DOCS, problems_page

READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
DOCUMENTS = [*READMES, *sorted(DOCS.glob("*.md"))]
VERBS = list(_group().commands)
REMEDY = "python -m tests.docs_pages --write"


def test_the_page_of_problems_is_current() -> None:
    page = problems_page()
    assert (DOCS / "problems.md").read_text("utf-8") == page, REMEDY
    assert [code for code in catalogue() if f"| {code} |" not in page] == [], "an area without a title"


def test_the_page_of_verbs_is_current() -> None:
    """Made in a process of its own: help is in the language a process starts with."""
    command = [sys.executable, "-m", "tests.docs_pages", "verbs"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    assert (DOCS / "verbs.md").read_text("utf-8") == made, REMEDY


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_help_is_on_the_page(formgen: Callable[..., Outcome], verb: str) -> None:
    section = (DOCS / "verbs.md").read_text("utf-8").partition(f"## formgen {verb}\n")[2].partition("\n## ")[0]
    shown = formgen(verb, "--help").out
    options = re.findall(r"^ +(-\w)?,? *(--[a-z-]+)", shown, re.MULTILINE)
    assert len(options) >= 3
    assert [name for pair in options for name in pair if name and name not in section] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_readme_names_every_verb(readme: Path) -> None:
    text = readme.read_text("utf-8")
    assert [verb for verb in VERBS if f"`formgen {verb}" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)", document.read_text("utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_example_in_python_runs(
    readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    (tmp_path / "samples" / SAMPLES.name).mkdir(parents=True)
    for file in SAMPLES.iterdir():
        shutil.copy(file, tmp_path / "samples" / SAMPLES.name / file.name)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, readme.name, "exec"), {"__name__": "__main__"})
    assert re.match(r"[1-9]\d* ", capsys.readouterr().out)
    assert (tmp_path / "out" / "manifest.json").exists()
