"""Reading a long Excel roster: ours, file → typed values, against openpyxl read-only merely going through its rows.

The roster is formgen's own, of 100,000 rows. Seconds are CPU seconds inside one process with everything imported and
the form's template taken apart; memory is each process's own peak. openpyxl types nothing, and knows no form.

    python -m benchmarks.xlsx_read        prints the table
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import Row, own_peak_mb, print_rows, run_python
from benchmarks.xlsx_roster import FORM, HEAD, make_rows

__all__ = ["rows"]

COUNTS = (1_000, 10_000, 100_000)
REPEAT = 3


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in COUNTS:
            _write(folder / f"{count}.xlsx", count)
        ours = [_run("formgen", folder, count) for count in COUNTS]
        peer = _run("openpyxl", folder, COUNTS[-1])
    return [
        Row(
            f"XLSX roster, {COUNTS[-1]:,} rows × 8 columns into values",
            f"{ours[-1][0]:.2f} s, {ours[-1][1]:.0f} MB",
            f"openpyxl read-only, its rows alone: {peer[0]:.2f} s, {peer[1]:.0f} MB",
            f"{peer[0] / ours[-1][0]:.1f} ×",
            "≥ 5 ×",
        ),
        *(
            Row(f"the same, {count:,} rows", f"{seconds:.2f} s, {megabytes:.0f} MB")
            for count, (seconds, megabytes) in zip(COUNTS[:-1], ours[:-1], strict=True)
        ),
    ]


def _write(path: Path, count: int) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.xlsx import compile_xlsx

    compile_xlsx(Catalogue().form(FORM)).render_to(path, {**HEAD, "rows": make_rows(count)}, "benchmark")


def _run(reader: str, folder: Path, count: int) -> tuple[float, float]:
    """Medians: CPU seconds of reading, peak megabytes of the whole process."""
    figures = []
    for _ in range(REPEAT):
        report = folder / "report.json"
        run_python("-m", "benchmarks.xlsx_read", reader, str(folder / f"{count}.xlsx"), str(report))
        inside = json.loads(report.read_text("utf-8"))
        if inside["rows"] < count:
            raise RuntimeError(f"{reader}: {inside['rows']} of {count} rows")
        figures.append((inside["seconds"], inside["peak_mb"]))
    seconds, megabytes = (statistics.median(column) for column in zip(*figures, strict=True))
    return seconds, megabytes


def _read_with_formgen(path: Path) -> tuple[float, int]:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.files import read_file
    from formgen.reading.identify import FormBook

    book = FormBook([Catalogue().form(FORM)])
    read_file(path.with_name(f"{COUNTS[0]}.xlsx"), book)  # imports, and the form's template taken apart
    started = time.process_time()
    (reading,) = read_file(path, book).readings
    return time.process_time() - started, len(reading.values["rows"])


def _read_with_openpyxl(path: Path) -> tuple[float, int]:
    import openpyxl

    started = time.process_time()
    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    return time.process_time() - started, count


def main(arguments: list[str]) -> None:
    if not arguments:
        print_rows("Reading an Excel roster back", rows())
        return
    reader, path, report = arguments
    seconds, count = (_read_with_formgen if reader == "formgen" else _read_with_openpyxl)(Path(path))
    Path(report).write_text(json.dumps({"seconds": seconds, "rows": count, "peak_mb": own_peak_mb()}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
