"""-o where a folder is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES

VERBS = [("fill", "xinmi-2015/application-form"), ("packet", "xinmi-2015")]


@pytest.mark.parametrize("name", ["annex2.pdf", "附件2.DOCX", "roster.xlsx"])
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb[0]))
def test_a_file_name_for_the_folder_is_refused(
    tmp_path: Path, formgen: Callable[..., Any], verb: tuple[str, str], name: str
) -> None:
    outcome = formgen(*verb, SAMPLES / "dataset.xlsx", "-o", tmp_path / name)
    assert outcome.code == 2 and name in outcome.err and "folder" in outcome.err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_may_be_called_anything(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    (tmp_path / "2015.pdf").mkdir()
    data = tmp_path / "records.jsonl"
    data.write_text('{"name": "王𬱖", "sex": "女", "disability": "肢体三级", "certificate": "41018319620512004X43"}')
    assert formgen("fill", VERBS[0][1], data, "-o", tmp_path / "2015.pdf").code == 0
    assert list((tmp_path / "2015.pdf").glob("*.pdf"))
