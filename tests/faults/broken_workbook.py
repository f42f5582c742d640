"""The workbook of samples/xinmi-2015/broken.xlsx: one of each fault that `check` knows, each named in its own row.

`python -m tests.faults.broken_workbook --write` writes broken.xlsx and broken-report.json, what `check` says of it.
Every row with a fault names its code here, so that the report is not only what the program happens to say.
All people are invented. Limits: codes that no workbook, or only a whole workbook of their own, can show are in
`ELSEWHERE` with the reason.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from tests.conftest import SAMPLES
from tests.data.conftest import certificate, id_number

__all__ = ["AS_OF", "ELSEWHERE", "REPORT", "SHEETS", "WORKBOOK", "Sheet", "build", "declared", "report_of"]

WORKBOOK = SAMPLES / "broken.xlsx"
REPORT = SAMPLES / "broken-report.json"
AS_OF = datetime.date(2015, 10, 31)
NOTE = "说明"

_NO_FIELD = "no term of the vocabulary has this type; a programme's own may"
_OWN_FILE = "stops the whole workbook, or needs one without persons"
_OPTION = "about an option of the command line"
_FILLING = "about filling a form from JSON, not about a workbook"
ELSEWHERE: Mapping[str, str] = {
    "F-VALUE-001": "a blank cell of a workbook is no value: F-DATA-020 where it is required",
    "F-DATA-090": "a secret's file, not a workbook",
    "F-VALUE-003": "a list or an object: JSON only",
    "F-VALUE-016": _NO_FIELD,
    "F-VALUE-035": _NO_FIELD,
    "F-VALUE-036": _NO_FIELD,
    "F-VALUE-037": "said of returned forms alone: a dataset keeps the day",
    "F-VALUE-044": "no term of the vocabulary rounds",
    "F-VALUE-045": _NO_FIELD,
    "F-VALUE-047": "every unit of money is a whole number of 元, the only unit of the vocabulary's terms",
    "F-VALUE-060": _NO_FIELD,
    "F-VALUE-061": _NO_FIELD,
    "F-VALUE-070": _NO_FIELD,
    "F-VALUE-071": _NO_FIELD,
    "F-DATA-001": _OWN_FILE,
    "F-DATA-002": _OWN_FILE,
    "F-DATA-013": _OWN_FILE,
    "F-DATA-017": "a format that hides the cell, which the rows of this workbook have not",
    "F-DATA-016": "a line through the text: a format, which the rows of this workbook have not",
    "F-DATA-023": "needs a roster without household numbers",
    "F-DATA-024": "needs a roster without towns",
    "F-DATA-007": _OPTION,
    "F-DATA-008": _OPTION,
    "F-DATA-080": _OPTION,
    "F-DATA-081": _OPTION,
    "F-DATA-070": _FILLING,
    "F-DATA-071": _FILLING,
    "F-DATA-072": _FILLING,
    "F-DATA-073": _FILLING,
}


@dataclass
class Sheet:
    """One sheet: title rows, a header of one row or two, rows by label, and what is wrong with the sheet as a whole.

    `faults` are the codes of a row, by the label of the column it is marked in; "" is the row as a whole. The keys
    "sheet" and "header" hold those of the sheet and of its header.
    """

    name: str
    labels: tuple[str, ...]
    title: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_hidden: bool = False
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    faults: list[tuple[int | str, str, str]] = field(default_factory=list)

    def clean(self, **cells: Any) -> None:
        self.rows.append(cells)

    def bad(self, code: str, label: str, note: str, **cells: Any) -> None:
        """A row with one fault. Cells that are not given stay blank."""
        self.faults.append((len(self.rows), label, code))
        self.rows.append({**cells, NOTE: f"{code}：{note}"})

    def says(self, code: str, where: str, label: str = "") -> None:
        """A fault of the "sheet" or its "header"."""
        self.faults.append((where, label, code))

    @property
    def first_row(self) -> int:
        """The number of the first row of data, as people count."""
        return 1 + bool(self.title) + (2 if self.groups else 1)

    def cell(self, row: int | str, label: str) -> str:
        if row == "sheet":
            return ""
        number = self.first_row + row if isinstance(row, int) else self.first_row - 1
        return f"{chr(65 + self.labels.index(label))}{number}" if label else str(number)


class _People:
    """Rows of persons, every one with a name, numbers and a household of its own."""

    surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
    given = ("建国", "秀英", "明军", "桂兰", "志强", "玉珍")

    def __init__(self) -> None:
        self.count = 0

    def row(self, **cells: Any) -> dict[str, Any]:
        self.count += 1
        number = self.count
        birth = f"{1950 + number % 45}{number % 12 + 1:02}{number % 28 + 1:02}"
        base = {
            "序号": number,
            "乡(镇)街道办事处": "来集镇",
            "村(社区)": "王堂村",
            "户号": f"{number:03}",
            "姓名": self.surnames[number % 30] + self.given[number // 30 % 6],
            "性别": "男",
            "民族": "汉族",
            "出生年月": f"{birth[:4]}年{int(birth[4:6])}月",
            "文化程度": "初中",
            "残疾类别": "肢体",
            "残疾等级": "三级",
            "残疾人证号": certificate(number * 2 + 1, birth),
            "家庭住址": f"来集镇王堂村{number % 8 + 1}组{number}号",
            "联系电话": f"138{number * 7919 % 10**8:08}",
            "家庭人口": 4,
            "家庭人均纯收入(元/年)": 2300,
            "人均住房面积(平方米)": 18.5,
            "享受低保": "否",
        }
        return {**base, **cells}


def _persons(people: _People) -> Sheet:
    labels = "序号 乡(镇)街道办事处 村(社区) 户号 姓名 性别 民族 出生年月 年龄 文化程度 残疾类别 残疾等级 残疾人证号"
    labels += " 身份证号 家庭住址 联系电话 家庭人口 家庭人均纯收入(元/年) 人均住房面积(平方米) 享受低保 所在基地 说明"
    sheet = Sheet("残疾人", tuple(labels.split()), "新密市农村贫困残疾人花名册（检查示例，人员均为虚构）")
    row, bad = people.row, sheet.bad
    sheet.clean(**row(说明="正确的一行", 所在基地="惠民养殖公司"))
    sheet.clean(**row(姓名="李㛃", 说明="正确：生僻字", 所在基地="惠民养殖公司"))
    shared = {"户号": "900", "说明": "正确：同一户两名残疾人"}
    sheet.clean(**row(**shared))
    sheet.clean(**row(**shared))
    _cells(bad, row)
    _numbers(bad, row)
    _dates_and_figures(bad, row)
    _records(sheet, row)
    _rules(bad, row)
    return sheet


def _cells(bad: Any, row: Any) -> None:
    bad("F-VALUE-002", "家庭住址", "含控制字符", **row(家庭住址="来集镇王堂村\x075组"))
    bad("F-VALUE-006", "性别", "不是性别", **row(性别="不详"))
    bad("F-VALUE-007", "家庭住址", "单行栏目里有换行", **row(家庭住址="来集镇王堂村\n5组8号"))
    bad("F-VALUE-008", "户号", "户号变成了科学计数法", **row(户号="4.1E+11"))
    bad("F-VALUE-009", "户号", "户号“1-2”被改成日期", **row(户号=datetime.date(2015, 1, 2)))
    bad("F-VALUE-010", "村(社区)", "村名只有数字", **row(**{"村(社区)": "101"}))
    bad("F-VALUE-011", "家庭住址", "转码时丢了一个字", **row(家庭住址="来集镇王�村5组9号"))
    bad("F-VALUE-012", "姓名", "自造字", **row(姓名="马\ue123"))
    bad("F-VALUE-013", "姓名", "间隔号不标准", **row(姓名="买买提・艾力", 民族="维吾尔族"))
    bad("F-VALUE-014", "姓名", "用问号代替生僻字", **row(姓名="张?"))
    bad("F-VALUE-015", "文化程度", "不是标准用语", **row(文化程度="大专"))
    bad("F-VALUE-018", "享受低保", "看不出是或否", **row(享受低保="待定"))
    bad("F-VALUE-019", "家庭住址", "用“同上”代替住址", **row(家庭住址="同上"))
    bad("F-VALUE-038", "姓名", "填充字样写在姓名栏", **row(姓名="以下空白"))
    bad("F-VALUE-039", "姓名", "两个人写在一格", **row(姓名="马来福\n马金花"))
    bad("F-DATA-014", "家庭住址", "公式出错", **row(家庭住址="=NA()"))
    bad("F-DATA-015", "家庭住址", "公式没有保存结果", **row(家庭住址="=B19&C19"))
    bad("F-DATA-020", "姓名", "没有姓名", **row(姓名=None))
    bad("F-DATA-022", "村(社区)", "没有村", **row(**{"村(社区)": None}))


def _numbers(bad: Any, row: Any) -> None:
    key, own = "残疾人证号", "身份证号"
    sound = certificate(911, "19620715")
    wrong_check = f"{sound[:17]}{'1' if sound[17] != '1' else '2'}{sound[18:]}"
    bad("F-VALUE-004", key, "长号码存成了数值", **row(残疾人证号=float(sound)))
    bad("F-VALUE-005", own, "长号码变成了科学计数法", **row(身份证号="4.10183E+17"))
    bad("F-VALUE-020", own, "身份证号少了几位", **row(身份证号="41018319620715"))
    bad("F-VALUE-021", key, "校验码不对，抄错一位", **row(残疾人证号=wrong_check))
    bad("F-VALUE-022", own, "2 月 30 日不存在", **row(身份证号="410183196202309013"))
    bad("F-VALUE-023", own, "15 位旧号码", **row(身份证号="410183620715911"))
    unknown = row(出生年月="1962年7月")
    bad("F-VALUE-024", key, "没有这个地区码", **{**unknown, key: _of_area("999999", "19620715901") + "43"})
    zeros = row(出生年月="1963年8月", 性别="女")
    bad("F-VALUE-025", key, "顺序码为 000", **{**zeros, key: certificate(0, "19630816")})
    bad("F-VALUE-026", key, "残疾人证号少一位", **row(残疾人证号=sound[:19]))
    bad("F-VALUE-027", key, "填成了身份证号", **row(残疾人证号=sound[:18]))
    bad("F-VALUE-028", key, "第 19 位不是残疾类别", **row(残疾人证号=f"{sound[:18]}93"))
    bad("F-VALUE-029", key, "第 20 位不是残疾等级", **row(残疾人证号=f"{sound[:18]}48"))
    bad("F-DATA-030", own, "两个号码不是同一人", **row(身份证号=id_number("19640101", 903)))


def _of_area(area: str, rest: str) -> str:
    """An ID number of another area with the right check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    body = area + rest
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def _dates_and_figures(bad: Any, row: Any) -> None:
    income, housing = "家庭人均纯收入(元/年)", "人均住房面积(平方米)"
    bad("F-VALUE-030", "出生年月", "不是日期", **row(出生年月="不详"))
    bad("F-VALUE-031", "出生年月", "没有这一天", **row(出生年月="1962年2月30日"))
    bad("F-VALUE-032", "出生年月", "年份只有两位", **row(出生年月="62年7月"))
    bad("F-VALUE-033", "出生年月", "1 月还是 10 月", **row(出生年月=1962.1))
    bad("F-VALUE-040", "家庭人口", "不是整数", **row(家庭人口="若干"))
    bad("F-VALUE-041", income, "不是数字", **row(**{income: "两千左右"}))
    bad("F-VALUE-042", "家庭人口", "人数有小数", **row(家庭人口=3.5))
    bad("F-VALUE-043", housing, "面积为负数", **row(**{housing: -5}))
    bad("F-VALUE-046", housing, "单位不对", **row(**{housing: "0.1亩"}))
    bad("F-VALUE-048", income, "以万元为单位", **row(**{income: "0.2万元"}))
    bad("F-VALUE-049", income, "空格分开千位", **row(**{income: "1 300"}))
    bad("F-VALUE-052", "家庭人口", "两个数，还是一个数", **row(家庭人口="1 2"))
    bad("F-VALUE-051", income, "收入为负数", **row(**{income: -1300}))
    bad("F-VALUE-050", "联系电话", "电话少了几位", **row(联系电话="13800"))


