"""Whole numbers in the attributes of elements."""

from __future__ import annotations

from formgen.data.sources.faults import Damaged

__all__ = ["whole_number"]


def whole_number(text: str | None, default: int = 0) -> int:
    """The figures of an attribute; the default where there are none. Raises: Damaged."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Damaged(text[:20])
    return int(text)
