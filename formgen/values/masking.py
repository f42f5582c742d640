"""Numbers that identify a person, wherever they stand in a text: in the wrong blank, in a note, in an error.

In: any text. Out: the text fit for other eyes. Every run of at least eleven digits is masked, single spaces and hyphens
between them or not: as identity numbers are from fifteen digits on, as phone numbers below.
Limits: local phone numbers of eight digits are as long as dates and stay; a fraction of eleven digits is masked too.
"""

from __future__ import annotations

import re
from typing import Final

from formgen.values.identity import mask_number
from formgen.values.phone import mask_phone

__all__ = ["mask_long_numbers"]

_LONG: Final = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\d(?:[ -]?\d){10,}[Xx]?")
SHORTEST_IDENTITY: Final = 15


def mask_long_numbers(text: str) -> str:
    return _LONG.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    number = "".join(char for char in found[0] if char not in " -")
    return mask_number(number) if len(number) >= SHORTEST_IDENTITY else mask_phone(number)
