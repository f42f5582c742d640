"""Fixtures for all tests, and one rule: on the build machine nothing is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from formgen.cli import language
from formgen.cli.main import run

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")
# The build machine tries the same examples for the same commit; everybody else tries new ones. Hypothesis also draws
# constants that stand in the modules which are loaded: then examples would depend on which tests came before.
providers.is_local_module_file = lambda path: False
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=IS_CI)
settings.load_profile("default")

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "xinmi-2015"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if IS_CI or shutil.which("soffice"):
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason="LibreOffice is not installed"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A skip on the build machine hides a missing part, so it is a failure there."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if IS_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages in English, whatever the machine's locale."""
    monkeypatch.setattr(language, "_current", ["en"])


@pytest.fixture(scope="session")
def to_pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Print an Office file with LibreOffice, in a profile of its own; returns the PDF."""
    profile = tmp_path_factory.mktemp("office-profile")

    def convert(path: Path) -> Path:
        folder = tmp_path_factory.mktemp("pdf")
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=180)
        return folder / f"{path.stem}.pdf"

    return convert


@dataclass(frozen=True)
class Outcome:
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def formgen(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """`formgen("check", "xinmi-2015", path)` inside the test process."""

    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