def _records(sheet: Sheet, row: Any) -> None:
    bad, clean = sheet.bad, sheet.clean
    bad("F-DATA-031", "性别", "与身份证号推算的不一致", **row(性别="女"))
    bad("F-DATA-032", "年龄", "与身份证号推算的不一致", **row(年龄=99))
    first = row(说明="正确：被下面几行引用")
    clean(**first)
    same = {key: first[key] for key in ("姓名", "出生年月", "残疾人证号")}
    bad("F-DATA-040", "残疾人证号", "残疾人证号重复", **row(**same))
    other = row(说明="正确：被下一行引用")
    clean(**other)
    number = {"残疾人证号": other["残疾人证号"][:18] + "44", "身份证号": other["残疾人证号"][:18], "残疾等级": "四级"}
    bad("F-DATA-041", "身份证号", "身份证号重复", **row(姓名=other["姓名"], 出生年月=other["出生年月"], **number))
    clean(**row(姓名="赵来喜", 出生年月="1970年5月", 残疾人证号=certificate(905, "19700506"), 说明="正确"))
    elsewhere = {"村(社区)": "马寨村", "残疾人证号": certificate(907, "19700506"), "出生年月": "1970年5月"}
    bad("F-DATA-042", "姓名", "同名同日生的人也在别的村", **row(姓名="赵来喜", **elsewhere))
    clean(**row(户号="910", 说明="正确：户主"))
    income = "家庭人均纯收入(元/年)"
    bad("F-DATA-050", income, "与同户上一行不一致", **row(户号="910", **{income: 2100}))
    twin = row(说明="正确")
    clean(**twin)
    bad("F-DATA-052", "户号", "同址同电话，户号不同", **row(家庭住址=twin["家庭住址"], 联系电话=twin["联系电话"]))
    bad("F-DATA-065", "所在基地", "基地表中没有", **row(所在基地="惠民养殖厂"))
    unsettled = {"乡(镇)街道办事处": None, "村(社区)": "东沟村"}
    bad("F-DATA-066", "村(社区)", "两个乡镇都有东沟村，没写乡镇", **row(**unsettled))
    for index in range(2):
        clean(**row(姓名="周同名", 说明=f"正确：同名的第{index + 1}人"))


