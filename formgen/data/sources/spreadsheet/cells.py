"""Cells of a worksheet: what stands in their XML → what they hold.

In: style, type and text of cells as written. Out: "" for a blank, text, float, bool, date, datetime, time, timedelta;
an `UnreadCell` for an error and for what is struck out or hidden; where a number's format names another unit, or puts
zeros before it, the text that the cell shows. Nothing is rounded or shortened: a number is the double that Excel keeps.
Limits: the 29th of February 1900, which never was, and days before 1900 or after 9999 stay numbers.
Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.18.11 (ST_CellType), 18.17.4.1 (serial dates), 22.9.2.19 (ST_Xstring).
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from formgen.data.sources.faults import Damaged
from formgen.data.sources.spreadsheet.figures import whole_number
from formgen.data.sources.spreadsheet.formats import FormatKind, ShownNumber
from formgen.data.sources.unread_cells import UnreadCell, hidden_cell, struck_cell

__all__ = ["CellReader", "is_plain", "unescaped", "xml_text"]

DAY_MS: Final = 86_400_000
LONGEST_INDEX: Final = 9
"""Digits of the number of a shared text."""
LAST_DAY: Final = datetime.date(9999, 12, 31)

_ATTRIBUTE: Final = re.compile(rb'(\w+)="([^"]*)"')
_ENTITY: Final = re.compile("&([^;&]{0,12};?)")
_ENTITIES: Final = {"amp;": "&", "lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'"}
_NUMBERED: Final = re.compile("#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_ESCAPED: Final = re.compile("_x(?![dD][89a-fA-F])([0-9a-fA-F]{4})_")
_ODD: Final = re.compile("[&\r]")


class CellReader:
    """Reads the cells of one workbook.

    Args:
        texts: the workbook's shared texts.
        formats: for each style what its numbers are.
        is_1904: whether days are counted from 1904.
        struck: the styles whose font has a line through the text.
    """

    def __init__(
        self,
        texts: Sequence[str],
        formats: Sequence[FormatKind | ShownNumber],
        *,
        is_1904: bool,
        struck: Collection[int] = (),
    ) -> None:
        self.texts = texts
        self.formats = formats
        self.struck = struck
        self.first_day = datetime.date(1904, 1, 1) if is_1904 else datetime.date(1899, 12, 30)
        self.is_1904 = is_1904
        self._readers: dict[tuple[bytes, bool], Callable[[bytes], Any]] = {}

    def column(self, attributes: Sequence[bytes], contents: Sequence[bytes], *, is_plain: bool) -> list[Any]:
        """Cells that stand one below the other, as they are in the XML.

        Args:
            attributes: of each cell, but its address.
            contents: of each cell, b"" where there is none.
            is_plain: nothing in them is escaped in any way.
        Raises:
            Damaged; UnicodeDecodeError.
        """
        kinds = set(attributes)
        if len(kinds) == 1:
            return self._cells(self._reader(kinds.pop(), is_plain), contents)
        parts: dict[bytes, list[bytes]] = {kind: [] for kind in kinds}
        for kind, content in zip(attributes, contents, strict=True):
            parts[kind].append(content)
        values = {kind: iter(self._cells(self._reader(kind, is_plain), part)) for kind, part in parts.items()}
        return [next(values[kind]) for kind in attributes]

    def _cells(self, reader: Callable[[bytes], Any], contents: Sequence[bytes]) -> list[Any]:
        """Cells of one kind: what stands in many of them is read once, plain ones are read by one call."""
        different = set(contents)
        if len(different) * 2 <= len(contents):
            known = {content: reader(content) for content in different}
            return [known[content] for content in contents]
        try:
            if reader == self._plain_shared and b"".join(contents).isdigit():
                return list(map(self.texts.__getitem__, map(int, contents)))
            if reader is _plain_number and math.isfinite(sum(numbers := list(map(float, contents)))):
                return numbers
        except (ValueError, IndexError):  # a blank among them, or something wrong: the reader tells
            pass
        return list(map(reader, contents))

    def value(self, style: str, kind: str, text: str) -> Any:
        """One cell whose text was taken out of the XML. Raises: Damaged."""
        return self._meaning(style, kind)(text)

    def _reader(self, attributes: bytes, is_plain: bool) -> Callable[[bytes], Any]:
        reader = self._readers.get((attributes, is_plain))
        if reader is None:
            given = {name: value.decode("ascii", "replace") for name, value in _ATTRIBUTE.findall(attributes)}
            meaning = self._meaning(given.get(b"s", ""), given.get(b"t", ""))
            reader = {**_PLAIN, self._shared: self._plain_shared}.get(meaning) if is_plain else None
            if reader is None:

                def reader(content: bytes) -> Any:
                    return meaning(xml_text(content))

            self._readers[attributes, is_plain] = reader
        return reader

    def _meaning(self, style: str, kind: str) -> Callable[[str], Any]:
        """What a text means in a cell of this style and type."""
        number = whole_number(style)
        if number in self.struck:
            return functools.partial(_struck, self._kind(number, kind))
        if kind not in ("", "n") and self._is_hiding(number):
            return functools.partial(_hidden, self._kind(number, kind))
        return self._kind(number, kind)

    def _is_hiding(self, number: int) -> bool:
        form = self.formats[number] if number < len(self.formats) else None
        return isinstance(form, ShownNumber) and form.is_hiding

    def _kind(self, number: int, kind: str) -> Callable[[str], Any]:
        """What a text means in a cell of this type, by the format of this style."""
        if kind in ("", "n"):
            form = self.formats[number] if number < len(self.formats) else "number"
            if isinstance(form, ShownNumber):
                return functools.partial(_as_shown, form)
            return {"number": _number, "date": self._date, "duration": _duration}[form]
        found = {
            "s": self._shared,
            "str": unescaped,
            "inlineStr": unescaped,
            "b": _boolean,
            "e": _error,
            "d": _iso_date,
        }.get(kind)
        if found is None:
            raise Damaged(f't="{kind}"')
        return found

    def _shared(self, text: str) -> str:
        if not text.strip():
            return ""
        number = whole_number(text.strip())
        if number >= len(self.texts):
            raise Damaged(f"sharedStrings {number}")
        return self.texts[number]

    def _plain_shared(self, content: bytes) -> str:
        if len(content) <= LONGEST_INDEX and content.isdigit() and (number := int(content)) < len(self.texts):
            return self.texts[number]
        return self._shared(content.decode())

    def _date(self, text: str) -> Any:
        """The day and time a serial number stands for: time alone below 1, no time at midnight."""
        number = _number(text)
        if number == "" or number < 0 or (not self.is_1904 and 60 <= number < 61):
            return number
        days, milliseconds = divmod(round(number * DAY_MS), DAY_MS)
        moment = datetime.time.min if not milliseconds else _time(milliseconds)
        if number < 1:
            return moment
        if not self.is_1904 and days < 60:
            days += 1
        if days > (LAST_DAY - self.first_day).days:
            return number
        day = self.first_day + datetime.timedelta(days=days)
        return datetime.datetime.combine(day, moment) if milliseconds else day


def is_plain(xml: bytes) -> bool:
    """Whether nothing in it is escaped: entities, Excel's _x000D_, line ends of other systems."""
    return not (b"&" in xml or b"_" in xml or b"\r" in xml)


