"""The main job, whole command: a dataset of N households to all packets of xinmi-2015 on disk.

The same dataset as one workbook and as a folder of CSV files: the rows of both are read as streams.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
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
            for source, carrier in ((workbook, "docx"), (folder / "csv", "docx"), (folder / "csv", "pdf")):
                found.append(_row(households, source, carrier, folder / f"out-{source.stem}-{carrier}", previous))
    return found


def _row(households: int, source: Path, carrier: str, out: Path, previous: dict[str, float]) -> Row:
    ours: Measure = run_python("-m", "formgen", "packet", "xinmi-2015", str(source), "-o", str(out), "-f", carrier)
    # Read elsewhere: a process starts with the peak of the one that started it, so this one has to stay small.
    command = [sys.executable, "-m", "benchmarks.packets", str(out / "manifest.json")]
    files, forms = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    kind = f"{source.suffix or 'CSV'} to {carrier}"
    rate = ours.wall_s / households
    growth = f"{rate / previous[kind]:.2f} × a household's time in the smaller run" if kind in previous else ""
    previous[kind] = rate
    return Row(
        f"packets of {households:,} households, {kind}",
        f"{ours.wall_s:.1f} s, {files:,} files, {forms:,} forms, {ours.peak_mb:.0f} MB",
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


def count(manifest: Path) -> tuple[int, int]:
    """Files and forms that a run lists."""
    content = json.loads(manifest.read_bytes())
    return len(content["files"]), content["summary"]["sheets"]


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(count(Path(sys.argv[1]))))
    else:
        write_csv(Path(sys.argv[1]), Path(sys.argv[2]))
