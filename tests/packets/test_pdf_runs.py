"""Packets as PDF: one file a village, whole or not there, whatever happens on the way."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pypdfium2
import pytest

from formgen.files import STAGING
from formgen.folder_lock import LOCK, held_folder
from formgen.forms.layout import LAYOUT
from formgen.forms.page_code import PageCode, parse_page_code
from tests.conftest import ROOT, SAMPLES, Outcome

DATASET = SAMPLES / "dataset.xlsx"
AS_OF = ("--as-of", "2015-10-31")
FORM = "xinmi-2015/application-form"
KNOWN = {"sex": "女", "disability": "肢体三级", "certificate": "41018319620512004X43"}
Formgen = Callable[..., Outcome]


def _tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _pages(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


def _records(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "records.jsonl"
    lines = (json.dumps({**KNOWN, **record}, ensure_ascii=False) for record in records)
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def packets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's packets, made once, as a person makes them."""
    out = tmp_path_factory.mktemp("pdf") / "out"
    command = [sys.executable, "-m", "formgen", "packet", "xinmi-2015", str(DATASET), "-o", str(out), *AS_OF]
    subprocess.run(command, check=True, capture_output=True)
    return out


def test_a_village_is_one_file_household_by_household(packets: Path) -> None:
    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    entries = [entry for entry in manifest["files"] if entry["packet"] == "household"]
    assert len(entries) == 8 and sum(len(entry["sheets"]) for entry in entries) == 150
    for entry in entries:
        forms = [form.partition("/")[2] for form, _, _ in entry["sheets"]]
        assert forms[0] == "cover-sheet", "a household begins with its cover"
        texts = _pages(packets / entry["file"])
        covers = (re.search(r"(?m)^(\d{4}) ", text) for text in texts if "材料清单" in text)
        numbers = [match[1] for match in covers if match]
        assert numbers == sorted(numbers) and len(numbers) == forms.count("cover-sheet")


def test_every_file_is_listed_with_its_digest(packets: Path) -> None:
    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    found = _tree(packets)
    del found["manifest.json"]
    assert {entry["file"]: entry["sha256"] for entry in manifest["files"]} == found
    assert manifest["carrier"] == "pdf" and manifest["summary"] == {"files": 39, "sheets": 181, "left_out": 0}


def test_bookmarks_lead_to_village_person_and_form(packets: Path) -> None:
    path = packets / "米村镇/东沟村/残疾人个人档案.pdf"
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        (village,) = outline.root
        assert village.title == "东沟村"
        first = village.children[0]
        assert re.fullmatch(r"\d{4} \S+", first.title)
        assert [sheet.title for sheet in first.children][:2] == ["残疾人个人档案", "帮扶对象申请登记表"]


def test_properties_tell_of_no_person(packets: Path) -> None:
    sheet = openpyxl.load_workbook(DATASET)["残疾人"]
    head = [cell.value for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    personal = {str(row[head.index(name)]) for row in rows for name in ("姓名", "残疾人证号")}
    for path in packets.rglob("*.pdf"):
        with pikepdf.open(path) as pdf:
            said = str(dict(pdf.docinfo)) + bytes(pdf.Root.Metadata.read_bytes()).decode()
        assert not [value for value in personal if value in said]


def test_one_file_a_household_on_request(tmp_path: Path, formgen: Formgen) -> None:
    assert formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path, "--single", *AS_OF).code == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    entries = [entry for entry in manifest["files"] if entry["packet"] == "household"]
    assert len(entries) == 45
    assert re.search(r"/\d{4}-\S+\.pdf$", entries[0]["file"])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_runs_give_the_same_bytes_however_many_processes(
    packets: Path, tmp_path: Path, formgen: Formgen, jobs: str
) -> None:
    assert formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path, "--jobs", jobs, *AS_OF).code == 0
    assert _tree(tmp_path) == _tree(packets)


def test_every_page_says_which_it_is(packets: Path) -> None:
    import zxingcpp

    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    for entry in manifest["files"]:
        codes = []
        with pypdfium2.PdfDocument(packets / entry["file"]) as document:
            for page in document:
                (found,) = zxingcpp.read_barcodes(page.render(scale=100 / 72, grayscale=True).to_numpy().squeeze())
                code = parse_page_code(found.text)
                assert isinstance(code, PageCode)
                codes.append(code)
        first_pages = [code for code in codes if code.page_number == 1]
        assert [[code.form, code.version, code.record] for code in first_pages] == entry["sheets"]
        assert len(codes) == sum(code.page_count for code in first_pages) and "" not in {code.packet for code in codes}


