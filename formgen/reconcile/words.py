"""The words and colours of statuses, in files and on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from formgen.problems import Language

__all__ = ["COLOURS", "LAYERS", "REASONS", "ROWS", "STATUSES", "in_language"]

STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "unchanged": ("未变", "unchanged"),
    "corrected": ("更正", "corrected"),
    "filled": ("新填", "filled"),
    "cleared": ("清除", "cleared"),
    "contradictory": ("存疑", "contradictory"),
    "empty": ("空白", "empty"),
}
"""Status → words in Chinese and English."""
COLOURS: Final[Mapping[str, str]] = {
    "corrected": "FFE699",
    "filled": "C6E0B4",
    "cleared": "F8CBAD",
    "contradictory": "D9C3E8",
}
"""Told apart in print without colour by the word beside them."""
ROWS: Final[Mapping[str, tuple[str, str]]] = {
    "added": ("新增行", "row added"),
    "deleted": ("删除行", "row deleted"),
    "moved": ("移动行", "row moved"),
    "changed": ("改动行", "row changed"),
}
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("", ""),
    "rejected": ("内容不合格式", "not of the field's type"),
    "contradictory": ("两处不一致", "two places disagree"),
    "lost": ("表上找不到", "not found on the sheet"),
    "duplicate": ("几份不一致", "returned sheets disagree"),
}
LAYERS: Final[Mapping[str, tuple[str, str]]] = {
    "content-control": ("内容控件", "content control"),
    "form-field": ("表单域", "form field"),
    "defined-name": ("定义名称", "defined name"),
    "bookmark": ("书签", "bookmark"),
    "geometry": ("版面位置", "geometry"),
    "header": ("列标题", "header"),
    "path": ("结构位置", "path"),
    "label": ("标签", "label"),
    "pattern": ("文字模式", "pattern"),
}


def in_language(words: Mapping[str, tuple[str, str]], key: str, language: Language) -> str:
    return words[key][0 if language == "zh" else 1] if key in words else key
