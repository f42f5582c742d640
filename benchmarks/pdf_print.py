"""Application forms as PDF: whole commands against docxtpl with LibreOffice, and against typst.

The same records for all: 16 fields, some 370 characters, every one different. Ours is the command line from a file of
records to a PDF on disk: start, reading, checking, typesetting, page codes, writing. docxtpl fills a Word file a
record, and one call of LibreOffice turns all of them into PDF. typst (its Python package) lays out one document with
the same grid of cells, from the records as JSON; it prints no page codes, so ours is also measured without. typst uses
all cores while it compiles; its CPU time is what counts for a core.

    python -m benchmarks.pdf_print        prints the table
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Measure, Row, print_rows, run_process, run_python

__all__ = ["rows"]

FORM = "xinmi-2015/application-form"
SIZES = (1_000, 10_000)
FLAT = 100_000
OFFICE, TYPST, SINGLE, LONG = 100, 2_000, 2_000, 2_000
REPEAT = 3
COMMON = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行"
NATIONS = ("汉族", "回族", "土家族", "苗族")


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_merged(folder), *_peers(folder), *_others(folder)]


def _merged(folder: Path) -> Iterator[Row]:
    for count in SIZES:
        for options, what in (((), "page codes and marks"), (("--no-marks",), "without marks")):
            ours = _ours(folder, count, *options, repeat=REPEAT)
            yield Row(
                f"{count:,} forms, one file, {what}",
                _figures(count, ours),
                wanted="≥ 1,800 pages a second a core",
            )
    small, large = _ours(folder, SIZES[0]), _ours(folder, FLAT)
    yield Row(
        f"{FLAT:,} forms, one file",
        _figures(FLAT, large),
        ratio=f"memory {large.peak_mb / small.peak_mb:.2f} × that of {SIZES[0]:,}",
        wanted="within 20 %",
    )
    cores = os.cpu_count() or 1
    several = _ours(folder, SIZES[1], "--jobs", str(cores), repeat=REPEAT)
    alone = _ours(folder, SIZES[1], repeat=REPEAT)
    yield Row(
        f"{SIZES[1]:,} forms, --jobs {cores}",
        _figures(SIZES[1], several),
        ratio=f"{alone.wall_s / several.wall_s:.2f} × one process",
    )


def _peers(folder: Path) -> Iterator[Row]:
    ours = _ours(folder, SIZES[1], repeat=REPEAT)
    plain = _ours(folder, SIZES[1], "--no-marks", repeat=REPEAT)
    typst = _peer(folder, "typst", TYPST)
    rate = SIZES[1] / plain.cpu_s / (TYPST / typst.cpu_s)
    yield Row(
        f"typst, {TYPST:,} forms",
        _figures(SIZES[1], plain),
        f"typst: {_figures(TYPST, typst)}",
        f"{rate:.1f} × by CPU time, {SIZES[1] / plain.wall_s / (TYPST / typst.wall_s):.1f} × by the clock",
        "≥ 6 ×",
    )
    office = _peer(folder, "office", OFFICE)
    cores = os.cpu_count() or 1
    several = _ours(folder, SIZES[1], "--jobs", str(cores), repeat=REPEAT)
    for run, what in ((ours, ""), (several, f", ours with --jobs {cores}")):
        yield Row(
            f"docxtpl and one call of LibreOffice, {OFFICE} forms{what}",
            _figures(SIZES[1], run),
            f"LibreOffice: {_figures(OFFICE, office)}",
            f"{SIZES[1] / run.wall_s / (OFFICE / office.wall_s):.0f} × by the clock",
            "≥ 250 ×",
        )
    yield from _first_packets(folder)


def _first_packets(folder: Path) -> Iterator[Row]:
    """Ten households, from nothing: all packets as PDF, against all packets in Word and LibreOffice to PDF.

    LibreOffice is called once for all files, as a careful script does, and once for each, as most do.
    """
    data = folder / "ten.xlsx"
    run_python("-m", "formgen", "sample", "xinmi-2015", "--households", "10", "-o", str(data))
    ours = run_python("-m", "formgen", "packet", "xinmi-2015", str(data), "-o", str(folder / "ten-pdf"), repeat=REPEAT)
    for which, calls in (("packet", "one call of LibreOffice"), ("packet-each", "a call of LibreOffice a file")):
        peer = run_process([sys.executable, "-m", "benchmarks.pdf_print", which, str(data), str(folder / which)])
        yield Row(
            "first packets, 10 households, cold",
            f"{ours.wall_s:.2f} s, {ours.peak_mb:.0f} MB",
            f"Word files, then {calls}: {peer.wall_s:.2f} s",
            f"{peer.wall_s / ours.wall_s:.0f} ×",
            "≥ 20 ×",
        )


def _others(folder: Path) -> Iterator[Row]:
    single = _ours(folder, SINGLE, "--single", repeat=REPEAT)
    yield Row(f"{SINGLE:,} forms, a file each", _figures(SINGLE, single), wanted="≥ 300 a second a core")
    for times, what, wanted in ((4, "texts four times as long", "≥ 400 a second"), (12, "twelve times: continued", "")):
        long = _ours(folder, LONG, times=times, repeat=REPEAT)
        yield Row(f"{LONG:,} forms, {what}", _figures(LONG, long), wanted=wanted)


def _figures(count: int, run: Measure) -> str:
    return f"{count / run.wall_s:,.0f} a second, {count / run.cpu_s:,.0f} a CPU second, {run.peak_mb:.0f} MB"


def _ours(folder: Path, count: int, *options: str, times: int = 1, repeat: int = 1) -> Measure:
    data = _records(folder, count, times)
    out = folder / f"out-{count}-{times}{''.join(options)}"
    return run_python("-m", "formgen", "fill", FORM, str(data), "-o", str(out), *options, repeat=repeat)


def _peer(folder: Path, which: str, count: int) -> Measure:
    data, out = _records(folder, count, 1), folder / f"{which}-{count}"
    out.mkdir(exist_ok=True)
    return run_process([sys.executable, "-m", "benchmarks.pdf_print", which, str(data), str(out)])


def _records(folder: Path, count: int, times: int) -> Path:
    """The records as JSONL, made by a process of their own: this one has to stay small."""
    path = folder / f"records-{count}-{times}.jsonl"
    if not path.exists():
        run_python("-m", "benchmarks.pdf_print", "records", str(path), str(count), str(times))
    return path


def make_records(count: int, times: int) -> Iterator[dict[str, Any]]:
    """Synthetic persons; `times` lengthens the application and the opinions."""
    chosen = random.Random(2015)

    def text(length: int) -> str:
        parts = ["".join(chosen.choices(COMMON, k=chosen.randint(5, 14))) for _ in range(length // 9)]
        return ("，".join(parts))[:length] + "。"

    for number in range(count):
        yield {
            "town": "袁庄乡",
            "village": "靳寨村",
            "name": f"张{chr(0x4E00 + number % 500)}",
            "sex": "男",
            "ethnicity": chosen.choice(NATIONS),
            "birth": f"{1950 + number % 50}-{1 + number % 12:02}",
            "education": "初中",
            "disability": "肢体二级",
            "certificate": f"{_identity(number)}42",
            "address": f"新密市袁庄乡靳寨村{1 + number % 20}组{1 + number % 300}号",
            "phone": f"139{number % 100_000_000:08}",
            "application": text(chosen.randint(110, 190) * times),
            "village_opinion": text(chosen.randint(25, 55) * times),
            "town_opinion": text(chosen.randint(25, 55) * times),
            "city_opinion": text(chosen.randint(25, 55) * times),
            "applied_on": "2015-03-12",
        }


def _identity(number: int) -> str:
    """A number with the right check digit, of a man born in the month that `make_records` gives."""
    from stdnum.cn import ric

    body = f"410183{1950 + number % 50}{1 + number % 12:02}15{(number // 600) % 500 * 2 + 1:03}"
    return body + str(ric.calc_check_digit(body + "0"))


def fill_with_office(data: Path, out: Path) -> None:
    from docxtpl import DocxTemplate

    from formgen.forms.catalogue import Catalogue

    path = str(Catalogue().form(FORM).template("docx"))
    for number, context in enumerate(_contexts(data)):
        template = DocxTemplate(path)
        template.render(context, autoescape=True)
        template.save(str(out / f"{number}.docx"))
    _convert(out)


def fill_packets(data: Path, out: Path, is_each: bool) -> None:
    subprocess.run([sys.executable, "-m", "formgen", "packet", "xinmi-2015", data, "-o", out, "-f", "docx"], check=True)
    _convert(out, is_each)


def _convert(out: Path, is_each: bool = False) -> None:
    """Every Word file of a folder to PDF, in one call or in one for each."""
    office = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(out / 'profile').resolve().as_uri()}"
    files = sorted(str(path) for path in out.rglob("*.docx"))
    for chosen in [[file] for file in files] if is_each else [files]:
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(out / "pdf"), *chosen]
        subprocess.run(command, check=True, capture_output=True)
    if not list((out / "pdf").glob("*.pdf")):
        raise RuntimeError("LibreOffice made no PDF")


def fill_with_typst(data: Path, out: Path) -> None:
    import typst  # type: ignore[import-not-found]

    from formgen.typeset.fonts import SHIPPED_FONTS

    records = [json.loads(line) for line in data.read_text("utf-8").splitlines()]
    (out / "records.json").write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    (out / "form.typ").write_text(TYPST_FORM, "utf-8")
    typst.compile(str(out / "form.typ"), output=str(out / "forms.pdf"), font_paths=[str(SHIPPED_FONTS[0].parent)])


def _contexts(data: Path) -> Iterator[dict[str, Any]]:
    from formgen.data.records import read_records
    from formgen.forms.catalogue import Catalogue
    from formgen.rendering.context import ContextPlan

    form = Catalogue().form(FORM)
    plan = ContextPlan(form)
    for key, record, _ in read_records(data, form):
        yield plan.fill(record, key).context


TYPST_FORM = """
#set page(paper: "a4", margin: (top: 51pt, bottom: 34pt, x: 45pt))
#set text(font: "Formgen Song", size: 12pt, lang: "zh")
#set par(leading: 8pt)
#let blank(width, body) = box(width: width, align(center, body))
#let line(width, body) = box(width: width, stroke: (bottom: 0.5pt), align(center, body))
#let day(text) = {
  let parts = if text == "" { ("", "", "") } else { text.split("-") }
  blank(28pt, parts.at(0)) + [年] + blank(22pt, parts.at(1)) + [月] + blank(22pt, parts.at(2)) + [日]
}
#let signed(who, text) = table.cell(colspan: 9, align: right)[#who#blank(90pt)[] 公章#blank(60pt)[] #day(text)]
#let long(body) = table.cell(colspan: 9, align: left + top, body)
#for r in json("records.json") {
  text(16pt)[附件2]
  align(center, text(22pt)[“农村基层党组织助残扶贫工程”帮扶对象 \\ 申请登记表])
  table(
    columns: (1.2fr, 1.4fr, 0.8fr, 0.8fr, 0.8fr, 1fr, 1.2fr, 1fr, 1.2fr, 1fr),
    rows: (32pt, 34pt, 38pt, 38pt, 133pt, 28pt, 85pt, 28pt, 85pt, 28pt, 85pt, 28pt),
    align: center + horizon,
    table.cell(colspan: 5)[#line(140pt, r.town)乡(镇)街道办事处],
    table.cell(colspan: 5)[#line(130pt, r.village)村(社区)],
    [姓名], [#r.name], [性别], [#r.sex], [民族], [#r.ethnicity], [出生年月], [#r.birth], [文化程度], [#r.education],
    table.cell(colspan: 2)[残疾类别及等级], table.cell(colspan: 3)[#r.disability],
    table.cell(colspan: 2)[残疾人证号], table.cell(colspan: 3)[#r.certificate],
    table.cell(colspan: 2)[家庭住址], table.cell(colspan: 3)[#r.address],
    table.cell(colspan: 2)[联系方式], table.cell(colspan: 3)[#r.phone],
    table.cell(rowspan: 2)[个人申请], long(r.application),
    signed([申请人：], r.applied_on),
    table.cell(rowspan: 2)[村(社区) \\ 党支部意见], long(r.village_opinion),
    signed([审核人：], ""),
    table.cell(rowspan: 2)[乡(镇)、街 \\ 道办事处党 \\ (工)委意见], long(r.town_opinion),
    signed([审核人：], ""),
    table.cell(rowspan: 2)[市级残联商 \\ 请市级组织 \\ 部意见], long(r.city_opinion),
    signed([审核人：], ""),
  )
  pagebreak(weak: true)
}
"""


def _one_run(which: str, path: Path, *rest: str) -> None:
    if which == "records":
        with path.open("w", encoding="utf-8") as stream:
            for record in make_records(*map(int, rest)):
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    elif which.startswith("packet"):
        fill_packets(path, Path(rest[0]), which == "packet-each")
    elif which == "office":
        fill_with_office(path, Path(rest[0]))
    else:
        fill_with_typst(path, Path(rest[0]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _one_run(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
    else:
        print_rows("Printing PDF forms", rows())
