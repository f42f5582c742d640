"""The main job, whole command: a dataset of N households to all packets of xinmi-2015 on disk.

The same dataset as one workbook and as a folder of CSV files: calamine holds a worksheet whole, CSV is read row by row.
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

from benchmarks.measuring import Measure, Row, run_python

__all__ = ["rows"]

SIZES = (1_000, 10_000, 100_000)


def rows() -> list[Row]:
    found = []
    previous: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        for households in SIZES:
            folder = Path(name) / str(households)
            folder.mkdir()
            workbook = folder / "data.xlsx"
            run_python("-m", "formgen", "sample", "xinmi-2015", "--households", str(households), "-o", str(workbook))
            run_python("-m", "benchmarks.packets", str(workbook), str(folder / "csv"))
            for source in (workbook, folder / "csv"):
                found.append(_row(households, source, folder / f"out-{source.stem}", previous))
    return found


def _row(households: int, source: Path, out: Path, previous: dict[str, float]) -> Row:
    ours: Measure = run_python("-m", "formgen", "packet", "xinmi-2015", str(source), "-o", str(out))
    manifest = json.loads((out / "manifest.json").read_bytes())
    kind = source.suffix or "CSV"
    rate = ours.wall_s / households
    growth = f"{rate / previous[kind]:.2f} × a household's time in the smaller run" if kind in previous else ""
    previous[kind] = rate
    return Row(
        f"packets of {households:,} households, {kind}",
        f"{ours.wall_s:.1f} s, {len(manifest['files']):,} files, {manifest['summary']['sheets']:,} forms, "
        f"{ours.peak_mb:.0f} MB",
        "",
        growth,
        "linear in time, flat in memory",
    )


def write_csv(workbook: Path, folder: Path) -> None:
    """The sheets of a workbook as CSV files."""
    import python_calamine

    folder.mkdir()
    book = python_calamine.CalamineWorkbook.from_path(workbook)
    for sheet in book.sheet_names:
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            for row in book.get_sheet_by_name(sheet).iter_rows():
                writer.writerow([int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row])


if __name__ == "__main__":
    import sys

    write_csv(Path(sys.argv[1]), Path(sys.argv[2]))
