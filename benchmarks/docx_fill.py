"""Application forms in Word: ours against docxtpl, on the same template and the same values, each to a file on disk.

Records are typed values, every one different; an application is some 90 characters long. Ours includes printing the
values, fitting them, rendering, deflating and writing each file whole; docxtpl gets the printed texts for nothing.
"Filling" is timed inside one process with everything imported and our template compiled (docxtpl has to load it again
for each file, that is how it is used); memory is each process's own peak.

    python -m benchmarks.docx_fill        prints the table
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, print_rows, run_python

__all__ = ["rows"]

FORM = "xinmi-2015/application-form"
OURS, PEER = 3_000, 60
REPEAT = 3
SIZES = (1_000, 10_000)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _runs("ours", folder / "ours", OURS, REPEAT)
        peer = _runs("docxtpl", folder / "docxtpl", PEER, REPEAT)
        _require_same_text(folder)
        bare = _runs("bare", folder / "bare", OURS, REPEAT)
        long = _runs("long", folder / "long", OURS, REPEAT)
        merged = _runs("merged", folder / "merged", OURS // 4, REPEAT)
        growth = [(count, _runs("ours", folder / f"growth{count}", count, 1)) for count in SIZES]
    return [
        Row(
            "DOCX application forms to disk, one core",
            f"{ours.a_second:,.0f} a second, {ours.peak_mb:.0f} MB",
            f"docxtpl: {peer.a_second:.1f} a second, {peer.peak_mb:.0f} MB",
            f"{ours.a_second / peer.a_second:.0f} ×",
            "≥ 1,500 a second, ≥ 60 ×",
        ),
        Row(
            "the same by CPU time (disk waits left out)",
            f"{ours.a_cpu_second:,.0f} a second",
            f"docxtpl: {peer.a_cpu_second:.1f} a second",
            f"{ours.a_cpu_second / peer.a_cpu_second:.0f} ×",
        ),
        Row("the file system alone: as many files of that size", f"{bare.a_second:,.0f} a second"),
        Row("long applications, printed smaller", f"{long.a_second:,.0f} a second"),
        Row(
            "files of 4 sheets merged",
            f"{merged.a_second:,.0f} files, {4 * merged.a_second:,.0f} sheets a second",
        ),
        *(
            Row(
                f"DOCX application forms, {count:,}",
                f"{run.wall_s:.2f} s, {run.cpu_s:.2f} s CPU, {run.peak_mb:.0f} MB",
                wanted="flat memory",
            )
            for count, run in growth
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """Filling `count` files: seconds inside the process, and its peak memory."""

    count: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    @property
    def a_second(self) -> float:
        return self.count / self.wall_s

    @property
    def a_cpu_second(self) -> float:
        return self.count / self.cpu_s


def _runs(which: str, folder: Path, count: int, repeat: int) -> _Run:
    """The median of several processes.

    Each has a new folder and nothing is deleted before the end: creating files was seen to be twenty times slower
    for some minutes after many were deleted, which would be measured instead of either writer.
    """
    folder.mkdir(exist_ok=True)
    found = []
    for turn in range(repeat):
        target, report = folder / str(turn), folder / "report.json"
        target.mkdir(exist_ok=True)
        outside = run_python("-m", "benchmarks.docx_fill", which, str(target), str(count), str(report))
        inside = json.loads(report.read_text("utf-8"))
        found.append(_Run(count, inside["wall_s"], inside["cpu_s"], outside.peak_mb))
    return sorted(found, key=lambda run: run.wall_s)[repeat // 2]


def _require_same_text(folder: Path) -> None:
    """Both must have printed the same, or the comparison says nothing."""
    import docx

    texts = []
    for which in ("ours", "docxtpl"):
        path = folder / which / "0" / "7.docx"
        if zipfile.ZipFile(path).testzip() is not None:
            raise RuntimeError(f"{path} is damaged")
        body = docx.Document(str(path)).element.body
        texts.append("".join(item.text or "" for item in body.iter() if item.tag.endswith("}t")))
    if texts[0] != texts[1]:
        raise RuntimeError("formgen and docxtpl printed different forms")


def make_records(count: int, application: str) -> Iterator[dict[str, Any]]:
    """Typed values of the form's printed fields; name, birth, certificate and phone differ from record to record."""
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
        "application": application,
    }
    form = Catalogue().form(FORM)
    parsed = {key: form.field(key).value_type.parse(text) for key, text in raw.items()}
    for number in range(count):
        yield {
            **parsed,
            "name": f"张{chr(0x4E00 + number % 5000)}",
            "birth": PartialDate(1950 + number % 50, 1 + number % 12),
            "certificate": f"4101831968{number % 100_000_000:08}43",
            "phone": f"139{number % 100_000_000:08}",
        }


