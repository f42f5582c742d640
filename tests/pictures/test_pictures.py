"""Golden pictures: how every page of every form looks, in every state paper can be in.

After a change that is meant, `FORMGEN_REGENERATE=1 pytest tests/goldens tests/pictures` takes anew the pictures that
changed, and that of the README; look at them. A failing test says where the page changed and leaves the picture it
expected, the one it got and their difference in its temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from tests.conftest import ROOT, Outcome
from tests.pictures.cards import FORM_ID, make_cards
from tests.pictures.comparing import difference, pictures_of, save_picture
from tests.pictures.sheets import RECORD, SHEETS, Sheet, compiled, compose, file_of, sample_records

GOLDENS = Path(__file__).parent / "goldens"
README_PICTURE = ROOT / "docs" / "pictures" / "application-form-filled.png"
REGENERATE = os.environ.get("FORMGEN_REGENERATE") == "1"
CARDS = ("contact-cards-auto", "contact-cards-2x4")


def test_pictures_are_compared_not_taken() -> None:
    assert not (REGENERATE and os.environ.get("CI")), "the build machine compares pictures"


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.name for sheet in SHEETS])
def test_pages_look_as_before(sheet: Sheet, tmp_path: Path) -> None:
    compare(sheet.name, file_of(compose(sheet)), tmp_path)


@pytest.mark.parametrize(("name", "per_sheet"), [(CARDS[0], "auto"), (CARDS[1], "2x4")])
def test_cards_look_as_before(name: str, per_sheet: str, tmp_path: Path, formgen: Callable[..., Outcome]) -> None:
    """Eleven cards: a full side and a last one with few, each with its back."""
    templates, data, out = tmp_path / "templates", tmp_path / "records.jsonl", tmp_path / "out"
    make_cards(templates, data, 11)
    outcome = formgen("fill", FORM_ID, data, "-o", out, "--templates", templates, "--nup", per_sheet)
    assert outcome.code == 0, outcome.err
    (path,) = out.glob("*.pdf")
    assert path.name == "帮扶联系卡.pdf", "a form without an annex leaves no dash"
    compare(name, path.read_bytes(), tmp_path)


def test_every_picture_belongs_to_a_page() -> None:
    names = {*(sheet.name for sheet in SHEETS), *CARDS}
    for path in GOLDENS.iterdir():
        if path.stem.rpartition("-")[0] not in names and REGENERATE:
            path.unlink()
    assert {path.stem.rpartition("-")[0] for path in GOLDENS.iterdir()} == names


def test_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in GOLDENS.iterdir()) < 1_500_000


def test_the_picture_of_the_readme_is_how_the_form_looks(tmp_path: Path) -> None:
    """A person with a rare character in the name and a long application."""
    form = compiled("xinmi-2015/application-form")
    record = next(record for record in sample_records(form.manifest) if "𠅤" in record["name"])
    composed = form.compose(record, RECORD)
    assert composed.pages is not None
    with pypdfium2.PdfDocument(file_of(composed.pages)) as document:
        picture = document[0].render(scale=80 / 72, grayscale=True).to_pil().convert("L")
    picture = picture.crop((24, 40, picture.width - 24, picture.height - 24))
    _compare(README_PICTURE, picture, tmp_path)


def compare(name: str, content: bytes, folder: Path) -> None:
    """Every page with its picture; all that differ are told."""
    stored = {path.name for path in GOLDENS.glob(f"{name}-*.png") if path.stem.rpartition("-")[0] == name}
    wrong = []
    for number, picture in enumerate(pictures_of(content), 1):
        golden = GOLDENS / f"{name}-{number}.png"
        stored.discard(golden.name)
        wrong += _differing(golden, picture, folder)
    for surplus in sorted(stored):
        if REGENERATE:
            (GOLDENS / surplus).unlink()
        else:
            wrong.append(f"{surplus}: there is no such page any more")
    assert not wrong, "\n".join(wrong)


def _compare(golden: Path, picture: Image.Image, folder: Path) -> None:
    assert not (wrong := _differing(golden, picture, folder)), "\n".join(wrong)


def _differing(golden: Path, picture: Image.Image, folder: Path) -> Sequence[str]:
    """What is wrong with a page; its pictures are put into the folder. To regenerate is to accept it."""
    if golden.exists():
        expected = Image.open(golden).convert("L")
        found = difference(expected, picture)
        if found is None:
            return ()
        if not REGENERATE:
            save_picture(expected, folder / f"{golden.stem}.expected.png")
            save_picture(picture, folder / f"{golden.stem}.actual.png")
            found.picture.save(folder / f"{golden.stem}.difference.png")
            return (f"{golden.name}: {found}; pictures in {folder}",)
    elif not REGENERATE:
        save_picture(picture, folder / f"{golden.stem}.actual.png")
        return (f"{golden.name}: there is no picture of this page; the page is in {folder}",)
    save_picture(picture, golden)
    return ()
