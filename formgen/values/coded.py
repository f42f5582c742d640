"""Values coded by national standards: sex, ethnicity, education, relation to the head of the household.

Sources: GB/T 2261.1 (sex), GB/T 3304-1991 (ethnicity), GB/T 4658-2006 (education), GB/T 4761-2008 (relation).
Limits: officials write words that are more exact than the standard's class (文盲, 长子). Such a word is a label of its
own and is printed as written; `relation_class` gives the standard's class.
"""

from __future__ import annotations

from typing import ClassVar

from formgen.values.cells import reject, shown
from formgen.values.contract import RawCell
from formgen.values.enumerated import Enumerated

__all__ = ["EDUCATIONS", "ETHNICITIES", "RELATIONS", "Education", "Ethnicity", "Relation", "Sex", "relation_class"]

_NAMES_OF_PEOPLES = """
    汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳
    佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米
    塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
ETHNICITIES = tuple(f"{name}族" for name in _NAMES_OF_PEOPLES.split())
"""The 56 names in the order of their codes 01–56."""

OTHER_ETHNICITIES = {"97": "其他", "98": "外国血统中国籍人士"}
"""On identity cards beside the 56: codes 97 and 98. 穿青人 is a name the cards print too, without a code."""

ETHNICITY_SYNONYMS = {"毛难": "毛南族", "崩龙": "德昂族", "蒙": "蒙古族", "维": "维吾尔族"}
TRADITIONAL = {"漢": "汉族", "滿": "满族", "維吾爾": "维吾尔族", "壯": "壮族", "東鄉": "东乡族", "瑤": "瑶族"}

EDUCATIONS = {
    "博士": (),
    "硕士": (),
    "研究生": ("10", "研究生教育"),
    "本科": ("20", "大学本科", "大学", "本科生"),
    "专科": ("30", "大专", "大学专科", "专科生", "高职", "高职高专"),
    "中职": ("40", "中专", "中技", "技校", "职高", "中等职业教育", "中等职业学校", "职业高中", "技工学校", "中等专科"),
    "高中": ("60", "普通高中", "普高", "高级中学"),
    "初中": ("70", "初级中学"),
    "小学": ("80", "初小", "高小", "初级小学", "高级小学"),
    "半文盲": (),
    "文盲": ("不识字",),
    "文盲或半文盲": ("文盲半文盲", "文盲、半文盲", "文盲/半文盲"),
    "学龄前": ("学龄前儿童",),
    "其他": ("90", "其它"),
}
EDUCATION_ENDINGS = ("文化", "文化程度", "毕业", "学历", "程度")

RELATIONS: dict[str, tuple[str, ...]] = {
    "0": ("02 户主 户主本人", "01 本人"),
    "1": ("10 配偶", "11 丈夫 夫", "12 妻子 妻", "爱人", "老伴"),
    "2": (
        "20 儿子 子",
        "21 独生子",
        "22 长子 大儿子",
        "23 次子 二子 二儿子",
        "24 三子 三儿子",
        "25 四子 四儿子",
        "26 五子 五儿子",
        "27 养子或继子",
        "养子",
        "继子",
        "28 女婿",
        "29 其他儿子",
    ),
    "3": (
        "30 女儿 女",
        "31 独生女",
        "32 长女 大女儿",
        "33 次女 二女 二女儿",
        "34 三女 三女儿",
        "35 四女 四女儿",
        "36 五女 五女儿",
        "37 养女或继女",
        "养女",
        "继女",
        "38 儿媳 儿媳妇 媳妇",
        "39 其他女儿",
    ),
    "4": (
        "40 孙子女",
        "41 孙子 孙",
        "42 孙女",
        "43 外孙子 外孙",
        "44 外孙女",
        "45 孙媳 孙媳妇",
        "46 孙女婿",
        "47 曾孙子 曾孙 重孙 重孙子",
        "48 曾孙女 重孙女",
    ),
    "5": (
        "50 父母",
        "51 父亲 父 爸爸",
        "52 母亲 母 妈妈",
        "53 公公",
        "54 婆婆",
        "55 岳父",
        "56 岳母",
        "57 继父或养父",
        "继父",
        "养父",
        "58 继母或养母",
        "继母",
        "养母",
    ),
    "6": (
        "60 祖父母",
        "61 祖父 爷爷",
        "62 祖母 奶奶",
        "63 外祖父 外公 姥爷",
        "64 外祖母 外婆 姥姥",
        "66 曾祖父",
        "67 曾祖母",
    ),
    "7": (
        "70 兄弟姐妹",
        "71 兄 哥哥 兄长 哥",
        "72 嫂 嫂子 嫂嫂",
        "73 弟 弟弟",
        "74 弟媳 弟媳妇 弟妹",
        "75 姐姐 姐 姊",
        "76 姐夫",
        "77 妹妹 妹",
        "78 妹夫",
        "兄弟",
        "姐妹",
    ),
    "8": (
        "80 其他 其它",
        "81 伯父",
        "82 伯母",
        "83 叔父 叔叔 叔",
        "84 婶母 婶婶 婶",
        "85 舅父 舅舅",
        "86 舅母 舅妈",
        "87 姨父",
        "88 姨母 姨",
        "89 姑父",
        "90 姑母 姑姑 姑",
        "93 侄子 侄儿 侄",
        "94 侄女",
        "95 外甥",
        "96 外甥女",
        "侄媳",
        "97 其他亲属",
        "98 保姆",
        "99 非亲属",
    ),
}
"""Class of the standard → its labels, each as "[code] label synonym …". The first label stands for the class itself."""


def _relation_table() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Label → class, code → label, synonym → label."""
    classes: dict[str, str] = {}
    codes: dict[str, str] = {}
    synonyms: dict[str, str] = {}
    for code, entries in RELATIONS.items():
        for entry in entries:
            words = entry.split()
            number = words.pop(0) if words[0].isdigit() else None
            label = words[0]
            classes[label] = code
            codes.setdefault(code, label)
            if number is not None:
                codes[number] = label
            synonyms.update(dict.fromkeys(words[1:], label))
    return classes, codes, synonyms


