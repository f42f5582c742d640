"""Reading a long Excel roster: ours, file → typed values, against openpyxl read-only merely going through its rows.

The roster is formgen's own, of 100,000 different persons; and the same saved again by LibreOffice, which keeps texts in
a table of their own as Excel does. Seconds are CPU seconds inside one process with everything imported and the form's
template taken apart; memory is each process's own peak. openpyxl types nothing, and knows no form.

    python -m benchmarks.xlsx_read        prints the table
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, own_peak_mb, print_rows, run_python
from benchmarks.xlsx_roster import FORM, HEAD
from formgen.values.disability import CATEGORIES, GRADES

__all__ = ["rows"]

COUNTS = (1_000, 10_000, 100_000)
REPEAT = 3


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in COUNTS:
            _write(folder / f"{count}.xlsx", count)
        saved_path = folder / "saved" / f"{COUNTS[-1]}.xlsx"
        _save_again(folder / saved_path.name, saved_path.parent)
        ours = [_run("formgen", folder / f"{count}.xlsx", count) for count in COUNTS]
        peer = _run("openpyxl", folder / f"{COUNTS[-1]}.xlsx", COUNTS[-1])
        shutil.copy(folder / f"{COUNTS[0]}.xlsx", saved_path.parent)
        saved = [_run(reader, saved_path, COUNTS[-1]) for reader in ("formgen", "openpyxl")]
    return [
        _row(f"XLSX roster, {COUNTS[-1]:,} rows × 8 columns into values", ours[-1], peer),
        _row("the same, saved by LibreOffice", *saved),
        *(
            Row(f"XLSX roster, {count:,} rows", f"{seconds:.2f} s, {megabytes:.0f} MB")
            for count, (seconds, megabytes) in zip(COUNTS[:-1], ours[:-1], strict=True)
        ),
    ]


def _row(what: str, ours: tuple[float, float], peer: tuple[float, float]) -> Row:
    return Row(
        what,
        f"{ours[0]:.2f} s, {ours[1]:.0f} MB",
        f"openpyxl read-only, its rows alone: {peer[0]:.2f} s, {peer[1]:.0f} MB",
        f"{peer[0] / ours[0]:.1f} ×",
        "≥ 5 ×",
    )


def _write(path: Path, count: int) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.xlsx import compile_xlsx

    compile_xlsx(Catalogue().form(FORM)).render_to(path, {**HEAD, "rows": _people(count)}, "benchmark")


def _people(count: int) -> Iterator[dict[str, Any]]:
    """Rows of the roster as typed values: no two persons alike, every third household with two of them."""
    from stdnum.cn.ric import calc_check_digit

    from formgen.forms.catalogue import Catalogue

    table = Catalogue().form(FORM).field("rows").table
    assert table is not None
    types = {column.key: column.value_type for column in table.columns}
    draw = random.Random(2015)
    for number in range(count):
        day = date(1935, 1, 1) + timedelta(days=draw.randrange(28_000))
        start = f"4101{draw.randrange(81, 86)}{day:%Y%m%d}{draw.randrange(1, 1000):03}"
        category, grade = draw.randrange(7), draw.randrange(4)
        raw = {
            "household_number": f"{number * 3 // 4:05}",
            "name": "".join(draw.choices("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗建国华明军平志强文秀英桂兰", k=3)),
            "sex": "男" if int(start[-1]) % 2 else "女",
            "household_size": str(draw.randrange(1, 8)),
            "income_per_head": f"{draw.randrange(8_000, 40_000) / 10:g}",
            "housing_per_head": str(draw.randrange(8, 60)),
            "disability": CATEGORIES[category] + GRADES[grade],
            "certificate": f"{start}{calc_check_digit(start + '0')}{category + 1}{grade + 1}",
        }
        yield {key: types[key].parse(text) for key, text in raw.items()}


def _save_again(path: Path, folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    kind = "xlsx:Calc MS Excel 2007 XML"
    command = [
        shutil.which("soffice") or "soffice",
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
    ]
    subprocess.run([*command, str(path)], check=True, capture_output=True)


def _run(reader: str, path: Path, count: int) -> tuple[float, float]:
    """Medians: CPU seconds of reading, peak megabytes of the whole process."""
    figures = []
    for _ in range(REPEAT):
        report = path.with_name("report.json")
        run_python("-m", "benchmarks.xlsx_read", reader, str(path), str(report))
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
