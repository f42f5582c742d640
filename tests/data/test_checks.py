"""What several rows show together: duplicates, references, households that disagree with themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.data.conftest import ROSTER, Load, certificate, codes, id_number, only, person

PAIRING = ("残疾人证号", "残疾人姓名", "帮扶人姓名", "帮扶人电话", "帮扶项目")
HELPER = ("帮扶人姓名", "帮扶人电话", "帮扶人职务")


def pairing(sequence: int = 1, helper: str = "王五", phone: str = "") -> list[Any]:
    return [certificate(sequence), "", helper, phone, "养羊"]


def test_second_row_of_one_certificate_is_left_out(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), person(2), person(1)]})
    problem = only(dataset, "F-DATA-040")
    assert (problem.place.cell, problem.params["other"]) == ("E4", "残疾人!E2")
    assert dataset.counts["person"] == 2


def test_one_certificate_under_two_names_leaves_both_out(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), person(1, name="李四")]})
    assert codes(dataset) == ["F-DATA-040", "F-DATA-040"]
    assert dataset.counts["person"] == 0


def test_one_id_number_with_two_certificates(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), [*person(1)[:4], certificate(1, kind="44")]]})
    assert only(dataset, "F-DATA-041").place.cell == "E3"


def test_same_name_and_birth_in_another_village_is_doubted(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1, name="张三"), person(3, name="张三", village="西村")]})
    assert only(dataset, "F-DATA-042").place.cell == "D3"
    assert dataset.counts["person"] == 2


def test_two_villages_of_one_name_stay_apart(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), person(2, town="乙镇")]})
    assert [len(list(scope.rows("person"))) for scope in dataset.scopes("village")] == [1, 1]
    assert dataset.counts["household"] == 2 and not codes(dataset)


def test_village_without_its_town_is_found_if_there_is_only_one(load: Load) -> None:
    places = [("乡镇", "村", "村人均纯收入"), ("甲镇", "东村", 9000), ("乙镇", "西村", 8000), ("甲镇", "西村", 7000)]
    rows = [("村", "姓名", "残疾人证号"), ("东村", "张三", certificate(1)), ("西村", "李四", certificate(2))]
    dataset = load({"残疾人": rows, "村": places})
    assert only(dataset, "F-DATA-066").place.cell == "A3"
    [scope] = dataset.scopes("person")
    assert scope.values["place.town"] == "甲镇" and scope.values["place.average_income"] == 9000


def test_blank_village_is_told(load: Load) -> None:
    assert only(load({"残疾人": [ROSTER, person(1), ["甲镇", "", *person(2)[2:]]]}), "F-DATA-022").place.cell == "B3"


def test_rows_of_one_household_must_agree(load: Load) -> None:
    rows = [(*ROSTER, "家庭人口"), [*person(1), 4], [*person(2), 5], [*person(3, hh="2"), 5]]
    dataset = load({"残疾人": rows})
    problem = only(dataset, "F-DATA-050")
    assert (problem.place.cell, problem.found, problem.params["value"]) == ("F3", "5", "4")
    assert [scope.values["household.number"] for scope in dataset.scopes("household")] == ["2"]


def test_household_sheet_and_roster_must_agree(load: Load) -> None:
    households = [("乡镇", "村", "户号", "家庭人口"), ("甲镇", "东村", "1", 4), ("甲镇", "东村", "9", 2)]
    dataset = load({"残疾人": [(*ROSTER, "家庭人口"), [*person(1), 3]], "家庭": households})
    assert only(dataset, "F-DATA-050").place.cell == "F2"
    assert only(dataset, "F-DATA-068").place.cell == "C3"


def test_facts_of_a_village_must_agree(load: Load) -> None:
    rows = [(*ROSTER, "村人均纯收入"), [*person(1), 9000], [*person(2), 8000]]
    dataset = load({"残疾人": rows})
    assert only(dataset, "F-DATA-051").place.cell == "F3"
    assert "place.average_income" not in next(dataset.scopes("person")).values


def test_one_household_under_two_numbers_is_doubted(load: Load) -> None:
    more = ["东村3组", "13800000000"]
    rows = [(*ROSTER, "家庭住址", "联系电话"), [*person(1), *more], [*person(2, hh="2"), *more]]
    assert only(load({"残疾人": rows}), "F-DATA-052").params["number"] == "1"


def test_what_follows_from_a_bad_number_is_no_second_mistake(load: Load) -> None:
    rows = [(*ROSTER, "性别"), [*person(1)[:4], "", ""], [*person(2)[:4], 4.1e19, ""]]
    assert codes(load({"残疾人": rows})) == ["F-DATA-020", "F-VALUE-004"]


def test_required_cells_and_columns(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, [*person(1)[:3], "", certificate(1)]]})
    assert only(dataset, "F-DATA-020").place.cell == "D2"
    lacking = load({"残疾人": [("村", "姓名", "性别"), ("东村", "张三", "男"), ("东村", "李四", "女")]})
    assert {problem.params["term"] for problem in lacking.problems if problem.code == "F-DATA-021"} == {
        "person.certificate"
    }
    assert lacking.counts["person"] == 0


def test_pairing_finds_its_person_by_number_or_by_name(load: Load) -> None:
    rows = [PAIRING, pairing(1), ["", person(2)[3], "赵六", "", "养羊"], ["", "无此人", "赵六", "", "养羊"]]
    dataset = load({"残疾人": [ROSTER, person(1), person(2)], "结对": rows})
    assert only(dataset, "F-DATA-060").place.cell == "B4"
    assert [scope.values["person.name"] for scope in dataset.scopes("pairing")] == [person(1)[3], person(2)[3]]


def test_name_that_two_persons_have_is_no_reference(load: Load) -> None:
    people = [person(1, name="张三"), person(3, name="张三", hh="2")]
    dataset = load({"残疾人": [ROSTER, *people], "结对": [PAIRING, ["", "张三", "赵六", "", "养羊"]]})
    assert only(dataset, "F-DATA-061").params["count"] == "2"


def test_unknown_certificate_is_masked(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1)], "结对": [PAIRING, pairing(9)]})
    assert certificate(9)[6:14] not in json.dumps([problem.as_json("zh") for problem in dataset.problems])
    assert only(dataset, "F-DATA-060").is_error


def test_helper_comes_from_the_helpers_sheet(load: Load) -> None:
    helpers = [
        HELPER,
        ("王五", "13800000001", "支书"),
        ("王五", "13800000002", "委员"),
        ("赵六", "13800000003", "党员"),
    ]
    rows = [PAIRING, pairing(1, phone="13800000002"), pairing(2, "赵六"), pairing(3), pairing(4, "赵七")]
    people = [ROSTER, *(person(number, hh=str(number)) for number in range(1, 5))]
    dataset = load({"残疾人": people, "帮扶人": helpers, "结对": rows})
    assert only(dataset, "F-DATA-063").place.cell == "C4"
    unknown = only(dataset, "F-DATA-062")
    assert (unknown.place.cell, unknown.params["nearest"]) == ("C5", "赵六")
    assert [scope.values["helper.post"] for scope in dataset.scopes("pairing")] == ["委员", "党员"]


def test_pairing_that_repeats_the_person_wrongly(load: Load) -> None:
    rows = [PAIRING, [certificate(1), "张四", "王五", "", "养羊"]]
    dataset = load({"残疾人": [ROSTER, person(1, name="张三")], "结对": rows})
    assert only(dataset, "F-DATA-067").found == "张四"
    assert next(dataset.scopes("pairing")).values["person.name"] == "张三"


def test_sheets_that_need_a_roster(load: Load) -> None:
    dataset = load({"结对": [PAIRING, pairing(1)]})
    assert only(dataset, "F-DATA-013").place.part == "结对"


def test_members_find_their_household(load: Load) -> None:
    members = [("村", "户号", "成员姓名", "与户主关系"), ("东村", "1", "李氏", "妻子"), ("东村", "8", "无", "长子")]
    dataset = load({"残疾人": [ROSTER, person(1)], "家庭成员": [*members]})
    assert only(dataset, "F-DATA-064").place.cell == "B3"
    [household] = dataset.scopes("household")
    assert [scope.values["member.name"] for scope in household.rows("member")] == ["李氏"]
    assert household.values["household.size"] == 2


def test_double_helper_and_unknown_base(load: Load) -> None:
    bases = [("乡镇", "产业集聚区党组织", "企业名称"), ("甲镇", "党委", "甲公司")]
    rows = [(*ROSTER, "所在基地"), [*person(1), "甲公司"], [*person(2), "乙公司"]]
    helpers = [HELPER, ("王五", "13800000001", "支书"), ("王五", "13800000001", "支书")]
    dataset = load({"残疾人": rows, "基地": bases, "帮扶人": helpers})
    assert only(dataset, "F-DATA-065").place.cell == "F3"
    assert only(dataset, "F-DATA-043").place.cell == "A3"
    [base] = dataset.scopes("base")
    assert [scope.values["person.name"] for scope in base.rows("person")] == [person(1)[3]]


def test_every_problem_once_and_in_file_order(load: Load) -> None:
    labels = (*ROSTER, "身份证号", "性别")
    rows = [[*person(1), id_number(sequence=1), "女"], [*person(2), "", "男"], [*person(1), "", "妖"]]
    dataset = load({"残疾人": [labels, *rows], "结对": [PAIRING, pairing(7)]})
    cells = [(problem.place.part, problem.place.cell[1:]) for problem in dataset.problems]
    assert cells == sorted(cells, key=lambda item: (("残疾人", "结对").index(item[0]), int(item[1])))
    assert len(set(dataset.problems)) == len(dataset.problems) and len(dataset.problems) == 5


@pytest.mark.parametrize("name", ["poverty_lin", "helpers_max"])
def test_wrong_parameter_stops_the_run(load: Load, name: str) -> None:
    from formgen.errors import InputError

    with pytest.raises(InputError) as caught:
        load({"残疾人": [ROSTER, person()]}, parameters={name: "x"})
    assert caught.value.problem.code == ("F-DATA-080" if name == "poverty_lin" else "F-DATA-081")


@pytest.mark.parametrize("remark", ["序号", "备注", "说明"])
def test_a_sheets_own_numbers_and_remarks_are_not_compared(load: Load, remark: str) -> None:
    rows = {"残疾人": [(*ROSTER, remark), [*person(1), "7"]], "结对": [(*PAIRING, remark), [*pairing(1), "1"]]}
    others = {"村": [("乡镇", "村", remark), ("甲镇", "东村", "1"), ("甲镇", "东村", "2")]}
    assert codes(load({**rows, **others})) == []


def test_second_row_of_one_helper_does_not_make_the_first_doubtful(load: Load) -> None:
    helpers = [HELPER, ("王五", "13700000000", "支书"), ("王五", "13700000000", "支书")]
    dataset = load({"残疾人": [ROSTER, person(1)], "结对": [PAIRING, pairing(1)], "帮扶人": helpers})
    assert codes(dataset) == ["F-DATA-043"]
    assert dataset.counts["pairing"] == 1


def test_a_refused_number_is_not_a_missing_reference_too(load: Load) -> None:
    rows = [("残疾人证号", "帮扶人姓名", "帮扶项目"), [certificate(1)[:-1] + "9", "王五", "养羊"]]
    assert codes(load({"残疾人": [ROSTER, person(1)], "结对": rows})) == ["F-VALUE-029"]


def test_a_household_row_without_its_number_is_told_once(load: Load) -> None:
    rows = [("乡镇", "村", "户号", "家庭人口"), ("甲镇", "东村", "", 3)]
    assert codes(load({"残疾人": [ROSTER, person(1)], "家庭": rows})) == ["F-DATA-020"]


def test_village_facts_that_differ_with_and_without_the_town_are_told(load: Load) -> None:
    places = [("乡镇", "村", "村人均纯收入"), ("甲镇", "东村", 9000), ("", "东村", 8000)]
    problem = only(load({"残疾人": [ROSTER, person(1)], "村": places}), "F-DATA-051")
    assert (problem.place.cell, problem.found, problem.params["other"]) == ("C3", "8000", "村!C2")


def test_too_many_helpers_are_told_at_the_last_pairing(load: Load) -> None:
    rows = [PAIRING, *(pairing(1, name) for name in ("王甲", "王乙", "王丙"))]
    problem = only(load({"残疾人": [ROSTER, person(1)], "结对": rows}), "F-RULE-010")
    assert (problem.place.part, problem.place.cell) == ("结对", "C4")