def _rules(bad: Any, row: Any) -> None:
    income = "家庭人均纯收入(元/年)"
    bad("F-RULE-001", income, "收入不低于贫困线，也不低于村平均", **row(**{income: 9000}))
    bad("F-RULE-002", income, "收入不低于贫困线，低于村平均", **row(**{income: 3000}))
    bad("F-RULE-003", income, "没有村人均纯收入，无法判断", **row(**{income: 3000, "村(社区)": "马寨村"}))


def _roster(people: _People) -> Sheet:
    """Persons under a two-row header, with the faults of headers and of pairings that stand in a person's row."""
    labels = (
        "序号 乡镇 村 户号 姓名 残疾类别及等级 残疾人证号 本人愿望 家人愿望 联系电话 手机号 银行账号 人均纯收入(万元)"
    )
    labels += " 帮扶人姓名 帮扶项目 说明"
    groups = {"就业愿望": ("本人愿望", "家人愿望")}
    sheet = Sheet("花名册", tuple(labels.split()), "两行表头的花名册", groups)
    sheet.says("F-DATA-006", "header", "手机号")
    sheet.says("F-DATA-004", "header", "银行账号")
    sheet.says("F-DATA-009", "header", "人均纯收入(万元)")

    def row(**cells: Any) -> dict[str, Any]:
        whole = people.row(乡镇="来集镇", 村="王堂村", 残疾类别及等级="肢体三级", 本人愿望="在家养殖")
        return {key: value for key, value in {**whole, **cells}.items() if key in labels.split()}

    extra = {"手机号": "13900000001", "银行账号": "6217000000000000001", "人均纯收入(万元)": 0.23}
    sheet.clean(**row(帮扶人姓名="李帮扶", 帮扶项目="肉羊养殖", 说明="正确", **extra))
    sheet.bad("F-VALUE-017", "残疾类别及等级", "看不懂", **row(残疾类别及等级="不清楚"))
    sheet.bad("F-RULE-011", "帮扶人姓名", "有项目而没有帮扶人", **row(帮扶项目="肉羊养殖"))
    sheet.bad("F-RULE-012", "帮扶项目", "有帮扶人而没有项目", **row(帮扶人姓名="李帮扶"))
    return sheet


