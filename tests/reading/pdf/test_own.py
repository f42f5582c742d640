"""Our own PDF read back: values as they were, line ends too, and nothing for what is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Carrier, Manifest
from formgen.reading.identify import FormBook
from formgen.reading.model import Reading
from formgen.reading.pdf import read_pdf
from formgen.reading.weigh import weigh
from tests.reading.printing import KEY, print_sheet
from tests.reading.records import as_read, records_of

FORMS = tuple(Catalogue().form(manifest.id) for manifest in Catalogue().forms())
BOOK = FormBook(FORMS)
BY_NAME = {manifest.name: manifest for manifest in FORMS}


def read_back(manifest: Manifest, carrier: Carrier, record: dict[str, Any], folder: Path) -> Reading | None:
    content = print_sheet(manifest, carrier, record)
    if content is None:
        return None
    path = folder / "sheet.pdf"
    path.write_bytes(content)
    found = read_pdf(path, BOOK)
    assert found.problems == []
    (sheet,) = found.sheets
    assert sheet.identity.record == KEY
    return weigh(sheet, str(path))


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form"])
@pytest.mark.parametrize("manifest", FORMS, ids=lambda manifest: manifest.name)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_printed_is_read(
    manifest: Manifest, carrier: Carrier, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    record = data.draw(records_of(manifest))
    reading = read_back(manifest, carrier, record, tmp_path_factory.mktemp("read"))
    if reading is not None:
        assert reading.values == as_read(manifest, record)
        assert [problem for problem in reading.problems if problem.is_error] == []
        told = {problem.code for problem in reading.problems}
        assert "F-PDFREAD-011" not in told  # marks of ours are no drawings


LINE_ENDS = (
    "一\n二",
    "一\n\n\n二",
    "一 \n  二",
    "有空格 的 Latin words 和 行尾 " * 12 + "完",
    "长" * 40 + "\n" + "行" * 40,
    "A" * 70 + "\nB",
)


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form"])
@pytest.mark.parametrize("text", LINE_ENDS, ids=range(len(LINE_ENDS)))
def test_line_ends_and_spaces_come_back(carrier: Carrier, text: str, tmp_path: Path) -> None:
    reading = read_back(BY_NAME["application-form"], carrier, {"application": text}, tmp_path)
    assert reading is not None
    assert reading.values["application"] == text


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form"])
@pytest.mark.parametrize(
    "end", ["", "\n", "\n\n", " ", " （接正表）\n个人申请（接第1页）\n第3行 · 个人申请（接第1页）\n"]
)
def test_a_continued_text_is_whole_again(carrier: Carrier, end: str, tmp_path: Path) -> None:
    text = ("本人因外伤致右下肢残疾，现申请纳入帮扶对象 and learn。" + end) * 60 + "完"
    reading = read_back(BY_NAME["application-form"], carrier, {"application": text}, tmp_path)
    assert reading is not None
    assert len(reading.pages) > 1
    assert reading.values["application"] == text
    assert reading.doubts == {}