def test_copies_are_numbered_and_follow_each_other(tmp_path: Path, formgen: Formgen) -> None:
    data = _records(tmp_path, {"name": "王𬱖"}, {"name": "李㛃"})
    assert formgen("fill", FORM, data, "-o", tmp_path / "out", "--copies", "2").code == 0
    texts = _pages(next((tmp_path / "out").glob("*.pdf")))
    assert ["王𬱖" in text for text in texts] == [True, True, False, False]
    assert ["李㛃" in text for text in texts] == [False, False, True, True]


def test_duplex_begins_every_form_on_a_front(tmp_path: Path, formgen: Formgen) -> None:
    data = _records(tmp_path, {"name": "王𬱖"}, {"name": "李㛃"})
    assert formgen("fill", FORM, data, "-o", tmp_path / "out", "--duplex").code == 0
    texts = _pages(next((tmp_path / "out").glob("*.pdf")))
    assert len(texts) == 4 and texts[1].strip() == texts[3].strip() == "" and "李㛃" in texts[2]


def test_cards_need_small_forms(tmp_path: Path, formgen: Formgen) -> None:
    outcome = formgen("fill", FORM, _records(tmp_path, {"name": "王𬱖"}), "-o", tmp_path / "out", "--nup", "2x5")
    assert outcome.code == 0 and "F-PRINT-002" in outcome.err
    assert formgen("fill", FORM, _records(tmp_path), "-o", tmp_path / "no", "--nup", "many").code == 2


GLYPHLESS = {"name": "李\U00011f5a"}
TOO_LONG = {"name": "长" * 60}


@pytest.mark.parametrize(
    ("record", "code", "decision"),
    [
        (GLYPHLESS, "F-FONT-003", "glyph"),
        ({"application": "Zu\u0308rich"}, "F-FONT-005", "glyph"),
        (TOO_LONG, "F-FIT-001", "overflow"),
    ],
)
def test_what_cannot_be_printed_stops_the_run_until_somebody_decides(
    tmp_path: Path, formgen: Formgen, record: dict[str, Any], code: str, decision: str
) -> None:
    data = _records(tmp_path, {"name": "王𬱖"}, {"name": "李四", **record}, {"name": "赵六"})
    out = tmp_path / "out"
    outcome = formgen("fill", FORM, data, "-o", out)
    assert outcome.code == 1 and code in outcome.err and "records.jsonl · 2" in outcome.err
    assert not list(out.rglob("*")), "nothing was written"
    other = {"glyph": "overflow", "overflow": "glyph"}[decision]
    assert formgen("fill", FORM, data, "-o", out, "--continue-on", other).code == 1 and not list(out.rglob("*"))
    outcome = formgen("fill", FORM, data, "-o", out, "--continue-on", decision)
    assert outcome.code == 1 and code in outcome.err
    texts = _pages(next(out.glob("*.pdf")))
    assert len(texts) == 2 and "王𬱖" in texts[0] and "赵六" in texts[1]
    assert len(json.loads((out / "manifest.json").read_text("utf-8"))["left_out"]) == 1


def test_a_withheld_run_leaves_the_earlier_files_alone(tmp_path: Path, formgen: Formgen) -> None:
    out = tmp_path / "out"
    assert formgen("fill", FORM, _records(tmp_path, {"name": "王𬱖"}), "-o", out).code == 0
    before = _tree(out)
    assert formgen("fill", FORM, _records(tmp_path, {"name": "李㛃"}, GLYPHLESS), "-o", out).code == 1
    assert _tree(out) == before


def test_a_bad_record_in_the_middle_is_left_out_and_the_file_is_whole(tmp_path: Path, formgen: Formgen) -> None:
    records = [{"name": f"张{chr(0x4E00 + number)}"} for number in range(60)]
    records[40]["certificate"] = "nonsense"
    outcome = formgen("fill", FORM, _records(tmp_path, *records), "-o", tmp_path / "out")
    assert outcome.code == 1 and "records.jsonl · 41" in outcome.err
    path = next((tmp_path / "out").glob("*.pdf"))
    names = [record["name"] for record in records]
    del names[40]
    assert [name in text for name, text in zip(names, _pages(path), strict=True)] == [True] * 59
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form", "docx"])
def test_two_runs_do_not_write_into_one_folder(tmp_path: Path, formgen: Formgen, carrier: str) -> None:
    call = ("fill", FORM, _records(tmp_path, {"name": "王𬱖"}), "-o", tmp_path / "out", "-f", carrier)
    with held_folder(tmp_path / "out"):
        (tmp_path / "out" / STAGING).mkdir()
        outcome = formgen(*call)
        assert outcome.code == 2 and outcome.err.startswith("F-FILE-009") and str(tmp_path / "out") in outcome.err
        assert {path.name for path in (tmp_path / "out").iterdir()} == {LOCK, STAGING}, "the first run's are left alone"
    assert formgen(*call).code == 0 and not (tmp_path / "out" / LOCK).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_leaves_no_file_and_can_be_started_again(packets: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "formgen", "packet", "xinmi-2015", str(DATASET), "-o", str(out), *AS_OF]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(4000):
        if run.poll() is not None or (out / STAGING).exists():
            break
        time.sleep(0.002)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    whole = _tree(packets)
    seen = {name: digest for name, digest in _tree(out).items() if not name.startswith((STAGING, LOCK))}
    assert seen.items() <= whole.items(), "what is there is whole"
    subprocess.run(command, check=True, capture_output=True)
    assert _tree(out) == whole


