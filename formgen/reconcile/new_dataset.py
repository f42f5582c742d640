"""A copy of a dataset in which single cells are changed: workbook, CSV, JSON or JSON lines.

In: an open dataset and the cells. Out: a new file or folder of the same format, whole or not at all. In a workbook the
changed cells are coloured and their comments have the old value; in the other formats there is no place for that.
Limits: openpyxl keeps values, styles and validations, not every drawing, and holds the whole workbook in memory; macros
are left out. Of CSV and JSON the files with changes are held in memory.
"""

from __future__ import annotations

import abc
import csv
import datetime
import io
import json
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from formgen.data.dataset import CellSpot, Dataset
from formgen.data.sources.csv_files import detect_encoding, find_delimiter
from formgen.data.sources.json_files import json_text
from formgen.errors import OutputError
from formgen.files import make_folder, staged_folder, write_whole
from formgen.problems import Place, Problem
from formgen.reconcile.outputs import LINES, TEXTS
from formgen.reconcile.words import COLOURS
from formgen.values import PartialDate, ValueType

__all__ = ["DatasetCopy", "open_copy"]

_COMMENT_SIZE_PT: Final = (260, 80)


def open_copy(dataset: Dataset) -> DatasetCopy:
    """The copy to change, of a dataset that `check_target` let pass."""
    suffix = dataset.path.suffix.lower()
    if dataset.path.is_dir() or suffix in TEXTS:
        return _CsvCopy(dataset)
    return _JsonCopy(dataset) if suffix == ".json" or suffix in LINES else _BookCopy(dataset)


