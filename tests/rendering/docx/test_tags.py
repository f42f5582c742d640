"""A broken tag is named with its paragraph before anything is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from formgen.errors import TemplateError
from formgen.problems import Problem
from formgen.rendering.docx import compile_docx
from tests.rendering.wordmaker import make_form

FIELDS = "name birth:date rows(name certificate born:date)"


def problem_of(folder: Path, text: str) -> Problem:
    with pytest.raises(TemplateError) as caught:
        compile_docx(make_form(folder / "form", FIELDS, text))
    return caught.value.problem


@pytest.mark.parametrize(
    ("line", "code", "tag"),
    [
        ("姓名 {{ nam e }}", "F-TPL-001", "{{ nam e }}"),
        ("姓名 {{ name", "F-TPL-003", "{{ name"),
        ("姓名 name }}", "F-TPL-003", "姓名 name }}"),
        ("姓名 {{ na¦m }}", "F-TPL-002", "{{ nam }}"),
        ("姓名 {{ name|uper }}", "F-TPL-001", "{{ name|uper }}"),
        ("出生 {{ birth.yaer }}", "F-TPL-002", "{{ birth.yaer }}"),
        ("姓名 {{ name.year }}", "F-TPL-002", "{{ name.year }}"),
        ("{% for r in rows %}{{ r.name }}", "F-TPL-004", "{% for r in rows %}"),
        ("{% endfor %}", "F-TPL-004", "{% endfor %}"),
        ("{% for r in rows %}{{ r.nmae }}{% endfor %}", "F-TPL-002", "{{ r.nmae }}"),
        ("{% for r in rows %}{{ r.born.hour }}{% endfor %}", "F-TPL-002", "{{ r.born.hour }}"),
        ("{% for r in row %}{% endfor %}", "F-TPL-002", "{% for r in row %}"),
        ("{% for r on rows %}{% endfor %}", "F-TPL-001", "{% for r on rows %}"),
        ("{% if name %}甲{% endfor %}", "F-TPL-004", "{% endfor %}"),
        ("{% if name %}甲", "F-TPL-004", "{% if name %}"),
        ("{% else %}", "F-TPL-004", "{% else %}"),
        ("{% include '/etc/passwd' %}", "F-TPL-001", "{% include '/etc/passwd' %}"),
        ("{{ name.__class__ }}", "F-TPL-001", "{{ name.__class__ }}"),
        ("{{ loop.index }}", "F-TPL-002", "{{ loop.index }}"),
        ("{{ cycler }}", "F-TPL-002", "{{ cycler }}"),
        ("|{%tr for r in rows %}|{%tr endfor %}|", "F-TPL-005", "{%tr for r in rows %} {%tr endfor %}"),
        ("{%tr fro r in rows %}", "F-TPL-001", "{%tr fro r in rows %}"),
    ],
)
def test_a_broken_tag_is_named_with_its_paragraph(tmp_path: Path, line: str, code: str, tag: str) -> None:
    problem = problem_of(tmp_path, f"附件1\n标题\n{line}")
    assert (problem.code, problem.found) == (code, tag)
    assert problem.place.part == "word/document.xml"
    assert problem.place.cell == "¶3"
    assert problem.place.label.startswith(line.replace("¦", "").strip("|").split("|")[0][:20])
    for language in ("zh", "en"):
        assert tag in problem.text(language)


def test_the_nearest_names_are_told(tmp_path: Path) -> None:
    assert problem_of(tmp_path, "{{ nmae }}").params["known"].split(", ")[0] == "name"


def test_tags_of_headers_and_footers_are_checked_too(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, "正文\nfooter: 填表人 {{ filler }}")
    assert (problem.code, problem.place.part, problem.place.cell) == ("F-TPL-002", "word/footer0.xml", "¶1")


def test_a_tag_in_an_attribute_is_checked_too(tmp_path: Path) -> None:
    assert problem_of(tmp_path, "| {% cellbg colour %}{{ name }} | 乙 |").code == "F-TPL-002"


def test_a_row_is_known_inside_a_group(tmp_path: Path) -> None:
    text = '{% for g in rows|grouped("name") %}{% for r in g %}{{ r.nmae }}{% endfor %}{% endfor %}'
    assert problem_of(tmp_path, text).found == "{{ r.nmae }}"
