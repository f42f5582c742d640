"""Returned Word forms: ours against python-docx walking the same tables of the same files.

Ours opens a file from outside with its limits, finds out which form it is, compares every label and reads every blank.
python-docx opens the file and takes `paragraph.text` of every paragraph of every cell of every table, as its manual
shows; what stands in content controls it does not see that way, and it is not made to look for it. Both are timed by
CPU time inside one process with everything imported, after a few files of the form were read; what is timed reads files
it has not seen, because those that Word saved are all different. The best of several processes.
"Whole" is what a run over a folder does with a file: also its kind, what is in its package, and values typed and
weighed. Every form of the catalogue is read as it was printed, as LibreOffice saves it and as Word does: of Word there
is an imitation (tests/reading/docx/word_saved.py), since no file of its own is to be had.

    python -m benchmarks.docx_read        prints the table
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.docx_fill import FORM
from benchmarks.measuring import Row, print_rows, run_python
from benchmarks.sample_records import sample_record

__all__ = ["rows"]

SIZES = (1_000, 10_000)
FILES, LONG = 40, 8
"""Of each form, all different; of those with `MANY` rows fewer."""
MANY = 100
ROWS = {"survey-sheet": (3, 30, 300)}
"""Rows of the tables; of other forms `FEW` and `PAGE`."""
FEW, PAGE = 3, 14
SHEETS = 60
REPEAT = 5
PEER = 3
"""Files that python-docx reads."""
AT_ONCE = 100
"""Files that one call of LibreOffice gets: of many more it left some out and said nothing."""
LIBREOFFICE = "docx:MS Word 2007 XML"


@dataclass(frozen=True, slots=True)
class _Run:
    ours: float
    whole: float
    peer: float
    """Milliseconds a file."""

    def row(self, what: str, wanted: str = "≥ 10 ×") -> Row:
        ours = f"{self.ours:.2f} ms, whole {self.whole:.2f} ms"
        ratio = f"{self.peer / self.ours:.1f} ×, whole {self.peer / self.whole:.1f} ×"
        return Row(what, ours, f"python-docx walking the tables: {self.peer:.2f} ms", ratio, wanted)


def rows() -> Iterator[Row]:
    from formgen.forms.catalogue import Catalogue

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder / "printed")
        _save_again(folder)
        for kind, what in (
            ("printed", ""),
            ("word", ", as Word saves it"),
            ("libreoffice", ", saved by LibreOffice"),
            ("odt", ", by way of ODT"),
        ):
            for form in sorted((folder / kind).glob("*")):
                yield _run(form).row(f"DOCX {form.name}{what}")
        many = folder / "many"
        _write(many, FORM, (sample_record(Catalogue().form(FORM), 0, number) for number in range(300)))
        for count in SIZES:
            report = run_python("-m", "benchmarks.docx_read", "read", str(many), str(count))
            yield Row(f"DOCX application forms read, {count:,}", f"{report.peak_mb:.0f} MB", wanted="flat memory")


def make_files(folder: Path) -> None:
    """Every form of the catalogue in several sizes, and many sheets in one file."""
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx, merge

    for form in Catalogue().forms():
        if "docx" not in form.templates:
            continue
        has_rows = any(item.table is not None for item in form.fields)
        for count in ROWS.get(form.name, (FEW, PAGE) if has_rows else (0,)):
            own = folder / (f"{form.name}, {count} rows" if has_rows else form.name)
            _write(
                own, form.id, (sample_record(form, count, number) for number in range(LONG if count >= MANY else FILES))
            )
    compiled = compile_docx(Catalogue().form(FORM))
    sheets = [(compiled, sample_record(Catalogue().form(FORM), 0, number), f"r{number}") for number in range(SHEETS)]
    own = folder / f"{SHEETS} application forms in one file"
    own.mkdir()
    (own / "0.docx").write_bytes(_printed(merge(sheets).content))


def _write(folder: Path, form: str, records: Iterator[Mapping[str, Any]]) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx

    compiled = compile_docx(Catalogue().form(form))
    folder.mkdir(parents=True)
    for number, record in enumerate(records):
        (folder / f"{number}.docx").write_bytes(_printed(compiled.render(record, f"r{number}").content))


def _printed(content: bytes | None) -> bytes:
    if content is None:
        raise RuntimeError("a record was not printed")
    return content


def _save_again(folder: Path) -> None:
    """The printed files as other programs save them; without LibreOffice only as Word does."""
    from tests.reading.docx.word_saved import saved_by_word

    paths = [path for path in sorted((folder / "printed").glob("*/*.docx")) if "one file" not in path.parent.name]
    printed = {path: path.parent.name for path in paths}
    for number, (path, form) in enumerate(printed.items()):
        saved = folder / "word" / form / path.name
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_bytes(saved_by_word(path.read_bytes(), number))
    if shutil.which("soffice") is None:
        return
    flat = folder / "flat"
    flat.mkdir()
    names = [shutil.copy(path, flat / f"{printed[path]}@{path.name}") for path in paths]
    direct = _converted(names, LIBREOFFICE, folder / "direct")
    detour = _converted(_converted(names, "odt", folder / "between"), LIBREOFFICE, folder / "detour")
    for kind, paths in (("libreoffice", direct), ("odt", detour)):
        for path in paths:
            form, _, name = path.name.partition("@")
            (folder / kind / form).mkdir(parents=True, exist_ok=True)
            shutil.move(path, folder / kind / form / name)


def _converted(paths: Sequence[Path], kind: str, folder: Path) -> list[Path]:
    profile = f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder)]
    for start in range(0, len(paths), AT_ONCE):
        subprocess.run([*command, *map(str, paths[start : start + AT_ONCE])], check=True, capture_output=True)
    return [folder / f"{path.stem}.{kind.partition(':')[0]}" for path in paths]


def read_with_python_docx(path: Path) -> list[str]:
    import docx

    document = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                texts += [paragraph.text for paragraph in cell.paragraphs]
    return texts


def _run(folder: Path) -> _Run:
    """The best of several processes: what is left of noise only slows."""
    report = folder / "report.json"
    runs = []
    for _ in range(REPEAT):
        run_python("-m", "benchmarks.docx_read", "compare", str(folder), str(report))
        runs.append(json.loads(report.read_text("utf-8")))
    return _Run(**{name: min(run[name] for run in runs) for name in runs[0]})


def _compare(folder: Path, report: Path) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.docx import read_docx
    from formgen.reading.files import read_file
    from formgen.reading.identify import FormBook

    book = FormBook(Catalogue().forms())
    files = sorted(folder.glob("*.docx"))
    before, ours, whole, peer = (files[start::4] or files for start in range(4))
    for path in before:
        found = read_file(path, book)
        if found.problems or not all(reading.values and not reading.doubts for reading in found.readings):
            codes = {problem.code for reading in (found, *found.readings) for problem in reading.problems}
            raise RuntimeError(f"{path}: not read: {sorted(codes)}")
    made = {
        "ours": _milliseconds(lambda path: read_docx(path, book), ours),
        "whole": _milliseconds(lambda path: read_file(path, book), whole),
    }
    # Only now: the memory that python-docx frees is put in order by whoever asks for some next (35 ms after 300 rows).
    read_with_python_docx(before[0])
    made["peer"] = _milliseconds(read_with_python_docx, peer[:PEER])
    report.write_text(json.dumps(made), "utf-8")


def _milliseconds(read: Callable[[Path], object], files: Sequence[Path]) -> float:
    """CPU time a file."""
    started = time.process_time()
    for path in files:
        read(path)
    return 1000 * (time.process_time() - started) / len(files)


def _read_many(folder: Path, count: int) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.docx import read_docx
    from formgen.reading.identify import FormBook

    book = FormBook(Catalogue().forms())
    files = sorted(folder.glob("*.docx"))
    for number in range(count):
        read_docx(files[number % len(files)], book)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "compare":
        _compare(Path(sys.argv[2]), Path(sys.argv[3]))
    elif len(sys.argv) == 4:
        _read_many(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        print_rows("Reading Word forms", rows())