def _members() -> tuple[Sheet, Sheet]:
    labels = ("序号", "村(社区)", "户号", "成员姓名", "与户主关系", "成员年龄", NOTE)
    sheet = Sheet("家庭成员", labels, "家庭成员登记")
    sheet.says("F-DATA-011", "sheet")
    home = {"村(社区)": "王堂村", "与户主关系": "妻子"}
    sheet.clean(
        序号=1,
        户号="001",
        成员姓名="刘春梅",
        成员年龄=45,
        说明="正确；下面的空行、重复表头、合计和表尾说明会跳过",
        **home,
    )
    sheet.clean()
    sheet.clean(**{label: label for label in labels})
    sheet.bad("F-DATA-064", "户号", "名册中没有这一户", 序号=2, 户号="888", 成员姓名="刘春梅", **home)
    sheet.clean(序号="合计", 成员年龄=45)
    sheet.clean(序号="填表人：王五")
    nameless = Sheet("成员", ("村(社区)", "户号", "与户主关系", NOTE))
    nameless.says("F-DATA-021", "header")
    nameless.clean(户号="001", 说明="F-DATA-021：缺少“成员姓名”列", **home)
    return sheet, nameless


def _household() -> Sheet:
    sheet = Sheet("家庭", ("乡镇", "村(社区)", "户号", "家庭人口", NOTE))
    home = {"乡镇": "来集镇", "村(社区)": "王堂村", "家庭人口": 4}
    sheet.clean(户号="001", 说明="正确", **home)
    sheet.bad("F-DATA-068", "户号", "名册中没有这一户的残疾人", 户号="889", **home)
    return sheet