@pytest.fixture(scope="module")
def many_households(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose run takes long enough to be stopped in the middle."""
    path = tmp_path_factory.mktemp("many") / "dataset.xlsx"
    command = [
        sys.executable,
        "-m",
        "formgen",
        "sample",
        "xinmi-2015",
        "--households",
        "3000",
        "--seed",
        "1",
        "-o",
        path,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def _begin_with_workers(data: Path, out: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A run with two processes of its own that are at work, as a shell starts it: in a process group of its own."""
    command = [sys.executable, "-m", "formgen", "--lang", "en", "packet", "xinmi-2015", data, "-o", out, "--jobs", "2"]
    run = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    workers: list[int] = []
    for _ in range(2000):
        workers = [int(pid) for pid in children.read_text().split()]
        if len(workers) == 2 and any((out / STAGING).rglob("*.pdf")):
            return run, workers
        time.sleep(0.005)
    run.kill()
    raise AssertionError(f"{workers} after ten seconds")


def _wait_until_gone(pids: list[int]) -> bool:
    for _ in range(1000):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.01)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds a run's processes in /proc")


@needs_proc
def test_ctrl_c_ends_every_process_with_one_line(many_households: Path, tmp_path: Path) -> None:
    run, workers = _begin_with_workers(many_households, tmp_path / "out")
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 130 and said.strip().startswith("Interrupted") and "Traceback" not in said
    assert _wait_until_gone(workers) and not (tmp_path / "out").exists()


@needs_proc
def test_a_worker_that_is_killed_is_a_problem_and_no_file_appears(many_households: Path, tmp_path: Path) -> None:
    run, workers = _begin_with_workers(many_households, tmp_path / "out")
    os.kill(workers[0], signal.SIGSTOP)
    time.sleep(0.3)  # by now it has been given something to do: one that has not is replaced without a word
    os.kill(workers[0], signal.SIGKILL)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 2 and said.startswith("F-PRINT-003") and "Traceback" not in said
    assert _wait_until_gone(workers) and not (tmp_path / "out").exists()