APPLICATION = (
    "本人系肢体残疾人，家庭四口人，年人均纯收入二千六百元，生活困难。现申请参加助残扶贫工程，发展中蜂养殖三十箱，"
    "希望得到技术指导和资金扶持。\n本人保证专款专用，接受监督。望批准！"
)


class _Timer:
    """Wall and CPU seconds of this process from its making to `stop`."""

    def __init__(self) -> None:
        self.cpu_s = time.process_time()
        self.wall_s = time.perf_counter()

    def stop(self) -> _Timer:
        self.wall_s = time.perf_counter() - self.wall_s
        self.cpu_s = time.process_time() - self.cpu_s
        return self


def fill_with_formgen(folder: Path, count: int, application: str) -> _Timer:
    from formgen.files import write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx

    compiled = compile_docx(Catalogue().form(FORM))
    compiled.render(next(make_records(1, application)), "first")
    timer = _Timer()
    for number, record in enumerate(make_records(count, application)):
        rendered = compiled.render(record, f"r{number}")
        if rendered.content is None:
            raise RuntimeError(str(rendered.problems))
        write_whole(folder / f"{number}.docx", rendered.content)
    return timer.stop()


def write_bare(folder: Path, count: int) -> _Timer:
    """The same way to disk with bytes that are there already: what no writer of files can be faster than."""
    from formgen.files import write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx

    content = compile_docx(Catalogue().form(FORM)).render(next(make_records(1, APPLICATION)), "first").content
    assert content is not None
    timer = _Timer()
    for number in range(count):
        write_whole(folder / f"{number}.docx", content)
    return timer.stop()


def fill_merged(folder: Path, count: int) -> _Timer:
    from formgen.files import write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx, merge

    compiled = compile_docx(Catalogue().form(FORM))
    records = list(make_records(4, APPLICATION))
    merge([(compiled, records[0], "first")])
    timer = _Timer()
    for number in range(count):
        rendered = merge([(compiled, record, f"r{number}") for record in records])
        if rendered.content is None:
            raise RuntimeError(str(rendered.problems))
        write_whole(folder / f"{number}.docx", rendered.content)
    return timer.stop()


def fill_with_docxtpl(folder: Path, count: int) -> _Timer:
    from docxtpl import DocxTemplate

    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.context import ContextPlan

    form = Catalogue().form(FORM)
    plan, path = ContextPlan(form), str(form.template("docx"))
    contexts = [plan.fill(record, "").context for record in make_records(count, APPLICATION)]
    timer = _Timer()
    for number, context in enumerate(contexts):
        template = DocxTemplate(path)
        template.render(context, autoescape=True)
        template.save(str(folder / f"{number}.docx"))
    return timer.stop()


def _one_run(which: str, folder: Path, count: int, report: Path) -> None:
    if which == "docxtpl":
        timer = fill_with_docxtpl(folder, count)
    elif which == "bare":
        timer = write_bare(folder, count)
    elif which == "merged":
        timer = fill_merged(folder, count)
    else:
        timer = fill_with_formgen(folder, count, APPLICATION * (3 if which == "long" else 1))
    report.write_text(json.dumps({"wall_s": timer.wall_s, "cpu_s": timer.cpu_s}), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _one_run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        print_rows("Filling Word forms", rows())
