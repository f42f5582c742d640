"""The verbs that read only definitions: forms, show, sample, doctor; help and errors of all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from formgen.cli import language

VERBS = ["forms", "show", "blank", "sample", "check", "fill", "packet", "read", "doctor"]
CERTIFICATE = "41018319620512004643"
FORMS = {
    "survey-sheet": ("附件1", "place", ["pdf", "pdf-form", "docx", "xlsx"]),
    "application-form": ("附件2", "person", ["pdf", "pdf-form", "docx"]),
    "pairing-registration": ("附件3", "pairing", ["pdf", "pdf-form", "docx"]),
    "base-application": ("附件4", "base", ["pdf", "pdf-form", "docx"]),
    "beneficiary-roster": ("附件5", "place", ["pdf", "pdf-form", "docx", "xlsx"]),
    "task-plan": ("附件6", "programme", ["pdf", "pdf-form", "docx", "xlsx"]),
    "cover-sheet": ("封面", "household", ["pdf", "pdf-form", "docx"]),
}


def test_forms_lists_every_form_with_subject_and_carriers(formgen: Callable[..., Any]) -> None:
    listed = json.loads(formgen("forms", "xinmi-2015", "--json").out)
    found = {form["id"]: (form["annex"], form["subject"], form["carriers"]) for form in listed}
    assert found == {f"xinmi-2015/{name}": facts for name, facts in FORMS.items()}
    table = formgen("forms").out
    assert all(form["id"] in table and form["title"] in table for form in listed)


@pytest.mark.parametrize("name", FORMS)
def test_show_json_is_a_json_schema(formgen: Callable[..., Any], name: str) -> None:
    outcome = formgen("show", f"xinmi-2015/{name}", "--json")
    schema = json.loads(outcome.out)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"] and schema["additionalProperties"] is False


def test_the_schema_takes_a_record_and_refuses_what_is_not_one(formgen: Callable[..., Any]) -> None:
    validator = Draft202012Validator(json.loads(formgen("show", "xinmi-2015/application-form", "--json").out))
    record = {
        "name": "王𬱖",
        "sex": "女",
        "disability": "肢体三级",
        "certificate": "41018319620512004643",
        "phone": None,
    }
    assert validator.is_valid(record)
    assert not validator.is_valid({**record, "colour": "red"})
    assert not validator.is_valid({**record, "sex": "x"})
    assert not validator.is_valid({"name": "王𬱖"})


def test_show_names_every_field_with_its_term(formgen: Callable[..., Any]) -> None:
    table = formgen("show", "xinmi-2015/survey-sheet").out
    assert "男 女" in table, "what a field may hold"
    assert "rows.certificate" in table and "person.certificate" in table and "disability-certificate" in table


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_has_an_example(verb: str, lang: str) -> None:
    """Help is made at import, so each language needs its own process."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "formgen", verb, "--help", "--lang", lang]
    done = subprocess.run(command, capture_output=True, check=True)
    text = done.stdout.decode()
    assert {"zh": "示例：", "en": "Example:"}[lang] in text
    assert f"formgen {verb}" in text and "--lang" in text


def test_an_unknown_form_names_the_nearest(formgen: Callable[..., Any]) -> None:
    outcome = formgen("show", "xinmi-2015/aplication-form")
    assert outcome.code == 2
    assert outcome.err.startswith("F-FORM-005") and "xinmi-2015/application-form" in outcome.err
    assert outcome.err.count("\n") == 1


def test_an_unknown_programme_names_the_known(formgen: Callable[..., Any]) -> None:
    outcome = formgen("forms", "xinmi-2014")
    assert outcome.code == 2
    assert outcome.err.startswith("F-FORM-004") and "xinmi-2015" in outcome.err


def test_a_templates_folder_that_is_not_there(formgen: Callable[..., Any], tmp_path: Path) -> None:
    outcome = formgen("forms", "--templates", tmp_path / "none")
    assert (outcome.code, outcome.err[:10]) == (2, "F-FORM-006")


def test_a_wrong_option_is_said_in_one_exit_code(formgen: Callable[..., Any]) -> None:
    assert formgen("forms", "--colour").code == 2
    assert formgen("frobnicate").code == 2


def test_sample_is_the_same_for_the_same_seed(formgen: Callable[..., Any], tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        path = tmp_path / f"{name}.xlsx"
        assert formgen("sample", "xinmi-2015", "--households", 20, "--seed", seed, "-o", path).code == 0
    first, second, other = ((tmp_path / f"{name}.xlsx").read_bytes() for name in "abc")
    assert first == second
    assert first != other


def test_sample_numbers_are_text_and_all_different(formgen: Callable[..., Any], tmp_path: Path) -> None:
    formgen("sample", "xinmi-2015", "--households", 200, "-o", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["残疾人"]
    head = [cell.value for cell in sheet[1]]
    column = [row[head.index("残疾人证号")] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert all(isinstance(value, str) for value in column)
    assert len(set(column)) == len(column) > 200


def test_doctor_says_what_each_lack_means(formgen: Callable[..., Any]) -> None:
    found = {item["name"]: item for item in json.loads(formgen("doctor", "--json").out)}
    assert "LibreOffice" in found and "OCR" in found
    assert found["OCR"]["present"] or found["OCR"]["meaning"]


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"FORMGEN_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        (["forms", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["forms", "--lang=zh"], {}, "zh"),
        ([], {}, "en"),
    ],
)
def test_language_is_asked_for_then_the_locales(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert language.choose_language(arguments, environment, "linux") == expected


def test_messages_come_in_the_language_of_the_run(formgen: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_current", ["zh"])
    assert "没有这个表单" in formgen("show", "xinmi-2015/none").err
