"""What a label on a sheet may mean: fields of the form, terms of the vocabulary, somebody the form does not ask about.

In: a form's manifest, its template's printed labels, the vocabulary with the programme's terms. Out: for a text the
fields it may label, with the confidence of that, and whose matters it speaks of.
Only what cannot change the meaning is forgiven: brackets, white space, units, words like 号码 or 本人, characters in
another order. Edit distance is not used: 县级残联意见 and 市级残联意见 are one character apart.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from formgen.forms.manifest import Field, Manifest, load_yaml
from formgen.reading.labels.skeleton import Skeleton, letters_of, skeleton_of
from formgen.values import Rejected
from formgen.vocabulary.folding import fold, is_other_unit, split_unit
from formgen.vocabulary.terms import Vocabulary, base_vocabulary, read_terms

__all__ = [
    "ANY_TEXT",
    "EXACT",
    "FUZZY",
    "PERSONAL",
    "SOMEBODY",
    "SYNONYM",
    "Anchors",
    "Meaning",
    "looks_like_label",
    "looks_like_name",
    "names_somebody",
    "takes",
    "whose",
]

EXACT: Final = 0.9
SYNONYM: Final = 0.8
FUZZY: Final = 0.6
ANY_TEXT: Final = frozenset(["text", "long-text", "place", "name"])
"""Types that refuse next to nothing: that they take a text says nothing of it."""
LONGEST_LABEL: Final = 40
PERSONAL: Final = frozenset(["person", "helper", "member", "base"])
"""Entities that have names, phones and sexes of their own: a label 姓名 may be of any of them."""
SOMEBODY: Final = "?"
"""Somebody the vocabulary does not know: a guardian, a clerk, the village's secretary."""

_ANYBODYS: Final = frozenset(
    (
        *("name", "sex", "ethnicity", "birth", "age", "education", "id_number", "address", "phone", "post"),
        *("leader", "leader_sex", "leader_post"),
    )
)
"""Attributes that everybody has. The vocabulary has terms for those of some only."""
_DIGIT: Final = re.compile(r"\d")
_NEUTRAL: Final = re.compile(r"号码|号|的|及其|及|和|与|或|[/、,()\-]|本人|所在|情况|信息|填写|详细|具体|名称|内容")
_LABEL_ENDS: Final = re.compile(
    r"(姓名|面貌|号码|证号|号|电话|手机|方式|情况|意见|类别|等级|级别|类型|时间|日期|年月|住址|地址|状况|程度|关系|签名|签字"
    r"|金额|人数|户数|人口|面积|收入|年龄|性别|民族|备注|来源|措施|成效|职务|单位|联系人|责任人|负责人|签章|盖章|公章|照片|曾用名|别名|小名|原因|有效期)$"
)
_PERSON: Final = re.compile(r"帮扶对象|帮扶残疾人|被帮扶|受助|申请人|残疾人|本人|个人|基本情况|基本信息|户主信息")
_HIMSELF: Final = re.compile(r"(?:本人|个人)")
_ROLES: Final = (
    ("member", re.compile(r"家庭成员|成员情况|成员")),
    ("person", re.compile(r"帮扶对象|帮扶残疾人|被帮扶|受助|申请人情况|申请人信息|^申请人$")),
    (
        SOMEBODY,
        re.compile(
            r"监护|户主|支书|村长|会计|两委|配偶|父亲|母亲|子女|丈夫|妻子|亲属|家属|家长|法人|法定代表|经办|书记|主任|专干|专委|专职|委员|教师|医生|村医|签约|雇主"
            r"|老板|代理|示例|样例|范例|委托|代办|紧急|填表|审核|审批|登记人|调查人|建档|介绍|证明人|担保|干部|邻居|组长|队长|联系人|第一书记|包户|包村"
        ),
    ),
    ("helper", re.compile(r"帮扶|联络|结对|责任人")),
    ("base", re.compile(r"基地|企业|负责人")),
    ("person", _PERSON),
)


_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左"
)
_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one label may mean."""

    fields: Mapping[str, float]
    """Fields of the form, with the confidence that the label is theirs."""
    entities: frozenset[str]
    """Whose matter it may be: of persons and the like only. What everybody has (姓名, 住址) may be anybody's."""
    is_name: bool = False


@dataclass(slots=True)
class _Entry:
    fields: dict[str, float] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)


