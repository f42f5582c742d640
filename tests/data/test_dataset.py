"""A dataset as packets see it: scopes in print order, joined, without what is in error, keyed without telling whose."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from formgen.data.dataset import open_dataset
from formgen.data.keys import natural_order, read_secret, record_key
from formgen.data.records import read_records
from formgen.data.synthetic import write_sample
from formgen.errors import InputError
from formgen.forms.catalogue import Programme
from tests.data.conftest import ROSTER, TODAY, Load, certificate, codes, person


def numbers(dataset: Any) -> list[str]:
    return [scope.values["household.number"] for scope in dataset.scopes("household")]


def test_print_order_is_town_village_household_number_file(load: Load) -> None:
    rows = [
        person(1, hh="10"),
        person(2, hh="2"),
        person(3, hh="1", village="西村"),
        person(4, hh="", name="无户号"),
        person(5, hh="2"),
        person(6, hh="1", town="米村镇"),
    ]
    dataset = load({"残疾人": [ROSTER, *rows]})
    order = [(scope.values["place.town"], scope.values["person.name"]) for scope in dataset.scopes("person")]
    expected = [rows[index][3] for index in (5, 1, 4, 0, 3, 2)]
    assert [name for _, name in order] == expected
    # The programme's own towns come first, in its order.
    assert order[0][0] == "米村镇"


def test_person_without_a_number_is_a_household_of_its_own(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1, hh=""), person(2, hh="")]})
    assert [scope.values["household.person_count"] for scope in dataset.scopes("household")] == [1, 1]
    assert dataset.counts["household"] == 2


def test_flat_roster_with_helper_columns_is_enough(load: Load) -> None:
    dataset = load(
        {"花名册": [(*ROSTER, "帮扶人姓名", "帮扶人电话", "帮扶项目"), [*person(), "王五", "13800000001", "养羊"]]}
    )
    [scope] = dataset.scopes("pairing")
    assert (scope.values["helper.phone"], scope.values["pairing.project"]) == ("13800000001", "养羊")
    assert scope.values["person.name"] == person()[3]


def test_roster_without_places_is_one_village(load: Load) -> None:
    dataset = load({"花名册": [("姓名", "残疾人证号"), ("张三", certificate(1)), ("李四", certificate(2))]})
    [village] = dataset.scopes("village")
    assert len(list(village.rows("person"))) == 2 and codes(dataset) == ["F-DATA-023"]


def test_person_in_error_is_on_no_register_and_others_are(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), [*person(2)[:4], "123"], person(3, hh="2")]})
    for per in ("village", "town", "programme"):
        [scope] = dataset.scopes(per)
        assert [row.values["person.name"] for row in scope.rows("person")] == [person(1)[3], person(3)[3]]
    [place] = dataset.left_out.values()
    assert (place.part, place.cell) == ("残疾人", "3")


def test_scopes_can_be_read_inside_each_other(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, *(person(number, hh=str(number % 3)) for number in range(1, 8))]})
    nested = [
        row.values["person.name"]
        for town in dataset.scopes("town")
        for household in town.rows("household")
        for row in household.rows("person")
    ]
    assert nested == [scope.values["person.name"] for scope in dataset.scopes("person")]


def test_keys_are_stable_opaque_and_apart(load: Load) -> None:
    rows = [person(number, hh=str(number)) for number in range(1, 30)]
    first = {scope.values["person.name"]: scope.key for scope in load({"残疾人": [ROSTER, *rows]}).scopes("person")}
    random.Random(1).shuffle(rows)
    second = {scope.values["person.name"]: scope.key for scope in load({"残疾人": [ROSTER, *rows]}).scopes("person")}
    assert first == second and len(set(first.values())) == len(rows)
    assert all(re.fullmatch("[A-Z2-7]{10}", key) for key in first.values())
    assert record_key("a", "x") != record_key("b", "x") and record_key("a", "x", "y") != record_key("a", "xy")


def test_an_offices_secret_makes_keys_that_others_cannot_test(load: Load, tmp_path: Path, xinmi: Programme) -> None:
    def keys(secret: bytes) -> list[str]:
        return [scope.key for scope in load({"残疾人": [ROSTER, person()]}, secret=secret).scopes("person")]

    notepad, editor, record = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "r.jsonl"
    notepad.write_bytes(b"\xef\xbb\xbfcorrect horse battery\r\n")
    editor.write_bytes(b"correct horse battery\n")
    record.write_text('{"name": "张三"}', "utf-8")
    assert keys(read_secret(notepad)) == keys(read_secret(editor)) != keys(b"")
    form = xinmi.forms["application-form"]
    assert next(read_records(record, form, read_secret(editor)))[0] != next(read_records(record, form))[0]
    assert record_key("a", "x", secret=b"s") != record_key("b", "x", secret=b"s")


@pytest.mark.parametrize(("content", "code"), [(None, "F-FILE-001"), (b"short\n", "F-DATA-090"), (b"", "F-DATA-090")])
def test_a_secret_that_is_none_is_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "secret.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_secret(path)
    assert caught.value.problem.code == code


def test_natural_order() -> None:
    assert sorted(["10", "2", "户10", "户2", "1-10", "1-9"], key=natural_order) == [
        "1-9",
        "1-10",
        "2",
        "10",
        "户2",
        "户10",
    ]


def test_unknown_scope_is_refused(load: Load) -> None:
    with pytest.raises(ValueError, match="per"):
        next(load({"残疾人": [ROSTER, person()]}).scopes("street"))


def test_sample_is_free_of_errors_and_whole(tmp_path: Path, xinmi: Programme) -> None:
    path = tmp_path / "sample.xlsx"
    written = write_sample(xinmi, path, 40, 7)
    with open_dataset(path, xinmi, today=TODAY) as dataset:
        assert not [problem.text("en") for problem in dataset.problems if problem.is_error]
        assert dataset.counts["person"] == written["残疾人"] == len(list(dataset.scopes("person")))
        assert dataset.counts["pairing"] == written["结对"] == len(list(dataset.scopes("pairing")))
        assert len(list(dataset.scopes("household"))) == dataset.counts["household"] == 40
        assert sum(len(list(base.rows("person"))) for base in dataset.scopes("base")) > 0
        for household in dataset.scopes("household"):
            assert household.values["household.person_count"] == len(list(household.rows("person")))
            assert household.values["household.pairing_count"] == len(list(household.rows("pairing")))
            size = household.values["household.size"]
            assert size == household.values["household.person_count"] + len(list(household.rows("member")))


def test_closed_dataset_leaves_nothing_behind(tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setenv("TMPDIR", str(spare))
    monkeypatch.setenv("SQLITE_TMPDIR", str(spare))
    dataset = load({"残疾人": [ROSTER, *(person(number) for number in range(1, 300))]})
    assert dataset.counts["person"] == 299
    dataset.close()
    assert not list(spare.iterdir())