def _helpers() -> Sheet:
    sheet = Sheet("帮扶人", ("帮扶人姓名", "帮扶人职务", "帮扶组织", "帮扶人电话", NOTE))
    rest = {"帮扶人职务": "村党支部委员", "帮扶组织": "来集镇王堂村党支部"}
    for index, name in enumerate(("李帮扶", "孙帮扶", "吴帮扶", "钱同名", "钱同名")):
        sheet.clean(帮扶人姓名=name, 帮扶人电话=f"1370000000{index}", 说明="正确", **rest)
    sheet.bad("F-DATA-043", "帮扶人姓名", "与第一行重复", 帮扶人姓名="李帮扶", 帮扶人电话="13700000000", **rest)
    return sheet


def _pairings(people: Sequence[Mapping[str, Any]]) -> tuple[Sheet, Sheet]:
    labels = ("序号", "残疾人证号", "残疾人姓名", "帮扶人姓名", "帮扶人电话", "帮扶项目", "帮扶起始时间", NOTE)
    sheet = Sheet("结对", labels, "结对帮扶登记")
    first, second = people[0], people[1]
    one = {"残疾人证号": first["残疾人证号"], "残疾人姓名": first["姓名"]}
    two = {"残疾人证号": second["残疾人证号"], "残疾人姓名": second["姓名"]}
    rest = {"帮扶人姓名": "李帮扶", "帮扶项目": "肉羊养殖", "帮扶起始时间": "2015年3月"}
    sheet.clean(**one, **{**rest, "说明": "正确"})
    sheet.bad("F-VALUE-034", "帮扶起始时间", "年份写错", **one, **{**rest, "帮扶起始时间": "2115年3月"})
    sheet.bad("F-DATA-060", "残疾人证号", "名册中没有这个人", **rest, 残疾人证号=certificate(999, "19661111"))
    sheet.bad("F-DATA-061", "残疾人姓名", "名册中有两个周同名", **rest, 残疾人姓名="周同名")
    sheet.bad("F-DATA-062", "帮扶人姓名", "帮扶人表中没有", **one, **{**rest, "帮扶人姓名": "李帮助"})
    sheet.bad("F-DATA-063", "帮扶人姓名", "两个钱同名，没写电话", **one, **{**rest, "帮扶人姓名": "钱同名"})
    sheet.bad("F-DATA-067", "残疾人姓名", "与名册的姓名不一致", **{**one, "残疾人姓名": "王建囯"}, **rest)
    for name in ("李帮扶", "孙帮扶"):
        sheet.clean(**two, **{**rest, "帮扶人姓名": name, "说明": "正确：第二户的帮扶人"})
    sheet.bad("F-RULE-010", "帮扶人姓名", "一户有三名帮扶人", **two, **{**rest, "帮扶人姓名": "吴帮扶"})
    unclear = Sheet("结对登记", ("残疾人证号", "帮扶人姓名", "联系电话", "帮扶项目", NOTE))
    unclear.says("F-DATA-005", "header", "联系电话")
    note = "F-DATA-005：联系电话可能是残疾人的，也可能是帮扶人的"
    unclear.clean(
        残疾人证号=people[2]["残疾人证号"], 帮扶人姓名="李帮扶", 联系电话="13700000000", 帮扶项目="肉羊养殖", 说明=note
    )
    return sheet, unclear