_RELATION_CLASS, _RELATION_CODES, _RELATION_SYNONYMS = _relation_table()


class Sex(Enumerated):
    """男 or 女 (GB/T 2261.1: 1 and 2)."""

    name: ClassVar[str] = "sex"

    def __init__(self) -> None:
        male = dict.fromkeys(("1", "男性", "男士", "M", "m", "male"), "男")
        super().__init__(("男", "女"), male | dict.fromkeys(("2", "女性", "女士", "F", "f", "female"), "女"))


class Ethnicity(Enumerated):
    """One of the 56 names with 族; names without it and codes 01–56 are read."""

    name: ClassVar[str] = "ethnicity"

    def __init__(self) -> None:
        synonyms = {label.removesuffix("族"): label for label in ETHNICITIES}
        for short, label in (ETHNICITY_SYNONYMS | TRADITIONAL).items():
            synonyms |= {short: label, f"{short}族": label}
        for number, label in enumerate(ETHNICITIES, start=1):
            synonyms |= {str(number): label, f"{number:02}": label}
        synonyms |= OTHER_ETHNICITIES | {"其它": "其他", "穿青人族": "穿青人", "穿青": "穿青人"}
        super().__init__((*ETHNICITIES, "穿青人", *OTHER_ETHNICITIES.values()), synonyms)


class Education(Enumerated):
    """The level of schooling a person finished."""

    name: ClassVar[str] = "education"

    def __init__(self) -> None:
        synonyms: dict[str, str] = {}
        reworded: dict[str, str] = {}
        for label, words in EDUCATIONS.items():
            for word in (label, *words):
                spellings = [word, *(word + ending for ending in EDUCATION_ENDINGS)]
                target = synonyms if word.isdigit() or label in word else reworded
                target.update(dict.fromkeys(spellings if not word.isdigit() else [word], label))
        super().__init__(EDUCATIONS, synonyms, reworded)


class Relation(Enumerated):
    """The relation to the head of the household."""

    name: ClassVar[str] = "relation"

    def __init__(self) -> None:
        super().__init__(_RELATION_CLASS, _RELATION_SYNONYMS | _RELATION_CODES)

    def parse(self, raw: RawCell) -> str:
        # The number 1 may be class 1 (配偶) or code 01 (本人) without its zero, 2 likewise: only text can tell.
        if raw.__class__ in (int, float) and raw in (1, 2):
            raise reject("F-VALUE-006", shown(raw), wanted="、".join(self.labels))
        return super().parse(raw)


def relation_class(label: str) -> str:
    """The standard's class of a relation, "0" head … "8" other. Raises KeyError for what is no label."""
    return _RELATION_CLASS[label]
