"""Application forms on PDF read back: file → values, against pdfplumber's extract_words on the same pages.

Ours is everything: opening, which form it is, what stands in each blank, typed values. pdfplumber's is the words of the
pages and nothing else. Each in one process over the same files; CPU time after the libraries are loaded. Fillable forms
are read by their fields, which pdfplumber does not do: its words are those on the pages.

    python -m benchmarks.pdf_read        prints the table
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measuring import Row, print_rows, run_python
from benchmarks.pdf_print import make_records

__all__ = ["rows"]

FORM = "application-form"
FILES, PAGES, MANY = 600, 600, 3_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        return list(_rows(Path(name)))


def _rows(folder: Path) -> Iterator[Row]:
    for kind, count, what in (
        ("single", FILES, f"{FILES} files of a page"),
        ("merged", PAGES, f"one file of {PAGES} households"),
        ("fillable", FILES, f"{FILES} fillable files"),
    ):
        run_python("-m", "benchmarks.pdf_read", "make", kind, str(folder / kind), str(count))
        start = _cpu("start", folder / kind)
        ours, theirs = _cpu("ours", folder / kind) - start, _cpu("pdfplumber", folder / kind) - start
        yield Row(
            what,
            f"{1000 * ours / count:.2f} ms a page",
            f"pdfplumber: {1000 * theirs / count:.1f} ms",
            f"{theirs / ours:.1f} ×",
            "≥ 15 ×" if kind != "fillable" else "",
        )
    run_python("-m", "benchmarks.pdf_read", "make", "single", str(folder / "many"), str(MANY))
    few, many = (run_python("-m", "benchmarks.pdf_read", "ours", str(folder / name)) for name in ("single", "many"))
    yield Row(
        f"{MANY:,} files in one process",
        f"{many.peak_mb:.0f} MB",
        f"{FILES} files: {few.peak_mb:.0f} MB",
        f"{many.peak_mb / few.peak_mb:.2f} ×",
        "flat",
    )


def _cpu(who: str, folder: Path) -> float:
    repeat = 1 if who == "pdfplumber" else 3
    return run_python("-m", "benchmarks.pdf_read", who, str(folder), repeat=repeat).cpu_s


def _make(kind: str, folder: str, count: str) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.acroform import compile_acroform
    from formgen.rendering.pdf import Identity, Marks, PdfFile, compile_pdf
    from formgen.typeset.fonts import FontBook

    Path(folder).mkdir()
    manifest = Catalogue().form(FORM)
    printed, fillable = compile_pdf(manifest, FontBook()), compile_acroform(manifest, FontBook())
    sheets: list[tuple[str, object]] = []
    for number, record in enumerate(make_records(int(count), 1)):
        typed = {key: manifest.field(key).value_type.parse(str(value)) for key, value in record.items()}
        key = "".join(LETTERS[number >> 5 * place & 31] for place in range(10))
        path = Path(folder, f"{number}.pdf")
        if kind == "fillable":
            path.write_bytes(fillable.render(typed, key).content or b"")
            continue
        pages = printed.compose(typed, key, marks=Marks(key)).pages
        assert pages is not None
        sheets.append((key, pages))
        if kind == "single":
            with path.open("wb") as stream:
                file = PdfFile(stream, Identity(manifest.title, manifest.id, manifest.version, key))
                file.add(pages)
                file.close()
    if kind == "merged":
        with Path(folder, "all.pdf").open("wb") as stream:
            file = PdfFile(stream, Identity(manifest.title))
            for _, pages in sheets:
                file.add(pages)  # type: ignore[arg-type]
            file.close()


def _ours(folder: str) -> None:
    from formgen.forms.catalogue import Catalogue
    from formgen.reading.files import read_file
    from formgen.reading.identify import FormBook

    book = FormBook(Catalogue().forms())
    for path in Path(folder).iterdir():
        found = read_file(path, book)
        assert found.readings and all(reading.values for reading in found.readings)


def _pdfplumber(folder: str) -> None:
    import pdfplumber

    for path in Path(folder).iterdir():
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                assert page.extract_words()
                page.close()


def _start(folder: str) -> None:
    """What both need before the first file: Python and its libraries."""
    import pdfplumber  # noqa: F401

    from formgen.forms.catalogue import Catalogue
    from formgen.reading.pdf import read_pdf  # noqa: F401

    list(Catalogue().forms())


if __name__ == "__main__":
    parts: dict[str, Callable[..., None]] = {
        "make": _make, "ours": _ours, "pdfplumber": _pdfplumber, "start": _start
    }  # fmt: skip
    if len(sys.argv) > 1:
        parts[sys.argv[1]](*sys.argv[2:])
    else:
        print_rows("Reading PDF forms", rows())
