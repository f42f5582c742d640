"""What is wrong with the XML of a workbook. Whoever opens the file makes a problem of it."""

from __future__ import annotations

__all__ = ["Damaged", "whole_number"]


class Damaged(ValueError):
    """The XML is not what the standard says. The text is the reason."""


def whole_number(text: str | None, default: int = 0) -> int:
    """The figures of an attribute; the default where there are none. Raises: Damaged."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Damaged(text[:20])
    return int(text)