@needs_proc
def test_processes_end_with_a_run_that_is_killed(many_households: Path, tmp_path: Path) -> None:
    run, workers = _begin_with_workers(many_households, tmp_path / "out")
    run.kill()
    run.wait()
    assert run.stderr is not None
    run.stderr.close()
    assert _wait_until_gone(workers)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, formgen: Formgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file holds back fails again when it is closed; the problem still names the file that was first."""
    room = [30_000]

    class FullDisk(io.FileIO):
        def write(self, content: Any) -> int:
            room[0] -= len(content)
            if room[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(content)

    opened = Path.open

    def open_(self: Path, mode: str = "r", *others: Any, **named: Any) -> Any:
        if mode == "wb" and STAGING in self.parts:
            return io.BufferedWriter(FullDisk(self, "w"))
        return opened(self, mode, *others, **named)

    monkeypatch.setattr(Path, "open", open_)
    outcome = formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "out", *AS_OF)
    assert outcome.code == 2 and outcome.err.startswith("F-FILE-007") and ".pdf:" in outcome.err.splitlines()[0]
    assert not list((tmp_path / "out").rglob("*"))


def test_a_form_without_a_layout_says_how_to_make_one(tmp_path: Path, formgen: Formgen) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    (templates / FORM / LAYOUT).unlink()
    outcome = formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "out", "--templates", templates, *AS_OF)
    assert outcome.code == 2 and outcome.err.startswith("F-LAYOUT-001") and "formgen compile" in outcome.err
    assert not list((tmp_path / "out").rglob("*"))


def test_a_copied_programme_prints_before_anything_in_it_is_changed(tmp_path: Path, formgen: Formgen) -> None:
    own = tmp_path / "templates" / "county-2026"
    shutil.copytree(ROOT / "templates/xinmi-2015", own)
    data = _records(tmp_path, {"name": "王𬱖"})
    call = ("fill", "county-2026/application-form", data, "--templates", tmp_path / "templates")
    assert formgen(*call, "-o", tmp_path / "out").code == 0
    (own / "application-form/form.yaml").open("a", encoding="utf-8").write("# changed\n")
    outcome = formgen(*call, "-o", tmp_path / "again")
    assert outcome.code == 2 and outcome.err.startswith("F-LAYOUT-008") and "form.yaml" in outcome.err


def test_a_broken_font_is_named_and_the_others_print(tmp_path: Path, formgen: Formgen) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "broken.ttf").write_bytes(b"\0\1\0\0 no font")
    data = _records(tmp_path, {"name": "王𬱖"})
    outcome = formgen("fill", FORM, data, "-o", tmp_path / "out", "--font-dir", fonts)
    assert outcome.code == 0 and "F-FONT-001" in outcome.err and "broken.ttf" in outcome.err
    assert "王𬱖" in _pages(next((tmp_path / "out").glob("*.pdf")))[0]
    for carrier in ("pdf", "pdf-form"):
        blank = formgen("blank", FORM, "-o", tmp_path / "blank.pdf", "-f", carrier, "--font-dir", fonts)
        assert blank.code == 0 and "F-FONT-001" in blank.err and "broken.ttf" in blank.err


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form"])
def test_nothing_is_printed_without_a_font_folder_that_was_asked_for(
    tmp_path: Path, formgen: Formgen, carrier: str
) -> None:
    given = ("-f", carrier, "--font-dir", tmp_path / "none")
    filled = formgen("fill", FORM, _records(tmp_path, {"name": "王𬱖"}), "-o", tmp_path / "out", *given)
    blank = formgen("blank", FORM, "-o", tmp_path / "blank.pdf", *given)
    for outcome in (filled, blank):
        assert outcome.code == 2 and outcome.err.startswith("F-FONT-004")
    assert not (tmp_path / "out").exists() and not (tmp_path / "blank.pdf").exists()


@pytest.mark.parametrize("option", [("--duplex",), ("--copies", "2"), ("--nup", "2x5"), ("--single",), ("--no-marks",)])
def test_options_of_the_print_are_refused_for_word(tmp_path: Path, formgen: Formgen, option: tuple[str, ...]) -> None:
    outcome = formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "out", "-f", "docx", *option)
    assert outcome.code == 2 and option[0] in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_blank_form_as_pdf(tmp_path: Path, formgen: Formgen) -> None:
    assert formgen("blank", FORM, "-o", tmp_path / "blank.pdf").code == 0
    (text,) = _pages(tmp_path / "blank.pdf")
    assert "个人申请" in text and "残疾人" in text


def test_fillable_forms_are_a_file_each_with_the_values_in_their_fields(tmp_path: Path, formgen: Formgen) -> None:
    data = _records(tmp_path, {"name": "王𬱖"}, {"name": "李㛃"})
    assert formgen("fill", FORM, data, "-o", tmp_path / "out", "-f", "pdf-form").code == 0
    values = []
    for path in sorted((tmp_path / "out").glob("*.pdf")):
        with pikepdf.open(path) as pdf:
            fields = {str(field.T): str(field.get("/V", "")) for field in pdf.Root.AcroForm.Fields if "/T" in field}
        values.append((fields["name"], fields["sex"]))
    assert values == [("王𬱖", "女"), ("李㛃", "女")]
    refused = formgen("fill", FORM, data, "-o", tmp_path / "no", "-f", "pdf-form", "--duplex")
    assert refused.code == 2 and "--duplex" in refused.err


def test_a_blank_fillable_form(tmp_path: Path, formgen: Formgen) -> None:
    assert formgen("blank", FORM, "-f", "pdf-form", "-o", tmp_path / "blank.pdf").code == 0
    with pikepdf.open(tmp_path / "blank.pdf") as pdf:
        assert len(pdf.Root.AcroForm.Fields) > 20


def test_a_files_ending_tells_the_format_of_a_blank_form(tmp_path: Path, formgen: Formgen) -> None:
    assert formgen("blank", FORM, "-o", tmp_path / "blank.docx").code == 0
    assert (tmp_path / "blank.docx").read_bytes()[:2] == b"PK"
    assert formgen("blank", FORM, "-f", "pdf", "-o", tmp_path / "other.docx").code == 2


def test_files_of_another_format_from_an_earlier_run_are_told(tmp_path: Path, formgen: Formgen) -> None:
    data = _records(tmp_path, {"name": "王𬱖"})
    assert formgen("fill", FORM, data, "-o", tmp_path / "out", "-f", "docx").code == 0
    assert "F-PACK-005" in formgen("fill", FORM, data, "-o", tmp_path / "out").err


def test_a_folder_in_which_nothing_came_of_a_run_goes_again(tmp_path: Path, formgen: Formgen) -> None:
    assert formgen("fill", FORM, _records(tmp_path, GLYPHLESS), "-o", tmp_path / "out").code == 1
    assert not (tmp_path / "out").exists()
