"""Formulas of a template: read, moved with their rows, and computed so that the file carries values too.

A formula is live in the file, and beside it stands the value it has: phones, previews and readers do not compute. So a
template may only use what is computed here: SUM over cells and ranges, + - * and parentheses over cells of the same
sheet. Everything else is refused when the template is compiled.

Numbers are exact decimals. Inside SUM text and blanks count nothing; in + - * a blank is 0 and text has no value.
Source: ECMA-376 Part 1, 18.17 (formula syntax); 18.3.1.40 (f, shared formulas).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from formgen.rendering.xlsx.references import REFERENCE, Area, area_of

__all__ = ["Cell", "Formula", "NoValue", "Unsupported", "Value", "read_formula", "shift_formula"]

Value = Decimal | int | str | None
"""What a cell holds for a formula: a number, text, nothing."""
SingleValue = Callable[[Area], Value]
AreaValues = Callable[[Area], Iterator[Value]]

OTHER_TOKEN = re.compile(r"\s*(?:(?P<sum>(?i:SUM)\()|(?P<number>\d+(?:\.\d+)?)|(?P<mark>[-+*(),]))")


class Unsupported(ValueError):
    """The formula uses something that is not computed here; says what."""


class NoValue(ArithmeticError):
    """The formula has no number: it adds text. Says which text's cell."""


@dataclass(frozen=True, slots=True)
class Number:
    number: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    area: Area


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    mark: str
    left: Node
    right: Node


Node = Number | Cell | Sum | Operation


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that can be computed. `text` is without its =."""

    text: str
    root: Node

    @property
    def cells(self) -> list[Cell]:
        return list(_cells(self.root))

    def compute(self, single: SingleValue, values: AreaValues) -> Decimal:
        """The formula's number. `single` gives a cell's value, `values` those of a range.

        Raises: NoValue.
        """
        return _compute(self.root, single, values)


def read_formula(text: str) -> Formula:
    """Raises: Unsupported."""
    reader = _Reader(text)
    root = reader.sum_of_terms()
    reader.expect_end()
    return Formula(text, root)


def shift_formula(text: str, rows: int, columns: int) -> str:
    """The formula as Excel fills it `rows` down and `columns` to the right (members of a shared formula)."""

    def moved(match: re.Match[str]) -> str:
        if match["string"]:
            return match[0]
        area = area_of(match).shifted(rows, columns)
        return area.text(area.row1, area.row2)

    return REFERENCE.sub(moved, text)


def _cells(node: Node) -> Iterator[Cell]:
    match node:
        case Cell():
            yield node
        case Sum(terms):
            for term in terms:
                yield from _cells(term)
        case Operation(_, left, right):
            yield from _cells(left)
            yield from _cells(right)


def _compute(node: Node, single: SingleValue, values: AreaValues) -> Decimal:
    match node:
        case Number(number):
            return number
        case Cell(area):
            return _as_number(single(area), area)
        case Sum(terms):
            return sum((_sum_term(term, single, values) for term in terms), Decimal(0))
        case Operation(mark, left_node, right_node):
            left, right = _compute(left_node, single, values), _compute(right_node, single, values)
            return left * right if mark == "*" else left + right if mark == "+" else left - right


def _sum_term(term: Node, single: SingleValue, values: AreaValues) -> Decimal:
    if not isinstance(term, Cell):
        return _compute(term, single, values)
    found = values(term.area) if term.area.is_range else iter((single(term.area),))
    return sum((Decimal(value) for value in found if isinstance(value, Decimal | int)), Decimal(0))


def _as_number(value: Value, area: Area) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, str):
        raise NoValue(area.text(area.row1, area.row2))
    return Decimal(value)


class _Reader:
    """Recursive descent over: terms joined by + -; factors joined by *; number, cell, SUM(…), (…), sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def sum_of_terms(self) -> Node:
        node = self._product()
        while mark := self._take("+-"):
            node = Operation(mark, node, self._product())
        return node

    def expect_end(self) -> None:
        if self._after_space() != len(self.text):
            raise Unsupported(self.text[self.position :].strip())

    def _product(self) -> Node:
        node = self._factor()
        while self._take("*"):
            node = Operation("*", node, self._factor())
        return node

    def _factor(self) -> Node:
        if mark := self._take("+-"):
            return Operation(mark, Number(Decimal(0)), self._factor())
        if self._take("("):
            node = self.sum_of_terms()
            self._require(")")
            return node
        if area := self._area():
            if area.is_range:
                raise Unsupported(area.text(area.row1, area.row2))
            return Cell(area)
        match = OTHER_TOKEN.match(self.text, self.position)
        if match and match["sum"]:
            self.position = match.end()
            return self._sum()
        if match and match["number"]:
            self.position = match.end()
            return Number(_decimal(match["number"]))
        raise Unsupported(self.text[self.position :].strip() or self.text)

    def _sum(self) -> Sum:
        terms = [self._argument()]
        while self._take(","):
            terms.append(self._argument())
        self._require(")")
        return Sum(tuple(terms))

    def _argument(self) -> Node:
        start = self.position
        area = self._area()
        if area and self._peek() in (",", ")"):
            return Cell(area)
        self.position = start
        return self.sum_of_terms()

    def _area(self) -> Area | None:
        start = self._after_space()
        match = REFERENCE.match(self.text, start)
        if match is None or match["string"] or match["first"]:
            return None
        self.position = match.end()
        return area_of(match)

    def _after_space(self) -> int:
        rest = self.text[self.position :]
        return len(self.text) - len(rest.lstrip())

    def _peek(self) -> str:
        match = OTHER_TOKEN.match(self.text, self.position)
        return (match["mark"] or "") if match else ""

    def _take(self, marks: str) -> str:
        mark = self._peek()
        if not mark or mark not in marks:
            return ""
        self.position = self._after_space() + 1
        return mark

    def _require(self, mark: str) -> None:
        if not self._take(mark):
            raise Unsupported(self.text[self.position :].strip() or self.text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as exc:
        raise Unsupported(text) from exc
