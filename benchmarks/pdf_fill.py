"""Application forms on PDF: 16 fields and some 370 characters a page, each record different, to a file on disk.

Whole processes are timed: the start of Python, reading the layout and the fonts, composing, writing, closing the file.
Records are typed values that are made on the way.

    python -m benchmarks.pdf_fill        prints the table
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measure, Row, print_rows, run_python

__all__ = ["rows"]

FORM = "xinmi-2015/application-form"
REPEAT = 3
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行"
)
OPINION = "经村民代表会议评议并公示七日无异议，情况属实，同意上报。"


def rows() -> list[Row]:
    made = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for which, count, wanted in (
            ("merged", 1_000, "≥ 1,800 a second"),
            ("merged", 10_000, "≥ 1,800 a second"),
            ("merged", 100_000, "memory ± 20 %"),
            ("long", 2_000, "≥ 400 a second"),
            ("over", 1_000, ""),
            ("single", 2_000, "≥ 300 a second"),
        ):
            found = run_python("-m", "benchmarks.pdf_fill", which, str(count), str(folder), repeat=REPEAT)
            made.append(Row(f"{LABELS[which]}, {count:,} records", _figures(found, count), wanted=wanted))
    return made


LABELS = {
    "merged": "one file",
    "long": "one file, texts four times as long, printed smaller",
    "over": "one file, texts twelve times as long, continued",
    "single": "a file each",
}


def _figures(found: Measure, count: int) -> str:
    return (
        f"{count / found.wall_s:,.0f} records a second, {count / found.cpu_s:,.0f} a CPU second, {found.peak_mb:.0f} MB"
    )


def make_records(count: int, times: int) -> Iterator[dict[str, Any]]:
    """Typed values of the form's printed fields; texts, name, birth, certificate and phone differ each time."""
    from formgen.forms.catalogue import Catalogue
    from formgen.values import PartialDate

    raw = {
        "town": "袁庄乡",
        "village": "靳寨村",
        "sex": "男",
        "ethnicity": "汉",
        "education": "初中",
        "disability": "肢体二级",
        "address": "新密市袁庄乡靳寨村三组",
    }
    form = Catalogue().form(FORM)
    parsed = {key: form.field(key).value_type.parse(text) for key, text in raw.items()}
    opinions = [item for item in form.fields if item.type_name == "long-text" and item.key != "application"]
    for number in range(count):
        start = number * 7 % len(COMMON)
        varied = (COMMON + COMMON)[start : start + 70]
        text = f"本人系肢体残疾人，家庭{number % 7 + 1}口人，年人均纯收入{2000 + number % 900}元，{varied}，望批准！"
        yield {
            **parsed,
            "name": f"张{chr(0x4E00 + number % 1000)}",
            "birth": PartialDate(1950 + number % 50, 1 + number % 12),
            "certificate": f"4101831968{number % 100_000_000:08}43",
            "phone": f"139{number % 100_000_000:08}",
            "application": form.field("application").value_type.parse(text * times),
            **{item.key: item.value_type.parse((OPINION + varied[:40]) * times) for item in opinions},
        }


def _one_run(which: str, count: int, folder: Path) -> None:
    from formgen.files import whole_file
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.pdf import Identity, PdfFile, compile_pdf
    from formgen.typeset.fonts import FontBook

    form = Catalogue().form(FORM)
    compiled = compile_pdf(form, FontBook())
    sheets = (
        compiled.compose(record, f"{number}")
        for number, record in enumerate(make_records(count, {"long": 4, "over": 12}.get(which, 1)))
    )
    if which == "single":
        for number, sheet in enumerate(sheets):
            with whole_file(folder / f"{number}.pdf") as stream:
                file = PdfFile(stream, Identity(form.title, form.id, form.version, f"{number}"))
                file.add(_pages(sheet))
                file.close()
        return
    with whole_file(folder / f"{which}.pdf") as stream:
        file = PdfFile(stream, Identity(form.title, form.id, form.version))
        for number, sheet in enumerate(sheets):
            file.add(_pages(sheet), (f"村{number // 100}", f"人{number}"))
        file.close()


def _pages(sheet: Any) -> Any:
    if sheet.pages is None:
        raise RuntimeError(str(sheet.problems))
    return sheet.pages


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _one_run(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    else:
        print_rows("Filling PDF forms", rows())
