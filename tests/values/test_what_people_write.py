"""What officials write, and what it means."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from formgen.values import Disability, PartialDate, Period, value_type

MARCH, DAY = PartialDate(2015, 3), PartialDate(2015, 3, 12)
BOXES = {"choices": ["务工", "养殖(自营)"]}


@pytest.mark.parametrize(
    ("name", "options", "raw", "meant"),
    [
        ("text", {}, "=1+1", "=1+1"),
        ("text", {}, "  +86 ", "+86"),
        ("text", {}, 3.0, "3"),
        ("text", {}, 0.1 + 0.2, "0.3"),
        ("text", {}, "a\tb\u200b", "a b"),
        ("text", {}, "１２号（院）", "１２号（院）"),
        ("text", {}, True, "TRUE"),
        ("text", {}, "同上村二组", "同上村二组"),
        ("place", {}, "以下村", "以下村"),
        ("name", {}, "同尚以", "同尚以"),
        ("long-text", {}, "同上", "同上"),  # an opinion
        ("long-text", {}, "一\r\n二\r三 ", "一\n二\n三"),
        ("place", {}, "新密市 来集镇", "新密市 来集镇"),
        ("name", {}, "㛃𬱖𠅤", "㛃𬱖𠅤"),
        ("name", {}, "张\u3000三", "张三"),
        ("name", {}, "买买提 ・ 艾力", "买买提·艾力"),
        ("name", {}, "买买提．艾力", "买买提·艾力"),
        ("name", {}, "王\ufa0e", "王\ufa0e"),  # a compatibility block's unified ideograph: NFKC must not touch it
        ("name", {}, "王\uf900", "王\uf900"),
        ("name", {}, "王" * 25, "王" * 25),
        ("name", {}, "王\n小明", "王小明"),
        ("name", {}, "欧阳\n正华", "欧阳正华"),
        ("name", {}, "买买提·\n艾力", "买买提·艾力"),
        ("name", {}, "Maria\nGarcia", "Maria Garcia"),
        ("name", {}, "Maria  Garcia", "Maria Garcia"),
        ("money", {"per": "年"}, "2400元/年", Decimal(2400)),
        ("money", {"per": "年"}, "2,400元每年", Decimal(2400)),
        ("money", {"per": "年"}, "2400/年", Decimal(2400)),
        ("money", {"per": "年"}, "0.24万元/年", Decimal(2400)),
        ("sex", {}, "1", "男"),
        ("sex", {}, 2.0, "女"),
        ("sex", {}, "女性", "女"),
        ("ethnicity", {}, "汉", "汉族"),
        ("ethnicity", {}, "01", "汉族"),
        ("ethnicity", {}, 56, "基诺族"),
        ("ethnicity", {}, "维吾尔", "维吾尔族"),
        ("ethnicity", {}, "满 族", "满族"),
        ("education", {}, "大专", "专科"),
        ("education", {}, "中专毕业", "中职"),
        ("education", {}, "初小", "小学"),
        ("education", {}, "初中文化", "初中"),
        ("education", {}, "半文盲", "半文盲"),
        ("education", {}, "70", "初中"),
        ("relation", {}, "老婆", None),
        ("relation", {}, "妻", "妻子"),
        ("relation", {}, "长子", "长子"),
        ("relation", {}, "0", "户主"),
        ("relation", {}, "01", "本人"),
        ("relation", {}, 38, "儿媳"),
        ("date", {}, "2015年3月", MARCH),
        ("date", {}, "2015.3.12", DAY),
        ("date", {}, "2015-03-12", DAY),
        ("date", {}, "２０１５／３", MARCH),
        ("date", {}, "2015 年 3 月 12 日", DAY),
        ("date", {}, "2015年3月12号", DAY),
        ("date", {}, "20150312", DAY),
        ("date", {}, "201503", MARCH),
        ("date", {}, "2015", PartialDate(2015)),
        ("date", {}, "2015-03-12 00:00:00", DAY),
        ("date", {}, "2015-03-12T08:30:00", DAY),
        ("date", {}, "二〇一五年三月十二日", DAY),
        ("date", {}, "二○一五年三月", MARCH),
        ("date", {}, "一九五八年十二月三十一日", PartialDate(1958, 12, 31)),
        ("date", {}, datetime.datetime(2015, 3, 12, 8), DAY),
        ("date", {}, datetime.date(2015, 3, 12), DAY),
        ("date", {}, 42075, DAY),
        ("date", {"epoch": 1904}, 42075 - 1462, DAY),
        ("date", {}, 42075.75, DAY),
        ("date", {}, 2015.0, PartialDate(2015)),
        ("date", {}, 2015.12, PartialDate(2015, 12)),
        ("date", {}, 20150312.0, DAY),
        ("date", {"precision": "month"}, "2015年3月12日", MARCH),
        ("date", {"precision": "month"}, "2015年", PartialDate(2015)),
        ("period", {}, "2015年3月至2016年2月", Period(MARCH, PartialDate(2016, 2))),
        ("period", {}, "2015.3-2016.2", Period(MARCH, PartialDate(2016, 2))),
        ("period", {}, "2015-3-2016-2", Period(MARCH, PartialDate(2016, 2))),
        ("period", {}, "2015.3——2016.2", Period(MARCH, PartialDate(2016, 2))),
        ("period", {}, "2015年3月到12月", Period(MARCH, PartialDate(2015, 12))),
        ("period", {}, "2015年3-12月", Period(MARCH, PartialDate(2015, 12))),
        ("period", {}, "自2015年3月12日至15日止", Period(DAY, PartialDate(2015, 3, 15))),
        ("period", {}, "2015.3至今", Period(MARCH, None)),
        ("period", {}, "2015年3月起", Period(MARCH, None)),
        ("integer", {}, "1，000", 1000),
        ("integer", {}, "4口人", 4),
        ("integer", {}, "45周岁", 45),
        ("integer", {}, "十二", 12),
        ("integer", {}, 4.0, 4),
        ("integer", {}, "-3", -3),
        ("decimal", {}, "１，２３４．５", Decimal("1234.5")),
        ("decimal", {}, 0.1, Decimal("0.1")),
        ("decimal", {}, 0.00001, Decimal("0.00001")),
        ("decimal", {"places": 1}, "0.25", Decimal("0.3")),
        ("percent", {}, "12.5%", Decimal("12.5")),
        ("percent", {}, "0.5％", Decimal("0.5")),
        ("percent", {}, 12.5, Decimal("12.5")),
        ("percent", {}, "百分之30", Decimal(30)),
        ("money", {}, "1,000元", Decimal(1000)),
        ("money", {}, "￥3500.50", Decimal("3500.5")),
        ("money", {}, "0.1万元", Decimal(1000)),
        ("money", {}, "壹仟元整", Decimal(1000)),
        ("money", {}, "人民币伍万元正", Decimal(50000)),
        ("money", {"unit": "万元"}, "1000元", Decimal("0.1")),
        ("money", {"unit": "万元"}, "5", Decimal(5)),
        ("area", {"unit": "亩"}, "3.5亩", Decimal("3.5")),
        ("area", {"unit": "亩"}, "2公顷", Decimal(30)),
        ("area", {"unit": "平方米"}, "120㎡", Decimal(120)),
        ("phone", {}, "138 1234 5678", "13812345678"),
        ("phone", {}, "+86-138-1234-5678", "13812345678"),
        ("phone", {}, 13812345678.0, "13812345678"),
        ("phone", {}, 13812345678, "13812345678"),
        ("phone", {}, "（0371）69880000", "0371-69880000"),
        ("phone", {}, "0371—69880000转12", "0371-69880000-12"),
        ("phone", {}, "69880000", "69880000"),
        ("phone", {}, "400-810-1234", "4008101234"),
        ("phone", {}, "13812345678/13912345678", "13812345678、13912345678"),
        ("disability", {}, "肢体三级", Disability("肢体", "三级")),
        ("disability", {}, "肢体/三级", Disability("肢体", "三级")),
        ("disability", {}, "肢体 3级", Disability("肢体", "三级")),
        ("disability", {}, "肢体残疾Ⅲ级", Disability("肢体", "三级")),
        ("disability", {}, "三级肢体残疾", Disability("肢体", "三级")),
        ("disability", {}, "语言一级", Disability("言语", "一级")),
        ("disability", {}, "视力", Disability("视力", None)),
        ("disability", {}, "贰级", Disability(None, "二级")),
        ("disability-category", {}, 4.0, "肢体"),
        ("disability-category", {}, "肢残", "肢体"),
        ("disability-grade", {}, "叁级", "三级"),
        ("disability-grade", {}, "Ⅲ", "三级"),
        ("disability-grade", {}, 3.0, "三级"),
        ("choice", BOXES, "□务工", "务工"),
        ("choice", BOXES, "□务工 ☑养殖（自营）", "养殖(自营)"),
        ("choice", BOXES, "务工√ 养殖(自营)□", "务工"),
        ("checkbox", {}, "√", True),
        ("checkbox", {}, "☒", True),  # Word's own mark of a ticked box
        ("checkbox", {}, "×", False),
        ("checkbox", {}, 1.0, True),
        ("checkbox", {}, "FALSE", False),
        ("signature", {}, "已签字", True),
        ("seal", {}, "未盖章", False),
        ("table", {"columns": {"n": value_type("integer")}}, [{"n": "3人"}, {"n": ""}, {}], ({"n": 3},)),
    ],
)
def test_is_read_as_meant(name: str, options: dict[str, Any], raw: Any, meant: Any) -> None:
    kind = value_type(name, **options)
    if meant is None:
        with pytest.raises(ValueError, match="F-VALUE"):
            kind.parse(raw)
        return
    value = kind.parse(raw)
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("name", "options", "value", "printed"),
    [
        ("date", {}, DAY, "2015年3月12日"),
        ("date", {"precision": "month"}, DAY, "2015年3月"),
        ("date", {"precision": "year"}, DAY, "2015年"),
        ("period", {"precision": "month"}, Period(DAY, None), "2015年3月至今"),
        ("disability", {"separator": "/"}, Disability("肢体", "三级"), "肢体/三级"),
        ("disability", {"separator": "/"}, Disability(None, "三级"), "三级"),
        ("percent", {"places": 1}, Decimal("12.5"), "12.5%"),
        ("money", {"places": 2}, Decimal(1000), "1000.00"),
        ("decimal", {}, Decimal("1E+3"), "1000"),
        ("checkbox", {}, True, "☑"),
        ("checkbox", {"yes": "是", "no": "否"}, False, "否"),
        ("seal", {}, True, "有"),
    ],
)
def test_is_printed_as_forms_do(name: str, options: dict[str, Any], value: Any, printed: str) -> None:
    assert value_type(name, **options).format(value) == printed