class DatasetCopy(abc.ABC):
    """Cells by spot: look at them, change them, save all."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def name(self, spot: CellSpot) -> str:
        """The cell, for a person: 残疾人!F17."""
        place = self.dataset.tables[spot.table].place(spot.row, spot.term)
        return "!".join(bit for bit in (place.part, place.cell) if bit)

    def is_shared(self, spot: CellSpot, rows: frozenset[tuple[int, int]]) -> bool:
        """Whether the cell also stands for other rows than these (table, row)."""
        return False

    @abc.abstractmethod
    def raw(self, spot: CellSpot) -> Any:
        """The cell as the file has it; None for a blank."""

    @abc.abstractmethod
    def write(self, spot: CellSpot, kind: ValueType[Any], value: Any, status: str, note: str) -> None:
        """Change a cell; None empties it."""

    @abc.abstractmethod
    def save(self, new: Path) -> None:
        """Raises: OutputError: F-FILE-006 … 008."""


class _BookCopy(DatasetCopy):
    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        try:
            self.book = openpyxl.load_workbook(dataset.path)
        except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError) as exc:
            raise OutputError(Problem("F-DIFF-020", Place(str(dataset.path)), type(exc).__name__)) from exc
        self._ranges: dict[str, dict[tuple[int, int], Any]] = {}
        """By sheet, row and column: a sheet may have thousands of merged cells, and all were asked for each cell."""

    def raw(self, spot: CellSpot) -> Any:
        return self._cell(spot).value

    def is_shared(self, spot: CellSpot, rows: frozenset[tuple[int, int]]) -> bool:
        merged = self._range(spot)
        first = self.dataset.tables[spot.table].reader.table.first_row
        return merged is not None and not all(
            (spot.table, row - first) in rows for row in range(merged.min_row, merged.max_row + 1)
        )

    def write(self, spot: CellSpot, kind: ValueType[Any], value: Any, status: str, note: str) -> None:
        cell = self._cell(spot)
        old = cell.value
        cell.value = new = None if value is None else _for_sheet(kind, value, old)
        if isinstance(new, str):
            cell.data_type = "s"  # what looks like a formula stays text
            cell.number_format = "@" if new.isdigit() else cell.number_format
        cell.fill = PatternFill("solid", fgColor=COLOURS[status])
        earlier = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(earlier + note, "formgen")
        cell.comment.width, cell.comment.height = _COMMENT_SIZE_PT

    def save(self, new: Path) -> None:
        stream = io.BytesIO()  # a disk that fills up under an open archive makes Python print a traceback of its own
        self.book.save(stream)
        make_folder(new.parent)
        write_whole(new, stream.getvalue())

    def _cell(self, spot: CellSpot) -> Any:
        merged = self._range(spot)
        return self._at(spot) if merged is None else merged.start_cell

    def _range(self, spot: CellSpot) -> Any:
        """The merged range that a cell belongs to, be it as its first one; None for a cell alone."""
        cell = self._at(spot)
        if cell.parent.title not in self._ranges:
            self._ranges[cell.parent.title] = {
                place: merged for merged in cell.parent.merged_cells.ranges for place in merged.cells
            }
        return self._ranges[cell.parent.title].get((cell.row, cell.column))

    def _at(self, spot: CellSpot) -> Any:
        table = self.dataset.tables[spot.table].reader.table
        return self.book[table.name][table.cell_name(spot.row, spot.column)]


class _CsvCopy(DatasetCopy):
    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.rows: dict[Path, list[list[str]]] = {}
        self.dialects: dict[Path, tuple[str, str]] = {}

    def raw(self, spot: CellSpot) -> Any:
        row = self._table(spot)[spot.row]
        return row[spot.column] or None if spot.column < len(row) else None

    def write(self, spot: CellSpot, kind: ValueType[Any], value: Any, status: str, note: str) -> None:
        row = self._table(spot)[spot.row]
        row += [""] * (spot.column + 1 - len(row))
        row[spot.column] = "" if value is None else kind.format(value)

    def save(self, new: Path) -> None:
        source = self.dataset.path
        make_folder(new.parent)
        if not source.is_dir():
            write_whole(new, self._bytes(source) if self.rows else source.read_bytes())
            return
        with staged_folder(new) as staging:
            for file in sorted(source.iterdir()):
                if file in self.rows:
                    (staging.path / file.name).write_bytes(self._bytes(file))
                elif file.is_file() and file.suffix.lower() in TEXTS:
                    shutil.copyfile(file, staging.path / file.name)

    def _table(self, spot: CellSpot) -> list[list[str]]:
        path = Path(self.dataset.tables[spot.table].reader.table.file)
        if path not in self.rows:
            encoding = detect_encoding(path)
            text = path.read_bytes().decode(encoding)
            delimiter = find_delimiter(text[: 1 << 16])
            self.dialects[path] = encoding, delimiter
            self.rows[path] = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        return self.rows[path]

    def _bytes(self, path: Path) -> bytes:
        encoding, delimiter = self.dialects[path]
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=delimiter).writerows(self.rows[path])
        return stream.getvalue().encode(encoding)


class _JsonCopy(DatasetCopy):
    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.is_lines = dataset.path.suffix.lower() in LINES
        text = json_text(dataset.path, dataset.path.read_bytes())
        self.lines = text.splitlines() if self.is_lines else []
        self.content = {} if self.is_lines else json.loads(text)
        self.changed: dict[int, Any] = {}

    def raw(self, spot: CellSpot) -> Any:
        return self._record(spot).get(self._key(spot))

    def write(self, spot: CellSpot, kind: ValueType[Any], value: Any, status: str, note: str) -> None:
        record = self._record(spot)
        is_number = isinstance(record.get(self._key(spot)), (int, float))
        if value is None:
            record[self._key(spot)] = None
        elif is_number and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            record[self._key(spot)] = int(value) if value == int(value) else float(value)
        else:
            record[self._key(spot)] = kind.to_json(value)
        if self.is_lines:
            self.changed[spot.row - 1] = record

    def save(self, new: Path) -> None:
        if self.is_lines:
            lines = [
                json.dumps(self.changed[number], ensure_ascii=False) if number in self.changed else line
                for number, line in enumerate(self.lines)
            ]
            text = "\n".join(lines) + "\n"
        else:
            text = json.dumps(self.content, ensure_ascii=False, indent=2) + "\n"
        make_folder(new.parent)
        write_whole(new, text.encode("utf-8", "surrogatepass"))

    def _record(self, spot: CellSpot) -> dict[str, Any]:
        """Rows of JSON count from 1: the keys are row 0."""
        found: dict[str, Any]
        if self.is_lines:
            number = spot.row - 1
            found = self.changed[number] if number in self.changed else json.loads(self.lines[number])
            return found
        name = self.dataset.tables[spot.table].reader.table.name
        found = (self.content[name] if isinstance(self.content, dict) else self.content)[spot.row - 1]
        return found

    def _key(self, spot: CellSpot) -> str:
        return self.dataset.tables[spot.table].reader.labels[spot.term]


def _for_sheet(kind: ValueType[Any], value: Any, old: Any) -> Any:
    """A number where a number or nothing stood, a date where a date stood; else text, numbers that identify, too."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and kind.name != "percent":
        if old is None or isinstance(old, (int, float)):
            return int(value) if value == int(value) else float(value)
    elif isinstance(value, PartialDate) and isinstance(old, datetime.date) and value.precision == "day":
        return datetime.datetime(value.year, value.month or 1, value.day or 1)
    return kind.format(value)
