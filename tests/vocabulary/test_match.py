"""Labels as people write them find their terms; what is unclear is said, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.vocabulary.folding import fold, split_unit
from formgen.vocabulary.headers import find_header
from formgen.vocabulary.match import Matcher
from formgen.vocabulary.terms import base_vocabulary

VOCABULARY = base_vocabulary()


def terms(labels: list[str], sheet: str = "残疾人", **mapping: str) -> list[str]:
    found = Matcher(VOCABULARY, mapping).match([(label,) for label in labels], sheet)
    return [column.term for column in found.columns]


@pytest.mark.parametrize(
    ("label", "term"),
    [
        ("姓 名", "person.name"),
        ("殘疾人證號", "person.certificate"),
        ("殘疾類別／等級", "person.disability"),
        ("*身份证号码：", "person.id_number"),
        ("乡（镇）街道办事处", "place.town"),
        ("家庭人均纯收入（元）", "household.income_per_head"),
        ("人均纯收入(元/年)", "household.income_per_head"),
        ("年龄\n（周岁）", "person.age"),
        ("person.phone", "person.phone"),
        ("享受低保（是/否）", "household.is_minimum_living"),
        ("出生年月(年/月/日)", "person.birth"),
    ],
)
def test_label_as_written_finds_its_term(label: str, term: str) -> None:
    assert terms([label]) == [term]


@pytest.mark.parametrize(
    ("sheet", "label", "term"),
    [
        ("残疾人", "联系电话", "person.phone"),
        ("帮扶人", "联系电话", "helper.phone"),
        ("家庭成员", "姓名", "member.name"),
        ("结对", "姓名", "person.name"),
        ("基地", "人均纯收入", "base.income_per_head"),
        ("任务计划", "乡(镇)街道办事处", "plan.place"),
        ("任务计划", "2015", "plan.year_2015"),
    ],
)
def test_the_sheets_own_entity_comes_first(sheet: str, label: str, term: str) -> None:
    assert terms([label, "村"] if sheet == "残疾人" else [label], sheet)[0] == term


def test_every_label_of_the_vocabulary_finds_itself() -> None:
    for term in VOCABULARY.terms.values():
        assert terms([term.label], term.entity) == [term.key], term.label


def test_ambiguous_label_names_both_terms_and_map_settles_it() -> None:
    labels = [("残疾人证号",), ("帮扶人姓名",), ("电话",)]
    found = Matcher(VOCABULARY).match(labels, "结对")
    [(index, finding)] = found.findings
    assert (index, finding.code) == (2, "F-DATA-005")
    assert "person.phone" in finding.params["terms"] and "helper.phone" in finding.params["terms"]
    settled = Matcher(VOCABULARY, {"电话": "helper.phone"}).match(labels, "结对")
    assert settled.columns[2].term == "helper.phone" and not settled.findings


def test_unknown_label_names_the_nearest() -> None:
    found = Matcher(VOCABULARY).match([("姓名",), ("残疾证件号",)], "残疾人")
    [(_, finding)] = found.findings
    assert finding.code == "F-DATA-004" and "person.certificate" in finding.params["nearest"]


def test_two_columns_of_one_term_are_an_error_that_map_settles() -> None:
    found = Matcher(VOCABULARY).match([("姓名",), ("名字",)], "残疾人")
    assert [finding.code for _, finding in found.findings] == ["F-DATA-006"]
    for mapping in ({"名字": "-"}, {"名字": "person.name"}):
        settled = Matcher(VOCABULARY, mapping).match([("姓名",), ("名字",)], "残疾人")
        assert [column.term for column in settled.columns].count("person.name") == 1 and not settled.findings


def test_another_unit_is_not_converted_silently() -> None:
    found = Matcher(VOCABULARY).match([("姓名",), ("家庭人均纯收入(万元)",)], "残疾人")
    assert [finding.code for _, finding in found.findings] == ["F-DATA-009"]
    assert found.columns[1].term == ""


def test_sheet_without_a_telling_name_is_known_by_its_columns() -> None:
    matcher = Matcher(VOCABULARY)
    columns = {
        "person": "编号 姓名 性别 年龄 残疾类别/等级 住址 家庭人口 联系方式 残疾人证号",
        "member": "户号 姓名 与户主关系 性别 身份证号",
        "helper": "姓名 工作单位 职务 联系电话",
        "pairing": "残疾人证号 残疾人姓名 帮扶人姓名 帮扶项目 帮扶起始时间",
        "place": "乡镇 村 村人均纯收入",
        "household": "乡镇 村 户号 家庭人口 人均住房面积",
        "plan": "乡镇 2015年 2016年 合计",
    }
    for entity, labels in columns.items():
        assert matcher.match([(label,) for label in labels.split()], "Sheet1").entity == entity


def header(rows: list[list[object]], sheet: str = "残疾人", merges: object = ()) -> tuple[int, int, list[str]]:
    found = find_header(rows, Matcher(VOCABULARY), sheet, merges)  # type: ignore[arg-type]
    assert found is not None
    return found.row, found.height, [column.term for column in found.match.columns]


DATA: list[object] = ["1", "张三", "在家养殖", "务工", "41018319750312001443"]


def test_two_row_header_joins_parent_and_child() -> None:
    upper: list[object] = ["编号", "姓名", "就业愿望", "", "残疾人证号"]
    lower: list[object] = ["", "", "残疾人本人愿望", "其他家人愿望", ""]
    merges = [((0, 0), (1, 0)), ((0, 2), (0, 3)), ((0, 4), (1, 4))]
    wanted = ["person.number", "person.name", "person.wish", "person.family_wish", "person.certificate"]
    for ranges in (merges, []):
        assert header([upper, lower, DATA], merges=ranges) == (0, 2, wanted)


def test_titles_and_the_head_line_stand_above_the_header() -> None:
    title: list[object] = ["“农村基层党组织助残扶贫工程”贫困残疾人家庭调查登记表", "", "", "", ""]
    line: list[object] = ["乡(镇)、街道办事处", "米村镇", "", "村(社区)", "范村"]
    labels: list[object] = ["编号", "姓名", "残疾人本人愿望", "其他家人愿望", "残疾人证号"]
    assert header([title, line, labels, DATA])[:2] == (2, 1)


def test_group_titles_above_complete_labels_leave_the_labels_alone() -> None:
    groups: list[object] = ["基本情况", "", "愿望", "", "证件"]
    labels: list[object] = ["编号", "姓名", "残疾人本人愿望", "其他家人愿望", "残疾人证号"]
    row, height, found = header([groups, labels, DATA], merges=[((0, 0), (0, 1)), ((0, 2), (0, 3))])
    assert (row, height) == (1, 1) and "" not in found


def test_data_that_looks_like_a_label_is_data() -> None:
    labels: list[object] = ["姓名", "残疾人证号", "类型"]
    assert header([labels, ["基地", "村", "说明"], ["张三", "1", "2"]])[:2] == (0, 1)


def test_no_header_is_found_where_there_is_none() -> None:
    assert find_header([["a", "b"], ["c", "d"]], Matcher(VOCABULARY), "Sheet1") is None


@given(st.sampled_from(sorted(term.label for term in VOCABULARY.terms.values())), st.data())
def test_folding_forgets_width_and_spaces(label: str, data: st.DataObject) -> None:
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    spaced = "".join(data.draw(st.sampled_from(["", " ", "　", "\n"])) + char for char in label.translate(wide))
    assert fold(spaced) == fold(label)


@given(st.text(st.sampled_from("姓名殘残號号 　\t（）()【】［］:：*＊·、-—_/Ａａ１1元㎡")))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once.startswith(split_unit(once)[0])
