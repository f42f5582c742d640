"""Whole processes, timed from outside: wall and CPU seconds and the peak memory the kernel saw. POSIX only."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measure", "Row", "own_peak_mb", "print_rows", "run_process", "run_python"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One finished process."""

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, what came out, against whom, and what the ratio is."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    wanted: str = ""


def run_process(command: Sequence[str], repeat: int = 1) -> Measure:
    """Run a command `repeat` times and take the median of each figure.

    Raises:
        RuntimeError: the command failed.
    """
    measures = [_run_once(command) for _ in range(repeat)]
    return Measure(
        statistics.median(measure.wall_s for measure in measures),
        statistics.median(measure.cpu_s for measure in measures),
        statistics.median(measure.peak_mb for measure in measures),
    )


def _run_once(command: Sequence[str]) -> Measure:
    with open(os.devnull, "wb") as nowhere:
        started = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        pid = os.posix_spawnp(command[0], list(command), os.environ, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall_s = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise RuntimeError(f"{command} ended with {code}")
    peak_kb = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Measure(wall_s, usage.ru_utime + usage.ru_stime, peak_kb / 1024)


def run_python(*arguments: str, repeat: int = 1) -> Measure:
    """The same interpreter with these arguments."""
    return run_process([sys.executable, *arguments], repeat)


def own_peak_mb() -> float:
    """This process's own peak since it was started; 0 where the system does not tell (Linux does)."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def print_rows(title: str, rows: Iterable[Row]) -> None:
    print(f"\n### {title}\n\n| what | formgen | peer in the same run | ratio | wanted |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {row.wanted} |", flush=True)
