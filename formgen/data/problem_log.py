"""The problems of a dataset while it is read: in the order of the file, none twice, with the records they leave out."""

from __future__ import annotations

from formgen.problems import Place, Problem

__all__ = ["ProblemLog"]

_WHOLE_DATASET = -1


class ProblemLog:
    """Collects problems by where they stand: table, row and column, all counted from 0; -1 for the whole."""

    def __init__(self) -> None:
        self._items: list[tuple[int, int, int, Problem]] = []
        self.left_out: dict[str, Place] = {}
        """Key → place of every record that has an error and is therefore not filled in."""

    def add(
        self, problem: Problem, table: int = _WHOLE_DATASET, row: int = _WHOLE_DATASET, column: int = _WHOLE_DATASET
    ) -> None:
        self._items.append((table, row, column, problem))

    def leave_out(self, key: str, place: Place) -> None:
        self.left_out.setdefault(key, place)

    def problems(self) -> list[Problem]:
        """All of them in file order. Equal ones (same code, place, finding and record) are one."""
        ordered = sorted(self._items, key=lambda item: item[:3])
        return list(dict.fromkeys(item[3] for item in ordered))
