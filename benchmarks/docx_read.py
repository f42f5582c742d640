"""Returned Word forms: ours against python-docx walking the same tables of the same files.

Ours opens a file from outside with its limits, finds out which form it is, compares every label and reads every blank.
python-docx opens the file and takes `paragraph.text` of every paragraph of every cell of every table, as its manual
shows; what stands in content controls it does not see that way, and it is not made to look for it. Both are timed by
CPU time inside one process with everything imported, after one file of the form was read; memory is each process's
peak. Rosters and the merged file are one file each, read again and again.

    python -m benchmarks.docx_read        prints the table
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.docx_fill import APPLICATION, FORM, make_records
from benchmarks.measuring import Row, print_rows, run_python

__all__ = ["rows"]

FILES = 300
REPEAT = 3
SIZES = (1_000, 10_000)
ROSTER = "xinmi-2015/survey-sheet"
ROWS = (30, 300)
SHEETS = 60
LARGE = 20


@dataclass(frozen=True, slots=True)
class _Run:
    a_second: float
    peak_mb: float


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder, FILES)
        ours, weighed, peer = (_run(which, folder, FILES * 2, REPEAT) for which in ("ours", "weighed", "python-docx"))
        growth = [(count, _run("ours", folder, count, 1)) for count in SIZES]
        large = list(_large(folder / "large"))
    ratio = ours.a_second / peer.a_second
    return [
        Row(
            "DOCX application forms read, one core",
            f"{ours.a_second:,.0f} a second, {ours.peak_mb:.0f} MB",
            f"python-docx walking the tables: {peer.a_second:,.0f} a second, {peer.peak_mb:.0f} MB",
            f"{ratio:.1f} ×",
            "≥ 10 ×",
        ),
        Row("the same, values typed and weighed", f"{weighed.a_second:,.0f} a second"),
        *large,
        *(
            Row(f"DOCX application forms read, {count:,}", f"{run.peak_mb:.0f} MB", wanted="flat memory")
            for count, run in growth
        ),
    ]


def _large(folder: Path) -> Iterator[Row]:
    """Files of many rows or sheets."""
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx, merge

    roster, form = (compile_docx(Catalogue().form(name)) for name in (ROSTER, FORM))
    made = {f"survey sheet of {count} rows": roster.render(_roster(count), "r1").content for count in ROWS}
    sheets = [(form, record, f"r{number}") for number, record in enumerate(make_records(SHEETS, APPLICATION))]
    made[f"{SHEETS} application forms in one file"] = merge(sheets).content
    for number, (name, content) in enumerate(made.items()):
        if content is None:
            raise RuntimeError(f"{name}: not printed")
        own = folder / str(number)
        own.mkdir(parents=True)
        (own / "0.docx").write_bytes(content)
        ours, peer = (_run(which, own, LARGE, REPEAT) for which in ("ours", "python-docx"))
        yield Row(
            f"DOCX {name}, read",
            f"{1000 / ours.a_second:,.1f} ms, {ours.peak_mb:.0f} MB",
            f"python-docx walking the tables: {1000 / peer.a_second:,.1f} ms, {peer.peak_mb:.0f} MB",
            f"{ours.a_second / peer.a_second:.1f} ×",
            "≥ 10 ×",
        )


def _roster(count: int) -> dict[str, Any]:
    """Rows with something in every column."""
    from formgen.forms.catalogue import Catalogue

    table = Catalogue().form(ROSTER).field("rows").table
    assert table is not None
    types = {column.key: column.value_type for column in table.columns}
    rows = []
    for number in range(count):
        texts = {
            "number": str(number + 1),
            "name": f"张{chr(0x4E00 + number)}",
            "sex": "男" if number % 2 else "女",
            "age": str(20 + number % 60),
            "disability": "肢体二级",
            "address": f"靳寨村{1 + number % 9}组",
            "household_size": str(1 + number % 6),
            "wish": "养殖",
            "family_wish": "务工",
            "phone": f"1391234{number:04}",
            "certificate": "41018319680203124843",
        }
        rows.append({key: types[key].parse(text) for key, text in texts.items()})
    return {"rows": rows}


def make_files(folder: Path, count: int) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx

    compiled = compile_docx(Catalogue().form(FORM))
    for number, record in enumerate(make_records(count, APPLICATION)):
        content = compiled.render(record, f"r{number}").content
        if content is None:
            raise RuntimeError(f"record {number} was not printed")
        (folder / f"{number}.docx").write_bytes(content)


def read_with_formgen(files: Sequence[Path], is_weighed: bool) -> Callable[[Path], object]:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.docx import read_docx
    from formgen.reading.identify import FormBook
    from formgen.reading.weigh import weigh

    book = FormBook([Catalogue().form(FORM), Catalogue().form(ROSTER)])
    first = weigh(read_docx(files[0], book).sheets[0], files[0].name)
    if not first.values or "lost" in first.doubts.values():
        raise RuntimeError(f"not read: {first}")
    if is_weighed:
        return lambda path: weigh(read_docx(path, book).sheets[0], path.name)
    return lambda path: read_docx(path, book)


def read_with_python_docx(path: Path) -> list[str]:
    import docx

    document = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                texts += [paragraph.text for paragraph in cell.paragraphs]
    return texts


def _run(which: str, folder: Path, count: int, repeat: int) -> _Run:
    """The best of several processes: what is left of noise only slows."""
    found = []
    report = folder / "report.json"
    for _ in range(repeat):
        outside = run_python("-m", "benchmarks.docx_read", which, str(folder), str(count), str(report))
        found.append(_Run(count / json.loads(report.read_text("utf-8")), outside.peak_mb))
    return max(found, key=lambda run: run.a_second)


def _one_run(which: str, folder: Path, count: int, report: Path) -> None:
    files = sorted(folder.glob("*.docx"))
    read = read_with_python_docx if which == "python-docx" else read_with_formgen(files, which == "weighed")
    read(files[0])
    started = time.process_time()
    for number in range(count):
        read(files[number % len(files)])
    report.write_text(json.dumps(time.process_time() - started), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _one_run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        print_rows("Reading Word forms", rows())
