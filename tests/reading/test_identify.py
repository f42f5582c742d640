"""Which form a sheet is. The forms, their blank and their filled sheets are those of the goldens, on every carrier.

Measured over them (7 forms, 17 templates and layouts): a form's own words stand on its sheets with 86–100 %, another
form's with 10–38 %; the whole notice of another programme, which names the same things, has 48 % of a form's words.
Of sheets with a share of cells retyped in random words, none is taken for another form: with 20 % of the cells changed
98 % are known and the others unknown, with 40 % three of four, with 60 % one of three.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from formgen.errors import TemplateError
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.problems import Place
from formgen.reading.fingerprint import LOOKED_AT, printed_texts
from formgen.reading.identify import FormBook, Identified
from formgen.reading.model import SheetIdentity

GOLDENS = Path(__file__).parent.parent / "goldens"
FORMS = list(Catalogue().forms())
BOOK = FormBook(FORMS)
PLACE = Place("returned.docx")
NOTHING = SheetIdentity()
SURVEY, APPLICATION = "xinmi-2015/survey-sheet", "xinmi-2015/application-form"
FOREIGN_WORDS = [
    "机动车驾驶证申请表", "申请人信息", "姓名", "性别", "出生日期", "国籍", "身份证明名称", "号码", "邮寄地址",
    "联系电话", "申请的准驾车型代号", "本人如实申告", "不具有以下情形", "申请人签名", "年 月 日", "审核意见",
]  # fmt: skip


def _sheets(form: Manifest) -> list[tuple[str, list[str]]]:
    found = []
    for path in sorted(GOLDENS.glob(f"{form.name}-*.txt")):
        blank, filled = path.read_text("utf-8").removeprefix("# blank\n").split("# filled\n")
        for state, text in (("blank", blank), ("filled", filled)):
            cells = [cell for line in text.splitlines() for cell in line.split("\t") if cell]
            found.append((f"{path.stem}-{state}", cells))
    return found


SHEETS = [(form.id, name, cells) for form in FORMS for name, cells in _sheets(form)]


def _sheet(form: str) -> list[str]:
    return next(cells for owner, name, cells in SHEETS if owner == form and name.endswith("-filled"))


def _codes(found: Identified | list) -> list[str]:  # type: ignore[type-arg]
    return [problem.code for problem in (found.problems if isinstance(found, Identified) else found)]


@pytest.mark.parametrize(("form", "name", "cells"), SHEETS, ids=[name for _, name, _ in SHEETS])
def test_a_sheet_is_known_by_its_words_alone(form: str, name: str, cells: list[str]) -> None:
    found = BOOK.identify(NOTHING, cells, PLACE)
    assert isinstance(found, Identified)
    assert (found.manifest.id, found.identity.form, found.layer, found.problems) == (form, form, "fingerprint", ())
    assert found.score > 0.8


@pytest.mark.parametrize(("form", "name", "cells"), SHEETS, ids=[name for _, name, _ in SHEETS])
def test_line_ends_and_the_table_do_not_matter(form: str, name: str, cells: list[str]) -> None:
    for texts in (["".join(cells)], [bit for cell in cells for bit in (cell[:3], cell[3:])], ["\n".join(cells)]):
        found = BOOK.identify(NOTHING, texts, PLACE)
        assert isinstance(found, Identified) and found.manifest.id == form


def test_a_claim_is_believed_where_the_words_agree() -> None:
    for form, _, cells in SHEETS:
        found = BOOK.identify(SheetIdentity(form, "1", "ABC"), cells, PLACE, "page-code")
        assert isinstance(found, Identified)
        assert (found.layer, found.identity.record, found.problems) == ("page-code", "ABC", ())


def test_a_claim_against_the_words_is_a_problem_with_both() -> None:
    for form, _, cells in SHEETS:
        for other in FORMS:
            if other.id != form:
                found = BOOK.identify(SheetIdentity(other.id, "1"), cells, PLACE)
                assert isinstance(found, list) and _codes(found) == ["F-IDENT-003"]
                assert form in found[0].found and other.id in found[0].expected("en")


def test_a_sheet_without_the_words_it_should_have_is_read_with_a_warning() -> None:
    found = BOOK.identify(SheetIdentity(SURVEY, "1"), FOREIGN_WORDS, PLACE)
    assert isinstance(found, Identified) and _codes(found) == ["F-IDENT-005"]
    for texts in ([], ["", "12"]):  # a scan says nothing against what its page code says
        found = BOOK.identify(SheetIdentity(SURVEY, "1"), texts, PLACE, "page-code")
        assert isinstance(found, Identified) and found.problems == ()


@pytest.mark.parametrize(
    ("claimed", "catalogue", "code"),
    [("1", "2", "F-IDENT-004"), ("9", "10", "F-IDENT-004"), ("1.10", "1.9", "F-IDENT-008"), ("3", "2", "F-IDENT-008")],
)
def test_another_version_is_told_with_both(claimed: str, catalogue: str, code: str) -> None:
    book = FormBook([dataclasses.replace(form, version=catalogue) for form in FORMS])
    found = book.identify(SheetIdentity(SURVEY, claimed, "KEY"), _sheet(SURVEY), PLACE)
    assert isinstance(found, Identified) and _codes(found) == [code]
    (problem,) = found.problems
    assert (problem.found, problem.record) == (claimed, "KEY") and catalogue in problem.expected("en")


def test_an_unknown_form_is_unknown_with_the_nearest() -> None:
    (problem,) = _refused(BOOK, NOTHING, FOREIGN_WORDS)
    assert problem.code == "F-IDENT-001"
    assert "xinmi-2015/" in problem.expected("en") and "%" in problem.expected("zh")
    for form in FORMS:  # the catalogue without it
        rest = FormBook(other for other in FORMS if other.id != form.id)
        for owner, _, cells in SHEETS:
            if owner == form.id:
                assert _codes(rest.identify(NOTHING, cells, PLACE)) == ["F-IDENT-001"]


def test_a_claimed_form_that_the_catalogue_lacks_is_not_guessed() -> None:
    (problem,) = _refused(BOOK, SheetIdentity("hami-2031/survey-sheet", "1"), _sheet(SURVEY))
    assert (problem.code, problem.found) == ("F-IDENT-006", "hami-2031/survey-sheet")
    assert SURVEY in problem.expected("en")


def _refused(book: FormBook, claimed: SheetIdentity, texts: Sequence[str]) -> list:  # type: ignore[type-arg]
    found = book.identify(claimed, texts, PLACE)
    assert isinstance(found, list)
    return found


def test_nothing_is_known_of_an_empty_sheet_or_an_empty_catalogue() -> None:
    assert _codes(BOOK.identify(NOTHING, [], PLACE)) == ["F-IDENT-001"]
    assert _codes(FormBook([]).identify(NOTHING, _sheet(SURVEY), PLACE)) == ["F-IDENT-001"]


def test_forms_of_the_same_words_cannot_be_told_apart(tmp_path: Path) -> None:
    twin = dataclasses.replace(_form(APPLICATION), id="xinmi-2016/application-form")
    (problem,) = _refused(FormBook([*FORMS, twin]), NOTHING, _sheet(APPLICATION))
    assert problem.code == "F-IDENT-002"
    assert twin.id in problem.found and APPLICATION in problem.found
    found = FormBook([*FORMS, twin]).identify(SheetIdentity(twin.id, "1"), _sheet(APPLICATION), PLACE)
    assert isinstance(found, Identified) and found.manifest is twin and not found.problems


def _form(form_id: str) -> Manifest:
    return next(form for form in FORMS if form.id == form_id)


def test_a_form_that_has_all_of_another_and_more_is_told_from_it(tmp_path: Path) -> None:
    larger = tmp_path / "larger"
    shutil.copytree(_form(APPLICATION).folder, larger)
    import docx

    document = docx.Document(str(larger / "form.docx"))
    added = ["劳动力人数", "建档立卡贫困户", "扶持项目及规模", "申请补助金额", "照片粘贴处"]
    for label in added:
        document.add_paragraph(label)
    document.save(str(larger / "form.docx"))
    twin = dataclasses.replace(_form(APPLICATION), id="liunan-2020/registration", folder=larger)
    book = FormBook([*FORMS, twin])
    for cells, wanted in ((_sheet(APPLICATION), APPLICATION), ([*_sheet(APPLICATION), *added], twin.id)):
        found = book.identify(NOTHING, cells, PLACE)
        assert isinstance(found, Identified) and found.manifest.id == wanted
    assert _codes(book.identify(SheetIdentity(twin.id, "1"), _sheet(APPLICATION), PLACE)) == ["F-IDENT-003"]


def test_what_the_user_says_is_used_and_what_speaks_against_it_is_told() -> None:
    book = FormBook(FORMS, wanted=APPLICATION)
    found = book.identify(NOTHING, _sheet(APPLICATION), PLACE)
    assert isinstance(found, Identified) and (found.layer, found.problems) == ("user", ())
    unclear = book.identify(NOTHING, FOREIGN_WORDS, PLACE)
    assert isinstance(unclear, Identified) and unclear.manifest.id == APPLICATION
    for claimed in (NOTHING, SheetIdentity(SURVEY, "1", "KEY")):
        other = book.identify(claimed, _sheet(SURVEY), PLACE)
        assert isinstance(other, Identified) and other.identity == SheetIdentity(APPLICATION)
        assert _codes(other) == ["F-IDENT-007"] and SURVEY in other.problems[0].found


def test_a_wanted_form_has_to_be_in_the_book() -> None:
    with pytest.raises(TemplateError) as raised:
        FormBook(FORMS, wanted="application")
    assert raised.value.problem.code == "F-FORM-005"


@pytest.mark.parametrize("carrier", ["form.xlsx", "background.pdf"])
def test_a_form_without_a_word_template_has_words_too(carrier: str, tmp_path: Path) -> None:
    (tmp_path / carrier).write_bytes((_form(SURVEY).folder / carrier).read_bytes())
    bare = dataclasses.replace(_form(SURVEY), folder=tmp_path)
    found = FormBook([bare, *(form for form in FORMS if form.id != SURVEY)]).identify(NOTHING, _sheet(SURVEY), PLACE)
    assert isinstance(found, Identified) and found.manifest is bare


def test_a_form_without_any_template_is_nobody_s_fingerprint(tmp_path: Path) -> None:
    bare = dataclasses.replace(_form(SURVEY), folder=tmp_path)
    assert printed_texts(bare) == ()
    assert _codes(FormBook([bare]).identify(NOTHING, _sheet(SURVEY), PLACE)) == ["F-IDENT-001"]


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    traditional = str.maketrans(
        "残扶贫调查记编号龄类别级业愿联系证个党组织镇街办处乡农",
        "殘扶貧調查記編號齡類別級業願聯繫證個黨組織鎮街辦處鄉農",
    )
    found = BOOK.identify(NOTHING, [cell.translate(traditional) for cell in _sheet(SURVEY)], PLACE)
    assert isinstance(found, Identified) and found.manifest.id == SURVEY and found.score > 0.8


def test_only_the_start_and_the_end_of_a_long_roster_are_looked_at() -> None:
    rows = [f"王建国{number}在家养殖" for number in range(sum(LOOKED_AT))]
    cells = _sheet(SURVEY)
    found = BOOK.identify(NOTHING, [*cells[:-2], *rows, *cells[-2:]], PLACE)
    assert isinstance(found, Identified) and found.manifest.id == SURVEY


@pytest.mark.parametrize(("share", "known"), [(0.2, 0.9), (0.4, 0.6), (0.6, 0.2)])
def test_a_changed_sheet_is_known_or_unknown_but_never_another_form(share: float, known: float) -> None:
    rng, tally = random.Random(2015), Counter[str]()
    letters = "".join(sorted({letter for form in FORMS for text in printed_texts(form) for letter in text}))
    for form, _, cells in SHEETS:
        for _ in range(5):
            changed = ["".join(rng.choices(letters, k=len(cell))) if rng.random() < share else cell for cell in cells]
            found = BOOK.identify(NOTHING, changed, PLACE)
            is_right = isinstance(found, Identified) and found.manifest.id == form
            tally["right" if is_right else "unknown" if isinstance(found, list) else "wrong"] += 1
    assert tally["wrong"] == 0
    assert tally["right"] / tally.total() >= known, tally


@pytest.mark.parametrize("joints", [0, 6])
def test_a_sheet_with_room_is_its_own_form_whatever_is_written_on_it(joints: int) -> None:
    """Up to there no text makes it another form's; what is farther off may."""
    rng, refused, held = random.Random(4), 0, 0
    for form, share in itertools.product(FORMS, (1.0, 0.8, 0.6, 0.4, 0.2)):
        claim = SheetIdentity(form.id, form.version)
        printed = [text for text in printed_texts(form) if rng.random() <= share]
        room = BOOK.room(form.id, printed)
        assert share < 0.5 or room.characters > 0
        for other in FORMS if room.characters > 0 else ():
            words = "".join(printed_texts(other))
            for start, length in itertools.product(range(0, len(words), 7), (30, 60, 120, 20_000)):
                written = [words[start:][:length]]
                if BOOK.has_room(room, written, joints):
                    held += 1
                    pairs = [word + after for word, after in itertools.islice(itertools.pairwise(words), joints)]
                    found = BOOK.identify(claim, [*printed, *written, *pairs], PLACE)
                    assert isinstance(found, Identified) and not found.problems
            refused += isinstance(BOOK.identify(claim, [*printed, words], PLACE), list)
    assert held > 1000
    assert refused > 0
