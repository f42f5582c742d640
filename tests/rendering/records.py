"""Sample records for any form: values made from its field types, synthetic throughout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from formgen.forms.manifest import Field, Manifest

Kind = Literal["blank", "normal", "special", "rare", "long", "many"]
KINDS: tuple[Kind, ...] = ("blank", "normal", "special", "rare", "long", "many")

_OF_TYPE: Mapping[str, str] = {
    "text": "城关镇第二小组",
    "long-text": "本人因肢体残疾，家庭收入低，申请发展养殖项目。\n望批准！",
    "name": "张建国",
    "sex": "男",
    "ethnicity": "汉",
    "education": "初中",
    "relation": "配偶",
    "date": "2015年3月12日",
    "period": "2015年3月至2016年3月",
    "integer": "4",
    "decimal": "1.5",
    "percent": "12.5%",
    "money": "2860",
    "area": "18.5",
    "phone": "13912345678",
    "id-number": "410183196805120035",
    "disability-certificate": "41018319680512003543",
    "disability-category": "肢体",
    "disability-grade": "三级",
    "disability": "肢体三级",
    "place": "米村镇",
    "checkbox": "是",
}
_FREE = frozenset(["text", "long-text"])
_SPECIAL = "A&B<c> \"双\" '单'{{x}}"
_RARE = "㛃𬱖𠅤·〇"


def sample_record(manifest: Manifest, kind: Kind) -> dict[str, Any]:
    if kind == "blank":
        return {}
    record: dict[str, Any] = {}
    for item in manifest.fields:
        if item.table is not None:
            count = 40 if kind == "many" else 3
            record[item.key] = [
                {column.key: _value(column, kind, row) for column in item.table.columns} for row in range(count)
            ]
        else:
            record[item.key] = _value(item, kind, 0)
    return record


def _value(item: Field, kind: Kind, row: int) -> Any:
    value_type = item.value_type
    if item.type_name in ("signature", "seal", "image"):
        return None
    if item.type_name == "choice":
        return value_type.parse(item.options["choices"][0])
    if item.key == "household_number":
        return str(1 + row // 2)
    if item.key == "number":
        return str(1 + row)
    text = _OF_TYPE[item.type_name]
    if item.type_name == "date" and item.options.get("precision") == "month":
        text = "2015年3月"
    if item.type_name in _FREE and not item.is_by_hand:
        text = {"special": _SPECIAL, "rare": _RARE, "long": text * 2}.get(kind, text)
    if item.type_name == "name" and kind == "rare":
        text = "欧阳𬱖·㛃"
    return value_type.parse(text)
