"""A form that a user adds is under the law as well: boxes, words, choices, dates, rows, long texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from formgen.compiling import Office, compile_layouts, write_layout
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.files import read_file
from formgen.reading.identify import FormBook
from tests.reading.printing import SUFFIXES, print_sheet
from tests.reading.records import as_read, doubts_of_reading, records_of
from tests.rendering.wordmaker import make_word

PROGRAMME = """
title: 走访
title_en: visits
forms: [visit]
"""
DEFINITION = """
version: "2"
annex: 附件9
title: 走访登记表
subject: person
fields:
  - {key: name, term: person.name}
  - {key: sex, term: person.sex}
  - {key: work, type: choice, label: 就业意愿, options: {choices: [务工, 养殖, 公益岗位]}}
  - {key: poor, type: checkbox, label: 建档立卡}
  - {key: alone, type: checkbox, label: 独居, options: {yes: 是, no: 否}}
  - {key: on, type: date, label: 走访日期}
  - {key: until, type: period, label: 帮扶期限}
  - {key: income, type: money, label: 收入, options: {unit: 元}}
  - {key: share, type: percent, label: 补贴比例}
  - {key: reason, type: long-text, label: 致困原因}
  - key: members
    label: 家庭成员
    rows_of: member
    blank_rows: 3
    columns:
      - {key: name, term: member.name}
      - {key: relation, term: member.relation}
      - {key: work, type: checkbox, label: 劳动力}
"""
TEMPLATE = """
附件9
走访登记表
|=30| 姓名 | {{ name }} | 性别 | {{ sex }} |
|=30| 就业意愿 | {{ work }} | 建档立卡 | {{ poor }} |
|=30| 独居 | {{ alone }} | 收入 | {{ income }} |
|=30| 补贴比例 | {{ share }} | 帮扶期限 | {{ until }} |
|=80| 致困原因 | {{ reason }} |
|=30| 走访日期 | {{ on }} |
|=30| 成员 | 关系 | 劳动力 |
|{%tr for r in members %}|
|=30| {{ r.name }} | {{ r.relation }} | {{ r.work }} |
|{%tr endfor %}|
"""
EXAMPLES = 60


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manifest]:
    """The user's own form, compiled: it has no room for a page code."""
    folder = tmp_path_factory.mktemp("own")
    form = folder / "mine-2020" / "visit"
    form.mkdir(parents=True)
    (form.parent / "programme.yaml").write_text(PROGRAMME, "utf-8")
    (form / "form.yaml").write_text(DEFINITION, "utf-8")
    make_word(form / "form.docx", TEMPLATE)
    for compiled in compile_layouts([Catalogue((folder,)).form("mine-2020/visit")], Office.find()):
        write_layout(compiled)
    yield Catalogue((folder,)).form("mine-2020/visit")


@pytest.mark.libreoffice
@pytest.mark.parametrize("carrier", ["pdf", "pdf-form", "docx"])
def test_what_is_printed_is_read_back(visit: Manifest, carrier: Any, tmp_path: Path) -> None:
    path = tmp_path / f"returned{SUFFIXES[carrier]}"
    book = FormBook([*Catalogue().forms(), visit])

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(records_of(visit))
    def law(record: dict[str, Any]) -> None:
        content = print_sheet(visit, carrier, record)
        assume(content is not None)
        assert content is not None
        path.write_bytes(content)
        (reading,) = read_file(path, book).readings
        assert (reading.form, reading.values) == (visit.id, as_read(visit, record))
        assert doubts_of_reading(reading) == []

    law()