def _places() -> Sheet:
    income = "村人均纯收入(元/年)"
    sheet = Sheet("村", ("乡(镇)街道办事处", "村(社区)", income, NOTE))
    for town, village in (("来集镇", "王堂村"), ("来集镇", "东沟村"), ("米村镇", "东沟村"), ("米村镇", "西沟村")):
        sheet.clean(**{"乡(镇)街道办事处": town, "村(社区)": village, income: 8000, NOTE: "正确"})
    again = {"乡(镇)街道办事处": "米村镇", "村(社区)": "西沟村", income: 8500}
    sheet.bad("F-DATA-051", income, "与上一行的同一个村不一致", **again)
    return sheet


def _bases() -> Sheet:
    labels = "乡(镇)街道办事处 村(社区) 产业集聚区党组织 企业名称 持证残疾人数 拟申请省级扶持资金 说明"
    sheet = Sheet("基地", tuple(labels.split()))
    home = {"乡(镇)街道办事处": "来集镇", "村(社区)": "王堂村", "产业集聚区党组织": "来集镇产业集聚区党总支"}
    fund = "拟申请省级扶持资金"
    sheet.clean(企业名称="兴业服装公司", 持证残疾人数=75, **{fund: 200000}, **home, 说明="正确")
    sheet.bad(
        "F-RULE-020", fund, "安置人数不足 70 人", 企业名称="小微手工公司", 持证残疾人数=20, **{fund: 200000}, **home
    )
    sheet.bad(
        "F-RULE-021", fund, "金额与标准不一致", 企业名称="大河蔬菜公司", 持证残疾人数=80, **{fund: 100000}, **home
    )
    sheet.bad("F-RULE-022", "持证残疾人数", "花名册中只有 2 人", 企业名称="惠民养殖公司", 持证残疾人数=5, **home)
    return sheet


def _plan() -> Sheet:
    years = tuple(f"{year}年" for year in range(2015, 2021))
    sheet = Sheet("任务", ("任务单位", *years, "合计", NOTE), "任务分配计划")
    sheet.says("F-RULE-040", "sheet")
    towns = "米村镇 袁庄乡 牛店镇 平陌镇 超化镇 大隗镇 苟堂镇 刘寨镇 曲梁镇 白寨镇 岳村镇 来集镇 城关镇 西大街办事处"
    for town in (*towns.split(), "青屏街办事处", "新华路办事处", "矿区办事处"):
        sheet.clean(任务单位=town, 合计=180, **dict.fromkeys(years, 30))
    note = "F-RULE-040：少 1 户，全市合计不到 3240 户"
    sheet.rows[0] = {**sheet.rows[0], "2015年": 29, "合计": 179, NOTE: note}
    sheet.bad(
        "F-RULE-041",
        "合计",
        "合计与各年之和不一致",
        任务单位="尖山风景区管理委员会",
        合计=190,
        **dict.fromkeys(years, 30),
    )
    return sheet


