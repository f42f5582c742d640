"""Application forms in Word: ours against docxtpl, on the same template and the same values, each to a file on disk.

Records are typed values, every one different; an application is some 90 characters long. Ours includes printing the
values, fitting them, rendering, deflating and writing each file whole; docxtpl gets the printed texts for nothing.
"Filling" is timed inside one process with everything imported and our template compiled (docxtpl has to load it again
for each file, that is how it is used); memory is each process's own peak.

    python -m benchmarks.docx_fill        prints the table
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
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
        ours_s, ours_mb = _runs("ours", folder / "ours", OURS, REPEAT)
        peer_s, peer_mb = _runs("docxtpl", folder / "docxtpl", PEER, REPEAT)
        _require_same_text(folder)
        long_s, _ = _runs("long", folder / "long", OURS, 1)
        packet_s, _ = _runs("merged", folder / "merged", OURS // 4, 1)
        growth = [(count, *_runs("ours", folder / f"growth{count}", count, 1)) for count in SIZES]
    ours, peer = OURS / ours_s, PEER / peer_s
    return [
        Row(
            "DOCX application forms to disk, one core",
            f"{ours:,.0f} a second, {ours_mb:.0f} MB",
            f"docxtpl: {peer:.1f} a second, {peer_mb:.0f} MB",
            f"{ours / peer:.0f} ×",
            "≥ 1,500 a second, ≥ 60 ×",
        ),
        Row("the same, long applications printed smaller", f"{OURS / long_s:,.0f} a second"),
        Row("files of 4 sheets merged", f"{OURS // 4 / packet_s:,.0f} files, {OURS / packet_s:,.0f} sheets a second"),
        *(
            Row(f"DOCX application forms, {count:,}", f"{seconds:.2f} s, {peak_mb:.0f} MB", wanted="flat memory")
            for count, seconds, peak_mb in growth
        ),
    ]


def _runs(which: str, folder: Path, count: int, repeat: int) -> tuple[float, float]:
    """Medians of whole processes: seconds of filling inside, peak megabytes."""
    folder.mkdir(exist_ok=True)
    figures = []
    for turn in range(repeat):
        target, report = folder / str(turn), folder / "report.json"
        target.mkdir(exist_ok=True)  # fresh: to rename over an existing file makes Linux flush it first
        outside = run_python("-m", "benchmarks.docx_fill", which, str(target), str(count), str(report))
        figures.append((json.loads(report.read_text("utf-8"))["fill_s"], outside.peak_mb))
    seconds, peak_mb = (statistics.median(column) for column in zip(*figures, strict=True))
    return seconds, peak_mb


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


def fill_with_formgen(folder: Path, count: int, application: str) -> float:
    from formgen.files import write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx

    compiled = compile_docx(Catalogue().form(FORM))
    compiled.render(next(make_records(1, application)), "first")
    started = time.perf_counter()
    for number, record in enumerate(make_records(count, application)):
        rendered = compiled.render(record, f"r{number}")
        if rendered.content is None:
            raise RuntimeError(str(rendered.problems))
        write_whole(folder / f"{number}.docx", rendered.content)
    return time.perf_counter() - started


def fill_merged(folder: Path, count: int) -> float:
    from formgen.files import write_whole
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.docx import compile_docx, merge

    compiled = compile_docx(Catalogue().form(FORM))
    records = list(make_records(4, APPLICATION))
    merge([(compiled, records[0], "first")])
    started = time.perf_counter()
    for number in range(count):
        rendered = merge([(compiled, record, f"r{number}") for record in records])
        if rendered.content is None:
            raise RuntimeError(str(rendered.problems))
        write_whole(folder / f"{number}.docx", rendered.content)
    return time.perf_counter() - started


def fill_with_docxtpl(folder: Path, count: int) -> float:
    from docxtpl import DocxTemplate

    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.context import ContextPlan

    form = Catalogue().form(FORM)
    plan, path = ContextPlan(form), str(form.template("docx"))
    contexts = [plan.fill(record, "").context for record in make_records(count, APPLICATION)]
    started = time.perf_counter()
    for number, context in enumerate(contexts):
        template = DocxTemplate(path)
        template.render(context, autoescape=True)
        template.save(str(folder / f"{number}.docx"))
    return time.perf_counter() - started


def _one_run(which: str, folder: Path, count: int, report: Path) -> None:
    if which == "docxtpl":
        seconds = fill_with_docxtpl(folder, count)
    elif which == "merged":
        seconds = fill_merged(folder, count)
    else:
        seconds = fill_with_formgen(folder, count, APPLICATION * (3 if which == "long" else 1))
    report.write_text(json.dumps({"fill_s": seconds}), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _one_run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        print_rows("Filling Word forms", rows())