class Anchors:
    """The labels of one form."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.vocabulary = _vocabulary(manifest.folder.parent)
        self.skeleton: Skeleton = skeleton_of(manifest)
        self.fields = {item.key: item for item in manifest.fields if item.table is None}
        self.tables = {item.key: item.table for item in manifest.fields if item.table is not None}
        self._columns_of = {key: {item.key: item for item in table.columns} for key, table in self.tables.items()}
        self.titles = frozenset(map(letters_of, (manifest.title, manifest.short, manifest.annex, "附件")))
        self.entities = {key: _entity(item) for key, item in self.fields.items()}
        self._index = self._indexed(self.fields.values(), self.skeleton.labels)
        self._columns = {
            key: self._indexed(
                table.columns, {header: keys for (owner, header), keys in self.skeleton.columns.items() if owner == key}
            )
            for key, table in self.tables.items()
        }

    def meaning(self, text: str) -> Meaning | None:
        """None of a text that is no label anybody knows."""
        return self._meaning(self._index, text, self.fields)

    def column(self, table: str, text: str) -> Meaning | None:
        """What a header means in this table: `fields` are its columns."""
        return self._meaning(self._columns[table], text, self._columns_of[table])

    def term_entity(self, item: Field) -> str:
        """The entity a field is of; '' where it binds to no term."""
        return _entity(item)

    def fits(self, meaning: Meaning, text: str) -> bool | None:
        """Whether the types of a label's fields take a text; None where they take any."""
        items = [self.fields[key] for key in meaning.fields]
        if not items or any(item.type_name in ANY_TEXT for item in items) or not text.strip():
            return None
        return any(takes(item, text) for item in items)

    def somebody(self, text: str) -> str:
        """SOMEBODY where a label nobody knows speaks of a person the form does not ask about."""
        return SOMEBODY if whose(text) not in ("", "person") else ""

    def _meaning(self, index: Mapping[str, _Entry], text: str, items: Mapping[str, Field]) -> Meaning | None:
        if not text.strip() or len(text) > LONGEST_LABEL:
            return None
        folded = fold(text)
        entry = index.get(folded) or index.get(split_unit(folded)[0])
        fields = dict(entry.fields) if entry else {}
        if entry is None and (entry := index.get(_squeezed(folded))) is not None:
            fields = {key: min(FUZZY, confidence) for key, confidence in entry.fields.items()}
        if entry is None:
            return None
        if unit := split_unit(folded)[1]:  # 万元 above figures of 元 is a label still, and of no field
            fields = {key: confidence for key, confidence in fields.items() if not _is_in_other_unit(unit, items[key])}
        owners = {term.partition(".")[0] for term in entry.terms} | {self.entities.get(key, "") for key in fields}
        is_name = any(term.endswith((".name", ".leader")) for term in entry.terms)
        if owners & PERSONAL and _is_anybodys(text) and any(_attribute(term) in _ANYBODYS for term in entry.terms):
            owners |= PERSONAL
        return Meaning(fields, frozenset(owners & PERSONAL), is_name)

    def _indexed(self, fields: Iterable[Field], printed: Mapping[str, set[str]]) -> dict[str, _Entry]:
        index: dict[str, _Entry] = {}
        by_term: dict[str, list[Field]] = {}
        known = {item.key for item in fields}
        for item in fields:
            by_term.setdefault(item.term, []).append(item)
            _enter(index, item.label, item.key, EXACT)
        for label, keys in printed.items():
            for key in keys & known:
                _enter(index, label, key, EXACT)
        for term in self.vocabulary.terms.values():
            for number, word in enumerate((term.label, *term.synonyms)):
                for item in by_term.get(term.key, ()):
                    _enter(index, word, item.key, SYNONYM if number else EXACT)
                if not _DIGIT.search(word):  # a year of somebody's plan is a date on other forms
                    _note(index, word, term.key)
        return index


def _enter(index: dict[str, _Entry], word: str, key: str, confidence: float) -> None:
    for folded in _spellings(word):
        entry = index.setdefault(folded, _Entry())
        entry.fields[key] = max(confidence, entry.fields.get(key, 0.0))


def _note(index: dict[str, _Entry], word: str, term: str) -> None:
    for folded in _spellings(word):
        index.setdefault(folded, _Entry()).terms.add(term)


def _spellings(word: str) -> set[str]:
    folded = fold(word)
    bare = split_unit(folded)[0]
    return {folded, bare, _squeezed(folded)} - {""}


def _squeezed(folded: str) -> str:
    """The label's characters without those that say nothing, in an order of their own; '' of a short one."""
    bare = _NEUTRAL.sub("", split_unit(folded)[0])
    return "~" + "".join(sorted(bare)) if len(bare) >= 3 else ""


def _attribute(term: str) -> str:
    return term.rpartition(".")[2]


def _entity(item: Field) -> str:
    return item.term.partition(".")[0]


def takes(item: Field, text: str) -> bool:
    """Whether a field's type makes a value of a text."""
    try:
        item.value_type.parse(text)
    except Rejected:
        return False
    return True


def whose(text: str) -> str:
    """Whose matters a heading is about: an entity, SOMEBODY, or '' where it does not say."""
    folded = fold(text)
    return next((entity for entity, words in _ROLES if words.search(folded)), "")


def _is_in_other_unit(unit: str, item: Field) -> bool:
    counted = item.options.get("unit") or getattr(item.value_type, "unit", "")  # money counts 元 unless told otherwise
    own = (split_unit(fold(item.label))[1], fold(str(counted)))
    return any(is_other_unit(unit, wanted) for wanted in own)


def _is_anybodys(text: str) -> bool:
    """Whether a label does not say whose it is; 本人 is whoever was named before."""
    return whose(text) == "" or (whose(text) == "person" and _HIMSELF.match(fold(text)) is not None)


def looks_like_name(text: str) -> bool:
    """Whether a text may well be somebody's name: beside a label nobody knows it names somebody nobody asked about."""
    folded = fold(text)
    return _NAME.fullmatch(folded) is not None and folded[0] in _SURNAMES


def names_somebody(text: str, behind: str) -> bool:
    """Whether a text is somebody's role with a name behind it (户主 · 赵六): a label, be it known to nobody."""
    return whose(text) not in ("", "person") and looks_like_name(behind) and not looks_like_label(behind)


def looks_like_label(text: str) -> bool:
    """Whether a short text is sooner a label that nobody knows than a value."""
    folded = fold(text)
    return text.strip().endswith((":", "：")) or (len(folded) <= 10 and _LABEL_ENDS.search(folded) is not None)


@functools.lru_cache(maxsize=64)
def _vocabulary(folder: Path) -> Vocabulary:
    """The base vocabulary with the terms of the programme in this folder."""
    path = folder / "programme.yaml"
    raw = load_yaml(path) if path.is_file() else {}
    return base_vocabulary().extended(read_terms(raw.get("terms", {})))
