"""Synthetic datasets: invented people, valid by construction, the same bytes for the same seed.

For trying out, for load, for tests. No name, number or address is a real person's: numbers carry a right check
digit over random parts, names are drawn from lists. Rows stream: 100,000 households need no more memory than ten.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from formgen.files import write_whole
from formgen.forms.catalogue import Programme

__all__ = ["SHEETS", "write_sample"]

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛")
GIVEN = "建国华明军平志强文秀英桂兰玉珍春梅红霞海涛晓东卫民金凤云鹏永福长顺喜来保山素琴铁柱大根二妮小妞"
RARE_CHARACTERS = ("㛃", "𬱖", "𠅤", "䶮", "𬭎")
"""Extensions A, B and F and the last of the basic block: every twentieth name has one, every hundredth a separator."""
MINORITIES = ("回族", "满族", "蒙古族", "维吾尔族", "土家族")
EDUCATION = ("小学", "初中", "高中", "文盲", "中职", "专科")
VILLAGE_HEADS = "东西南北上下前后大小新老中"
VILLAGE_TAILS = "沟庄河坡岭店寨湾岗营窑洼"
WISHES = ("在家养殖", "就近务工", "学习电商", "种植大棚蔬菜", "学一门手艺", "进扶贫车间做手工")
PROJECTS = ("肉羊养殖", "蛋鸡养殖", "食用菌种植", "大棚蔬菜", "金银花种植", "手工编织", "小型加工")
NEEDS = ("缺少技术", "缺少启动资金", "缺少销路", "行动不便，需上门指导")
POSTS = ("村党支部书记", "村党支部委员", "党员致富带头人", "村委会委员")
CATEGORY_DIGITS = "1234567"
AREA_CODE = "410183"
BIRTH_DAYS = 48 * 365
"""Prime to 7919, so that a step of 7919 days visits every day once before any comes back."""
LONG_APPLICATION = (
    "本人因{year}年患病致残，长期服药，家中有老人需要赡养、孩子正在上学，全家收入主要靠几亩薄田和亲友接济，"
    "生活十分困难。现村里有“农村基层党组织助残扶贫工程”的好政策，本人愿意在党员干部的帮助下发展{project}项目，"
    "学习实用技术，依靠自己的双手增加收入、早日脱贫。本人保证所填内容真实，项目资金专款专用，"
    "自觉接受村党支部和村民的监督，项目见效后愿意带动其他残疾人一起干。特此申请，恳请批准。"
)
SHORT_APPLICATION = "本人家庭困难，愿意发展{project}，特此申请帮扶。"

SHEETS: Mapping[str, Sequence[str]] = {
    name: tuple(labels.split())
    for name, labels in {
        "残疾人": "序号 乡(镇)街道办事处 村(社区) 户号 姓名 性别 民族 出生年月 文化程度 残疾类别 残疾等级"
        " 残疾人证号 身份证号 家庭住址 联系电话 家庭人口 家庭人均纯收入(元/年) 人均住房面积(平方米)"
        " 残疾人本人愿望 其他家人愿望 个人申请 所在基地",
        "家庭成员": "乡(镇)街道办事处 村(社区) 户号 成员姓名 与户主关系 成员性别 成员年龄",
        "帮扶人": "帮扶人姓名 帮扶人职务 帮扶组织 帮扶人电话",
        "结对": "残疾人证号 残疾人姓名 帮扶人姓名 帮扶人电话 帮扶项目 帮扶起始时间 帮扶需求",
        "村": "乡(镇)街道办事处 村(社区) 村人均纯收入(元/年)",
        "基地": "乡(镇)街道办事处 村(社区) 产业集聚区党组织 第一责任人 第一责任人性别 第一责任人职务 企业名称 企业类型"
        " 拟扶持户数 持证残疾人数 人均纯收入(元/年) 享受低保户数 效益预测 拟申请省级扶持资金 市扶持 县扶持",
    }.items()
}
COLUMN_WIDTHS = {
    "残疾人证号": 23,
    "身份证号": 20,
    "家庭住址": 30,
    "个人申请": 40,
    "效益预测": 40,
    "联系电话": 14,
    "帮扶人电话": 14,
}


@dataclass(frozen=True)
class _Village:
    town: str
    name: str
    average_income: int


@dataclass
class _Base:
    village: _Village
    company: str
    households: int = 0
    persons: int = 0


@dataclass
class _Draw:
    """The dice of one run. Serial numbers keep every certificate, phone and household apart."""

    dice: random.Random
    serial: int = 0
    phones: int = 0
    first_day: int = 0
    bases: dict[str, _Base] = field(default_factory=dict)

    def name(self, number: int) -> str:
        if number % 20 == 7:
            given = self.dice.choice(GIVEN)
            rare = RARE_CHARACTERS[number // 20 % len(RARE_CHARACTERS)]
            return f"阿依{given}·买买提{rare}" if number % 100 == 87 else self.dice.choice(SURNAMES) + rare + given
        surname = self.dice.choice(DOUBLE_SURNAMES) if number % 25 == 11 else self.dice.choice(SURNAMES)
        return surname + "".join(self.dice.sample(GIVEN, self.dice.choice((1, 2, 2))))

    def id_number(self, is_male: bool) -> tuple[str, date]:
        """An ID number and its birth date; day and sequence follow a serial number, so that no two are the same."""
        from stdnum.cn.ric import calc_check_digit

        self.serial += 1
        birth = date(1950, 1, 1) + timedelta((self.serial * 7919 + self.first_day) % BIRTH_DAYS)
        sequence = (self.serial // BIRTH_DAYS % 499 + 1) * 2 + is_male
        body = f"{AREA_CODE}{birth:%Y%m%d}{sequence:03d}"
        return body + str(calc_check_digit(body + "0")), birth

    def phone(self) -> str:
        self.phones += 1
        return f"1{self.dice.choice('3578')}{self.dice.randrange(10)}{self.phones * 7919 % 100_000_000:08d}"


def write_sample(programme: Programme, path: Path, households: int, seed: int) -> dict[str, int]:
    """Write a dataset workbook and return how many rows each sheet has.

    Raises:
        OutputError (F-FILE-006, F-FILE-007).
    """
    import xlsxwriter

    dice = random.Random(f"{programme.id}/{households}/{seed}")
    draw = _Draw(dice, first_day=dice.randrange(BIRTH_DAYS))
    counts = dict.fromkeys(SHEETS, 0)
    stream = io.BytesIO()  # a disk that fills up under an open archive makes Python print a traceback of its own
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "formgen sample", "created": datetime(2015, 1, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheets = {name: _new_sheet(book, name) for name in SHEETS}
    for name, row in _rows(programme, draw, households):
        counts[name] += 1
        for column, value in enumerate(row):
            _write_cell(sheets[name], counts[name], column, value, day)
    book.close()
    write_whole(path, stream.getvalue())
    return counts


def _new_sheet(book: Any, name: str) -> Any:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "align": "center", "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for column, label in enumerate(SHEETS[name]):
        is_text = label.endswith(("号", "电话", "编号"))
        sheet.set_column(column, column, COLUMN_WIDTHS.get(label, 13), text if is_text else None)
        sheet.write_string(0, column, label, head)
    sheet.freeze_panes(1, 0)
    return sheet


def _write_cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def _rows(programme: Programme, draw: _Draw, households: int) -> Iterator[tuple[str, Sequence[Any]]]:
    villages = _villages(programme, draw, households)
    for village in villages:
        yield "村", (village.town, village.name, village.average_income)
    person_number = 0
    for index in range(households):
        village = villages[index * len(villages) // households]
        members = 3 if index % 16 == 9 else 2 if index % 5 == 3 else 1
        yield from _household(draw, village, index, members, person_number)
        person_number += members
    for base in draw.bases.values():
        yield "基地", _base_row(draw, base)


def _villages(programme: Programme, draw: _Draw, households: int) -> list[_Village]:
    """A village for every six households, at most 350 (a county's), spread over the programme's own towns."""
    towns = list(programme.data.get("places", ())) or ["第一镇", "第二镇", "第三镇"]
    towns = towns[: max(1, min(len(towns), -(-households // 16)))]
    count = max(1, min(350, -(-households // 6)))
    names = [f"{head}{tail}村" for tail in VILLAGE_TAILS for head in VILLAGE_HEADS]
    return [
        _Village(
            towns[index * len(towns) // count],
            names[index % len(names)] if index < len(names) else f"{names[index % len(names)][:-1]}{index}村",
            draw.dice.randrange(6000, 9500, 50),
        )
        for index in range(count)
    ]


def _household(
    draw: _Draw, village: _Village, index: int, disabled: int, first_number: int
) -> Iterator[tuple[str, Sequence[Any]]]:
    dice = draw.dice
    number = f"{index + 1:04d}"
    relatives = dice.randrange(1, 4)
    facts = (disabled + relatives, dice.randrange(1200, 2750, 10), dice.choice((12, 15.5, 18, 20.5, 24)))
    address = f"{village.town}{village.name}{dice.randrange(1, 9)}组{dice.randrange(1, 99)}号"
    base = _base_of(draw, village) if index % 12 == 5 else None
    project = dice.choice(PROJECTS)
    helper, helper_phone = draw.name(index * 3 + 1), draw.phone()
    yield "帮扶人", (helper, dice.choice(POSTS), f"{village.town}{village.name}党支部", helper_phone)
    for offset in range(disabled):
        row = _person_row(draw, village, number, first_number + offset, facts, address, project, base)
        yield "残疾人", row
        if offset == 0:
            start = f"2015年{dice.randrange(3, 10)}月" if index % 2 else date(2015, dice.randrange(3, 10), 1)
            yield "结对", (row[11], row[4], helper, helper_phone, project, start, dice.choice(NEEDS))
    if base:
        base.households += 1
        base.persons += disabled
    for offset in range(relatives):
        relation, sex, age = (("妻子", "女", 45), ("长子", "男", 16), ("母亲", "女", 72))[offset]
        yield "家庭成员", (village.town, village.name, number, draw.name(offset * 7 + 2), relation, sex, age)


def _person_row(
    draw: _Draw,
    village: _Village,
    household: str,
    number: int,
    facts: tuple[Any, ...],
    address: str,
    project: str,
    base: _Base | None,
) -> Sequence[Any]:
    dice = draw.dice
    is_male = dice.random() < 0.55
    id_number, birth = draw.id_number(is_male)
    category, grade = dice.choice(CATEGORY_DIGITS), dice.choice("1234")
    suffix = "B1" if number % 30 == 12 else ""
    is_blank = number % 6 == 4
    application = LONG_APPLICATION if number % 9 == 2 else SHORT_APPLICATION
    return (
        number + 1,
        village.town,
        village.name,
        household,
        draw.name(number),
        "" if is_blank else "男" if is_male else "女",
        dice.choice(MINORITIES) if number % 11 == 3 else "汉族",
        "" if is_blank else birth if number % 2 else f"{birth.year}年{birth.month}月",
        "" if number % 7 == 5 else dice.choice(EDUCATION),
        "" if is_blank else ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")[int(category) - 1],
        "" if is_blank else f"{'一二三四'[int(grade) - 1]}级",
        f"{id_number}{category}{grade}{suffix}",
        "" if number % 4 == 1 else id_number,
        address,
        draw.phone() if number % 8 else f"0371-6{number % 10_000_000:07d}",
        *facts,
        dice.choice(WISHES),
        dice.choice(WISHES) if number % 3 else "",
        "" if number % 10 == 8 else application.format(year=max(birth.year + 15, 1990), project=project),
        base.company if base else "",
    )


def _base_of(draw: _Draw, village: _Village) -> _Base:
    company = f"{village.town.rstrip('镇乡')}惠民{'种养殖' if len(draw.bases) % 2 else '服装加工'}有限公司"
    return draw.bases.setdefault(company, _Base(village, company))


def _base_row(draw: _Draw, base: _Base) -> Sequence[Any]:
    province = 200_000 if base.persons >= 70 else 0
    city = 50_000 if 30 <= base.persons < 70 else 0
    return (
        base.village.town, base.village.name, f"{base.village.town}产业集聚区党总支", draw.name(2), "男", "党总支书记",
        base.company, "民营企业", base.households, base.persons, 2400, base.households // 3,
        "项目建成后可稳定安置残疾人就业，带动周边残疾人家庭增收，预计户均年增收3000元以上。", province, city, 0,
    )  # fmt: skip
