"""Returned Word forms: ours against python-docx walking the same tables of the same files.

Ours opens a file from outside with its limits, finds out which form it is, compares every label and reads every blank.
python-docx only opens the file and takes the text of every paragraph of every cell; it does not see what stands in
content controls. Both are timed by CPU time inside one process with everything imported; memory is each process's peak.

    python -m benchmarks.docx_read        prints the table
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.docx_fill import APPLICATION, FORM, make_records
from benchmarks.measuring import Row, print_rows, run_python

__all__ = ["rows"]

FILES = 300
REPEAT = 3
SIZES = (1_000, 10_000)


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
        *(
            Row(f"DOCX application forms read, {count:,}", f"{run.peak_mb:.0f} MB", wanted="flat memory")
            for count, run in growth
        ),
    ]


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

    book = FormBook([Catalogue().form(FORM)])
    first = weigh(read_docx(files[0], book).sheets[0], files[0].name)
    if len(first.values) < 11 or "lost" in first.doubts.values():
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
