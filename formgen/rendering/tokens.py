"""Tokens in the place of values: how a rendered form tells where each of its fields stands.

In: a manifest. Out: a context in which every blank prints a token of its own, and what each token stands for. So
compiling learns where a template has its places, and reading which words it prints around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from formgen.forms.manifest import Field, Manifest, Table
from formgen.rendering.context import DATE_PARTS, DateText, Row

__all__ = ["ROW_NUMBER", "TOKEN", "Token", "TokenBook"]

TOKEN: Final = re.compile("\ue000([0-9]+)\ue001")
"""Private characters around a token's number: no form prints them."""
ROW_NUMBER: Final = "row_number"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for."""

    key: str
    part: str
    """`year`, `month` or `day` of a date printed in three blanks; else ''."""
    table: str
    """Key of the table in whose row it stands; '' outside of rows."""
    row: int
    """Index of the row; -1 outside of rows."""
    field: Field | None = None
    """None for what is no field: a row's number, a page's."""


class _RowNumber(int):
    """A row's number that prints as a token and counts as a number: ids are reckoned with it."""

    token: str = ""

    def __str__(self) -> str:
        return self.token


class TokenBook:
    """Hands out tokens and knows them again."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []

    def context(self, manifest: Manifest, groups: Sequence[int]) -> dict[str, Any]:
        """A token in the place of every value; tables have a row for each entry of `groups`, which says its group."""
        context: dict[str, Any] = {}
        for item in manifest.fields:
            if item.table is None:
                context[item.key] = self._value(item, "", -1)
            else:
                context[item.key] = list(self._rows(item.key, item.table, groups))
        return context

    def in_text(self, text: str) -> Iterator[tuple[Token, int, int]]:
        """The tokens in a text, each with where it begins and ends."""
        for match in TOKEN.finditer(text):
            yield self._tokens[int(match[1])], match.start(), match.end()

    def _rows(self, key: str, table: Table, groups: Sequence[int]) -> Iterator[Row]:
        previous: Mapping[str, Any] = {}
        for number, group in enumerate(groups):
            row = Row()
            for column in table.columns:
                is_shared = column.key == table.merge_by and number > 0 and groups[number - 1] == group
                row[column.key] = previous[column.key] if is_shared else self._value(column, key, number)
            row[ROW_NUMBER] = _RowNumber(number + 1)
            row[ROW_NUMBER].token = self._token(Token(ROW_NUMBER, "", key, number))
            previous = row
            yield row

    def _value(self, item: Field, table: str, row: int) -> str:
        whole = self._token(Token(item.key, "", table, row, item))
        if item.type_name != "date":
            return whole
        date = DateText(whole)
        date.year, date.month, date.day = (self._token(Token(item.key, part, table, row, item)) for part in DATE_PARTS)
        return date

    def _token(self, token: Token) -> str:
        self._tokens.append(token)
        return f"\ue000{len(self._tokens) - 1}\ue001"