def xml_text(content: bytes) -> str:
    """Text between tags. Raises: UnicodeDecodeError; Damaged: an entity that XML does not have."""
    text = content.decode()
    if _ODD.search(text) is None:
        return text
    return _ENTITY.sub(lambda match: _character(match[1]), text.replace("\r\n", "\n").replace("\r", "\n"))


@functools.lru_cache(1 << 14)
def _character(name: str) -> str:
    """What an entity stands for; some programs write every Chinese character as one."""
    if name in _ENTITIES:
        return _ENTITIES[name]
    number = _NUMBERED.fullmatch(name)
    code = (int(number[1], 16) if number[1] else int(number[2])) if number else 0
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        raise Damaged(f"&{name}")
    return chr(code)


def unescaped(text: str) -> str:
    """_x000D_ is how Excel writes characters that XML has no place for."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return UnreadCell(plain, text.kind) if isinstance(text, UnreadCell) else plain


def _number(text: str) -> Any:
    if not text:
        return ""
    try:
        number = float(text)
    except ValueError as exc:
        raise Damaged(f"<v>{text[:20]}") from exc
    if not math.isfinite(number) or "_" in text:
        raise Damaged(f"<v>{text[:20]}")
    return number


def _as_shown(form: ShownNumber, text: str) -> Any:
    number = _number(text)
    return "" if number == "" else form.shown(number)


def _plain_number(content: bytes) -> Any:
    if not content:
        return ""
    try:
        number = float(content)
    except ValueError:
        return _number(content.decode())
    return number if number - number == 0 else _number(content.decode())


_PLAIN: Final[Mapping[Callable[[str], Any], Callable[[bytes], Any]]] = {unescaped: bytes.decode, _number: _plain_number}
"""The same for contents in which nothing is escaped."""


def _duration(text: str) -> Any:
    number = _number(text)
    if number == "" or abs(number) > LAST_DAY.toordinal():
        return number
    return datetime.timedelta(milliseconds=round(number * DAY_MS))


def _time(milliseconds: int) -> datetime.time:
    return (datetime.datetime.min + datetime.timedelta(milliseconds=milliseconds)).time()


def _boolean(text: str) -> bool | str:
    said = text.strip().lower()
    if said not in ("", "0", "1", "true", "false"):
        raise Damaged(f't="b" {text[:20]}')
    return said in ("1", "true") if said else ""


def _error(text: str) -> UnreadCell:
    return UnreadCell(text or "#N/A", "error")


def _struck(meaning: Callable[[str], Any], text: str) -> Any:
    return struck_cell(meaning(text))


def _hidden(meaning: Callable[[str], Any], text: str) -> Any:
    return hidden_cell(meaning(text))


def _iso_date(text: str) -> Any:
    """Days and times as ISO 8601 has them; a time zone says nothing on a form."""
    if not text:
        return ""
    try:
        if ":" in text and "-" not in text[:8]:
            return datetime.time.fromisoformat(text).replace(tzinfo=None)
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as exc:
        raise Damaged(f't="d" {text[:20]}') from exc
    return moment if "T" in text else moment.date()
