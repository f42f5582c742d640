"""The contract of a value type: what a cell, a form and a scan may hold, and how it is read and written.

One type serves every carrier. The law all types obey, tested for all of them at once: parse(format(v)) == v.
"""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from formgen.problems import Finding

__all__ = ["RawCell", "Rejected", "ValueType", "is_blank"]

T = TypeVar("T")

RawCell = (
    str | int | float | bool | Decimal | datetime.date | datetime.datetime | datetime.time | datetime.timedelta | None
)
"""What a spreadsheet cell, a CSV field or a JSON value holds before anybody has read it."""


class Rejected(ValueError):
    """The raw value is not one of this type. `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class ValueType(ABC, Generic[T]):
    """A kind of value. Instances are immutable; options (unit, precision, choices …) go to the constructor.

    Class attributes:
        name: the word manifests use, e.g. "id-number".
        plain: text that matches whole is its own value and beyond doubt: `parse` would return it, `check` find
            nothing. Long columns are read by it; None where every text has to be looked at.
    """

    name: ClassVar[str]
    plain: ClassVar[re.Pattern[str] | None] = None

    @abstractmethod
    def parse(self, raw: RawCell) -> T:
        """The value a person meant by `raw`.

        Raises:
            Rejected: it is not one; nothing is guessed and nothing repaired. What is blank is refused as F-VALUE-001:
                callers ask `is_blank` first, for a blank is the absence of a value.
        """

    @abstractmethod
    def format(self, value: T) -> str:
        """How a form prints the value. Never the empty string: a blank is the absence of a value."""

    def check(self, value: T, raw: RawCell = None) -> tuple[Finding, ...]:
        """Doubts about an accepted value: warnings and notes, never errors.

        `raw`, where given, is what the value was parsed from (a normalisation worth telling is reported against it).
        """
        return ()

    def beyond_doubt(self, texts: Iterable[str]) -> Iterable[str]:
        """Those of many texts that are their own values: `parse` would return each, `check` find nothing.

        It need not know all of them: what it leaves out is looked at one by one.
        """
        return filter(self.plain.fullmatch, texts) if self.plain else ()

    @property
    def alphabet(self) -> frozenset[str] | None:
        """The characters `format` may produce; None where any character may stand. Recognition decodes with it."""
        return None

    def mask(self, text: str) -> str:
        """`text` fit for eyes that need not know whose it is."""
        return text

    def to_json(self, value: T) -> Any:
        """JSON form of the value: text unless the type says otherwise; `parse` accepts it."""
        return self.format(value)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of `to_json`."""
        return {"type": "string", "minLength": 1}


def is_blank(raw: RawCell) -> bool:
    """Whether a cell holds nothing: None, or text of nothing but white space (full-width space included)."""
    return raw is None or (isinstance(raw, str) and not raw.strip())
