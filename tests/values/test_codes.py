"""What is refused, what is told, and with which code. Every code of the catalogue's area appears here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from stdnum.cn.ric import calc_check_digit

from formgen.problems import LANGUAGES, Place, catalogue
from formgen.values import Rejected, ValueType, value_type


def with_check(number: str) -> str:
    return number + calc_check_digit(number + "0")


PLACE = Place("a.xlsx", "残疾人", "F17")
ID = with_check("41018319580312123")
WRONG_CHECK = ID[:17] + ("1" if ID[17] != "1" else "2")
VISITS = {"columns": {"date": value_type("date"), "sum": value_type("money")}}
WORK = {"choices": ["务工", "养殖"]}

REFUSED: list[tuple[str, str, dict[str, Any], Any]] = [
    ("F-VALUE-001", "text", {}, " \u3000"),
    ("F-VALUE-001", "name", {}, "\u200b"),
    ("F-VALUE-002", "text", {}, "来集\x07镇"),
    ("F-VALUE-002", "long-text", {}, "a\ud800b"),
    ("F-VALUE-002", "name", {}, "王\ufffe"),
    ("F-VALUE-003", "text", {}, float("nan")),
    ("F-VALUE-003", "sex", {}, ["男"]),
    ("F-VALUE-004", "id-number", {}, 4.10183195803121e17),
    ("F-VALUE-004", "id-number", {}, int(ID[:17]) * 10),
    ("F-VALUE-004", "id-number", {}, 12345),
    ("F-VALUE-004", "id-number", {}, Decimal(410183195803121232)),
    ("F-VALUE-004", "disability-certificate", {}, 4.1018319580312e19),
    ("F-VALUE-004", "text", {}, 6.22848e18),
    ("F-VALUE-004", "integer", {}, 10**15),
    ("F-VALUE-005", "id-number", {}, "4.10183E+17"),
    ("F-VALUE-005", "disability-certificate", {}, "４.1E19"),
    ("F-VALUE-005", "phone", {}, "1.38123E+10"),
    ("F-VALUE-006", "sex", {}, "不详"),
    ("F-VALUE-006", "sex", {}, 3.0),
    ("F-VALUE-006", "ethnicity", {}, "57"),
    ("F-VALUE-006", "ethnicity", {}, "1 2"),
    ("F-VALUE-006", "relation", {}, 1),
    ("F-VALUE-006", "disability-grade", {}, "五级"),
    ("F-VALUE-006", "disability-category", {}, 8),
    ("F-VALUE-006", "choice", WORK, "□务工 □养殖"),
    ("F-VALUE-016", "choice", WORK, "☑务工 √养殖"),
    ("F-VALUE-017", "disability", {}, "4"),
    ("F-VALUE-017", "disability", {}, "肢体五级"),
    ("F-VALUE-017", "disability", {}, "残疾"),
    ("F-VALUE-018", "checkbox", {}, "也许"),
    ("F-VALUE-018", "checkbox", {}, "X"),
    ("F-VALUE-018", "seal", {}, 2),
    ("F-VALUE-019", "text", {}, "同上"),
    ("F-VALUE-019", "place", {}, "同左"),
    ("F-VALUE-019", "place", {}, " 〃 〃 "),
    ("F-VALUE-019", "text", {}, "″"),
    ("F-VALUE-019", "name", {}, "同上"),
    ("F-VALUE-019", "name", {}, '"'),
    ("F-VALUE-038", "text", {}, "（以下空白）"),
    ("F-VALUE-038", "place", {}, "以下无正文"),
    ("F-VALUE-038", "name", {}, "此栏以下空白"),
    ("F-VALUE-038", "name", {}, "合　计："),
    ("F-VALUE-038", "name", {}, "总计"),
    ("F-VALUE-020", "id-number", {}, ID[:16]),
    ("F-VALUE-020", "id-number", {}, "410183********1232"),
    ("F-VALUE-020", "id-number", {}, True),
    ("F-VALUE-021", "id-number", {}, WRONG_CHECK),
    ("F-VALUE-021", "disability-certificate", {}, WRONG_CHECK + "43"),
    ("F-VALUE-022", "id-number", {}, with_check("41018319580230123")),
    ("F-VALUE-022", "id-number", {}, with_check("41018319571301123")),
    ("F-VALUE-022", "disability-certificate", {}, with_check("41018319570229123") + "43"),
    ("F-VALUE-023", "id-number", {}, "410183580312123"),
    ("F-VALUE-026", "disability-certificate", {}, ID + "4"),
    ("F-VALUE-026", "disability-certificate", {}, ID + "43B"),
    ("F-VALUE-027", "disability-certificate", {}, ID),
    ("F-VALUE-028", "disability-certificate", {}, ID + "83"),
    ("F-VALUE-029", "disability-certificate", {}, ID + "45"),
    ("F-VALUE-030", "date", {}, "3月12日"),
    ("F-VALUE-030", "date", {}, "12/3/2015"),
    ("F-VALUE-030", "date", {}, 12),
    ("F-VALUE-030", "date", {}, "42075"),
    ("F-VALUE-030", "date", {}, datetime.time(8, 30)),
    ("F-VALUE-031", "date", {}, "2015年2月30日"),
    ("F-VALUE-031", "date", {}, "20151301"),
    ("F-VALUE-032", "date", {}, "58.3.12"),
    ("F-VALUE-032", "date", {}, "58年3月"),
    ("F-VALUE-032", "date", {}, "580312"),
    ("F-VALUE-033", "date", {}, 2015.1),
    ("F-VALUE-035", "period", {}, "2015年3月"),
    ("F-VALUE-035", "period", {}, "2015-2016-2017"),
    ("F-VALUE-036", "period", {}, "2016.2-2015.3"),
    ("F-VALUE-031", "period", {}, "2015年2月30日至今"),
    ("F-VALUE-040", "integer", {}, "约3"),
    ("F-VALUE-040", "integer", {}, "1,0000"),
    ("F-VALUE-040", "integer", {"unit": "人"}, "3户"),
    ("F-VALUE-039", "name", {}, "罗长春\n彭琴"),
    ("F-VALUE-039", "name", {}, "罗长春\r\n\r\n彭 琴"),
    ("F-VALUE-039", "name", {}, "罗长春、彭琴"),
    ("F-VALUE-039", "name", {}, "合小明\n小红"),
    ("F-VALUE-041", "money", {"per": "年"}, "200元/月"),
    ("F-VALUE-041", "money", {}, "两千四"),
    ("F-VALUE-030", "date", {}, "公元前1967年6月"),
    ("F-VALUE-030", "date", {}, "1967年六七月"),
    ("F-VALUE-041", "money", {}, "2400元/年"),
    ("F-VALUE-041", "decimal", {}, "1,5"),
    ("F-VALUE-041", "money", {}, "３千左右"),
    ("F-VALUE-042", "integer", {}, 3.5),
    ("F-VALUE-043", "integer", {"minimum": 0, "maximum": 20}, 21),
    ("F-VALUE-043", "area", {"unit": "亩"}, "-1"),
    ("F-VALUE-045", "percent", {}, 0.125),
    ("F-VALUE-045", "percent", {}, "0.125"),
    ("F-VALUE-046", "area", {"unit": "亩"}, "100平方米"),
    ("F-VALUE-047", "money", {"unit": "万元", "places": 2}, "12345元"),
    ("F-VALUE-050", "phone", {}, "1381234567"),
    ("F-VALUE-050", "phone", {}, 37169880000),
    ("F-VALUE-050", "phone", {}, "、"),
    ("F-VALUE-050", "phone", {}, "13812345678、110"),
    ("F-VALUE-052", "integer", {}, "1 2"),
    ("F-VALUE-052", "integer", {}, "3\n4"),
    ("F-VALUE-052", "integer", {}, "1200 800"),
    ("F-VALUE-052", "integer", {}, "1460 1460"),
    ("F-VALUE-052", "decimal", {}, "１２ ．５"),
    ("F-VALUE-052", "money", {}, "1640 1460元"),
    ("F-VALUE-052", "percent", {}, "1 2%"),
    ("F-VALUE-060", "image", {}, "../secret.png"),
    ("F-VALUE-060", "image", {}, "C:\\照片\\1.jpg"),
    ("F-VALUE-060", "image", {}, "https://example.org/1.jpg"),
    ("F-VALUE-060", "image", {}, "\\\\server\\share\\1.jpg"),
    ("F-VALUE-070", "table", VISITS, "3月12日走访"),
    ("F-VALUE-070", "table", VISITS, {"date": "2015-03-12"}),
    ("F-VALUE-070", "table", VISITS, ["2015-03-12"]),
    ("F-VALUE-071", "table", VISITS, [{"day": "2015-03-12"}]),
    ("F-VALUE-031", "table", VISITS, [{"date": "2015-03-12"}, {"date": "2015-02-30"}]),
]

TOLD: list[tuple[str, str, dict[str, Any], Any]] = [
    ("F-VALUE-007", "text", {}, "一行\r\n二行"),
    ("F-VALUE-008", "text", {}, "6.22848E+18"),
    ("F-VALUE-009", "text", {}, datetime.datetime(2024, 1, 2)),
    ("F-VALUE-010", "place", {}, "410183"),
    ("F-VALUE-011", "text", {}, "李\ufffd"),
    ("F-VALUE-012", "name", {}, "张\ue863"),
    ("F-VALUE-013", "name", {}, "买买提•艾力"),
    ("F-VALUE-013", "name", {}, "张\u3000三"),
    ("F-VALUE-014", "name", {}, "李?"),
    ("F-VALUE-014", "name", {}, 3.0),
    ("F-VALUE-015", "education", {}, "大专"),
    ("F-VALUE-024", "id-number", {}, with_check("99999919580312123")),
    ("F-VALUE-024", "disability-certificate", {}, with_check("99999919580312123") + "43"),
    ("F-VALUE-025", "id-number", {}, with_check("41018319580312000")),
    ("F-VALUE-034", "date", {}, "1815年3月"),
    ("F-VALUE-034", "period", {}, "1815年3月至今"),
    ("F-VALUE-037", "date", {"precision": "month"}, "2015年3月12日"),
    ("F-VALUE-044", "decimal", {"places": 2}, 3333.3333333),
    ("F-VALUE-044", "money", {"places": 0}, "3500.5元"),
    ("F-VALUE-048", "money", {}, "0.1万元"),
    ("F-VALUE-049", "integer", {}, "12 300"),
    ("F-VALUE-049", "money", {"places": 2}, "1, 300元"),
    ("F-VALUE-049", "decimal", {}, "1 300 000.5"),
    ("F-VALUE-049", "percent", {}, "1 300%"),
    ("F-VALUE-051", "integer", {}, "-3人"),
    ("F-VALUE-051", "money", {}, -1300.0),
    ("F-VALUE-061", "image", {}, "photos/1.pdf"),
    ("F-VALUE-034", "table", VISITS, [{"date": "1815年3月"}]),
]

SOUND: list[tuple[str, dict[str, Any], Any]] = [
    ("integer", {}, "4 人"),
    ("integer", {"minimum": -5}, -3),
    ("money", {}, "人民币 1,300.50 元"),
    ("money", {"minimum": -5000}, "-1300"),
    ("decimal", {}, "-3.5"),
    ("percent", {}, "-5 %"),
]
"""White space beside the figures is usual; so are negative figures of these types, or where the field allows them."""


@pytest.mark.parametrize(("code", "name", "options", "raw"), REFUSED)
def test_is_refused(code: str, name: str, options: dict[str, Any], raw: Any) -> None:
    with pytest.raises(Rejected) as caught:
        value_type(name, **options).parse(raw)
    assert caught.value.finding.code == code
    for language in LANGUAGES:
        text = caught.value.finding.at(PLACE).text(language)
        # A parameter the sentence needs and the finding lacks reads as an ellipsis.
        assert "…" not in text or "…" in caught.value.finding.found or code == "F-VALUE-043" or "B2 …" in text


@pytest.mark.parametrize(("code", "name", "options", "raw"), TOLD)
def test_is_accepted_and_told(code: str, name: str, options: dict[str, Any], raw: Any) -> None:
    kind: ValueType[Any] = value_type(name, **options)
    findings = kind.check(kind.parse(raw), raw)
    assert code in [finding.code for finding in findings]
    assert all(finding.severity in ("warning", "note") for finding in findings)
    for finding in findings:
        assert "…" not in finding.at(PLACE).text("zh") + finding.at(PLACE).text("en")


@pytest.mark.parametrize(("name", "options", "raw"), SOUND)
def test_is_accepted_without_a_word(name: str, options: dict[str, Any], raw: Any) -> None:
    kind: ValueType[Any] = value_type(name, **options)
    assert kind.check(kind.parse(raw), raw) == ()


def test_every_code_is_raised_by_a_test() -> None:
    listed = {code for code in catalogue() if code.startswith("F-VALUE-")}
    assert listed == {code for code, *_ in REFUSED + TOLD}


@pytest.mark.parametrize("raw", [ID[:16], WRONG_CHECK, "410183580312123", ID + "83", int(ID)])
@pytest.mark.parametrize("name", ["id-number", "disability-certificate"])
def test_a_refused_number_shows_neither_birth_date_nor_sequence(name: str, raw: Any) -> None:
    with pytest.raises(Rejected) as caught:
        value_type(name).parse(raw)
    assert "195803" not in caught.value.finding.found
    assert "580312" not in caught.value.finding.found


def test_a_damaged_number_is_shown_as_the_spreadsheet_shows_it() -> None:
    with pytest.raises(Rejected) as caught:
        value_type("id-number").parse(410183195803121000.0)
    assert caught.value.finding.found == "4.10183E+17"


def test_a_refused_cell_of_a_table_names_row_and_column() -> None:
    with pytest.raises(Rejected) as caught:
        value_type("table", **VISITS).parse([{"sum": 3}, {"sum": "many"}])
    assert caught.value.finding.params["row"] == "2"
    assert caught.value.finding.params["column"] == "sum"
    assert caught.value.finding.found == "2:sum many"
