"""formgen doctor: what this machine has and lacks, and what that means."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from formgen.cli.language import say
from formgen.cli.options import add_common_options, echo_json, echo_table

__all__ = ["doctor"]

FONTS = {
    "仿宋": ("fangsong", "仿宋", "simfang"),
    "宋体": ("simsun", "宋体", "songti", "serif cjk", "uming", "noto serif sc", "source han serif"),
    "黑体": ("simhei", "黑体", "heiti", "sans cjk", "noto sans sc", "source han sans", "wqy"),
    "方正小标宋": ("小标宋", "fzxbs", "xiaobiaosong"),
    "生僻字": ("hanazono", "babelstone", "simsunb", "simsun-extb", "plangothic"),
}
"""Font faces by the words that tell them in a font's name or file."""


@dataclass(frozen=True, slots=True)
class Examination:
    name: str
    is_present: bool
    detail: str
    meaning: str


@click.command(
    "doctor",
    help=say(
        "检查这台电脑有什么、缺什么，以及有什么影响。", "Say what this machine has and lacks, and what that means."
    ),
    epilog=say("示例：formgen doctor", "Example: formgen doctor"),
)
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出。", "Print JSON."))
@add_common_options
def doctor(as_json: bool, templates: tuple[Path, ...]) -> None:
    found = list(_examine(templates))
    if as_json:
        echo_json(
            [
                {"name": item.name, "present": item.is_present, "detail": item.detail, "meaning": item.meaning}
                for item in found
            ]
        )
        return
    rows = [
        (item.name, say("有", "yes") if item.is_present else say("缺", "no"), item.detail, item.meaning)
        for item in found
    ]
    echo_table(rows, say("项目,有无,详情,影响", "what,there,detail,meaning").split(","))


def _examine(templates: tuple[Path, ...]) -> Iterator[Examination]:
    import importlib.util
    import platform

    from formgen import __version__
    from formgen.compiling.office import find_office
    from formgen.forms.catalogue import Catalogue

    yield Examination("formgen", True, f"{__version__}, Python {platform.python_version()}", "")
    catalogue = Catalogue(templates)
    yield Examination(
        say("项目与表单", "forms"), True, f"{len(list(catalogue.forms()))}", " ".join(catalogue.programme_ids)
    )
    names = _font_names()
    for face, words in FONTS.items():
        is_there = any(word in name for name in names for word in words)
        meaning = say(
            "显示和打印时由其他字体代替，版面可能略有不同", "another font takes its place on screen and paper"
        )
        yield Examination(say(f"字体：{face}", f"font {face}"), is_there, "", "" if is_there else meaning)
    office = find_office()
    yield Examination(
        "LibreOffice",
        office is not None,
        office or "",
        say(
            "运行不需要；仅测试和编译模板时使用", "not needed to fill forms; used by tests and for compiling templates"
        ),
    )
    has_ocr = importlib.util.find_spec("rapidocr") is not None
    yield Examination(
        say("文字识别 (OCR)", "OCR"),
        has_ocr,
        "",
        "" if has_ocr else say("不能读取扫描件和照片", "scans and photos cannot be read"),
    )


def _font_names() -> list[str]:
    """Lower-case names of the installed fonts: fontconfig's families where it is, else the files' names."""
    if lister := shutil.which("fc-list"):
        import subprocess

        done = subprocess.run([lister, ":", "family", "file"], capture_output=True, check=False, timeout=60)
        return done.stdout.decode("utf-8", "replace").lower().splitlines()
    folders = {
        "win32": [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"],
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library/Fonts"],
    }.get(sys.platform, [Path("/usr/share/fonts"), Path.home() / ".fonts"])
    return [file.name.lower() for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t[fc]")]
