"""The public interface is a list, and importing it is cheap."""

from __future__ import annotations

import subprocess
import sys

import formgen

PUBLIC = [
    "Catalogue",
    "Dataset",
    "FormgenError",
    "InputError",
    "OutputError",
    "Place",
    "Problem",
    "TemplateError",
    "__version__",
    "fill_form",
    "fill_records",
    "open_dataset",
    "read_files",
    "record_schema",
    "run_packets",
]
HEAVY = {
    "calamine": "python_calamine",
    "docx": "docx",
    "docxtpl": "docxtpl",
    "hypothesis": "hypothesis",
    "jinja2": "jinja2",
    "lxml": "lxml",
    "numpy": "numpy",
    "openpyxl": "openpyxl",
    "sqlite3": "sqlite3",
    "stdnum": "stdnum",
    "xlsxwriter": "xlsxwriter",
}


def _modules_after(code: str) -> set[str]:
    script = (
        f"import sys, io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n {code}\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8")
    return set(done.stdout.split())


def test_the_public_names_are_these() -> None:
    assert formgen.__all__ == PUBLIC
    assert len(PUBLIC) <= 15


def test_every_public_name_is_there() -> None:
    for name in PUBLIC:
        assert getattr(formgen, name) is not None


def test_help_and_forms_load_nothing_heavy() -> None:
    for arguments in (["--help"], ["forms"], ["forms", "xinmi-2015", "--json"]):
        loaded = _modules_after(f"from formgen.cli.main import run; run({arguments!r})")
        assert not loaded & set(HEAVY.values()), arguments
        assert {"click", "formgen.cli.main"} <= loaded


def test_what_forms_loads_of_the_package() -> None:
    """The whole list: a verb that lists forms reads definitions, and nothing that renders or reads data."""
    loaded = _modules_after("from formgen.cli.main import run; run(['forms'])")
    own = {name for name in loaded if name.startswith("formgen.")}
    allowed = ("cli", "errors", "problems", "forms", "vocabulary", "values")
    assert {name.split(".")[1] for name in own} <= set(allowed)
    assert "formgen.vocabulary.match" not in own


def test_import_formgen_loads_only_itself() -> None:
    loaded = _modules_after("import formgen")
    assert {name for name in loaded if name.startswith("formgen")} == {"formgen"}