def _odd_sheets() -> tuple[Sheet, Sheet, Sheet]:
    unknown = Sheet("通讯录", ("科室", "分机", "楼层"))
    unknown.says("F-DATA-003", "sheet")
    unknown.clean(科室="办公室", 分机="8001", 楼层="三楼")
    hidden = Sheet("旧名册", ("姓名", "残疾人证号"), is_hidden=True)
    hidden.says("F-DATA-010", "sheet")
    hidden.clean(姓名="王旧", 残疾人证号=certificate(997, "19510101"))
    empty = Sheet("帮扶责任人", ("帮扶人姓名", "帮扶人电话"))
    empty.says("F-DATA-012", "sheet")
    return unknown, hidden, empty


def _sheets() -> tuple[Sheet, ...]:
    people = _People()
    persons = _persons(people)
    roster = _roster(people)
    rest = (*_members(), _household(), _helpers(), *_pairings(persons.rows), _places(), _bases(), _plan())
    return (persons, roster, *rest, *_odd_sheets())


SHEETS = _sheets()


def declared() -> list[tuple[str, str, str]]:
    """(code, sheet, cell) of every fault, as its row declares it."""
    return [(code, sheet.name, sheet.cell(row, label)) for sheet in SHEETS for row, label, code in sheet.faults]


def build() -> bytes:
    """The workbook, the same bytes every time."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "formgen: one of each fault", "created": datetime.datetime(2015, 1, 1)})
    for sheet in SHEETS:
        _write_sheet(book, sheet)
    book.close()
    return stream.getvalue()


def _write_sheet(book: Any, sheet: Sheet) -> None:
    head = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#DDEBF7", "border": 1, "text_wrap": True}
    )
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    page = book.add_worksheet(sheet.name)
    if sheet.is_hidden:
        page.hide()
    for column, width in enumerate(_widths(sheet)):
        page.set_column(column, column, width)
    if sheet.title:
        page.merge_range(0, 0, 0, len(sheet.labels) - 1, sheet.title, title)
    top = sheet.first_row - 2
    for column, label in enumerate(sheet.labels):
        group = next((name for name, children in sheet.groups.items() if label in children), "")
        if sheet.groups and not group:
            page.merge_range(top - 1, column, top, column, label, head)
        else:
            page.write_string(top, column, label, head)
    for name, children in sheet.groups.items():
        left = sheet.labels.index(children[0])
        page.merge_range(top - 1, left, top - 1, left + len(children) - 1, name, head)
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, top)
    day = book.add_format({"num_format": "m-d"})
    text = book.add_format({"num_format": "@"})
    for offset, cells in enumerate(sheet.rows):
        for label, value in cells.items():
            if label in sheet.labels and value is not None:
                _write_cell(page, top + 1 + offset, sheet.labels.index(label), value, day, text)


def _widths(sheet: Sheet) -> Iterator[int]:
    wide = {NOTE: 52, "残疾人证号": 23, "身份证号": 20, "家庭住址": 24, "联系电话": 13, "帮扶人电话": 13, "姓名": 12}
    for label in sheet.labels:
        yield wide.get(label, max(8, len(label) * 2 + 1) if len(label) < 7 else 13)


def _write_cell(page: Any, row: int, column: int, value: Any, day: Any, text: Any) -> None:
    if isinstance(value, datetime.date):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value)
    elif value.startswith("="):
        page.write_formula(row, column, value, None, "#N/A" if value == "=NA()" else "")
    else:
        page.write_string(row, column, value, text)


def report_of(problems: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> dict[str, Any]:
    """What is kept of `check --json`: the problems' codes and places, and how many records remain."""
    keys = ("code", "severity", "part", "cell", "label")
    severities = Counter(problem["severity"] for problem in problems)
    return {
        "severities": dict(sorted(severities.items())),
        "counts": dict(counts),
        "problems": [{key: problem[key] for key in keys} for problem in problems],
    }


def _write() -> None:
    from formgen import Catalogue, open_dataset

    WORKBOOK.write_bytes(build())
    with open_dataset(WORKBOOK, Catalogue().programme("xinmi-2015"), today=AS_OF) as dataset:
        report = report_of([problem.as_json("en") for problem in dataset.problems], dataset.counts)
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("python -m tests.faults.broken_workbook --write")
    _write()
