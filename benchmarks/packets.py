"""The main job, whole command: a workbook of N households to all packets of xinmi-2015 on disk."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.measuring import Row, run_python

__all__ = ["rows"]


def rows(sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> list[Row]:
    found = []
    previous = 0.0
    for households in sizes:
        with tempfile.TemporaryDirectory() as folder:
            data, out = Path(folder) / "data.xlsx", Path(folder) / "out"
            run_python("-m", "formgen", "sample", "xinmi-2015", "--households", str(households), "-o", str(data))
            ours = run_python("-m", "formgen", "packet", "xinmi-2015", str(data), "-o", str(out))
            manifest = json.loads((out / "manifest.json").read_bytes())
            files, sheets = len(manifest["files"]), manifest["summary"]["sheets"]
        rate = ours.wall_s / households * 1000
        growth = f"{rate / previous:.2f} × the time a household of the row above" if previous else ""
        previous = rate
        found.append(
            Row(
                f"packet, {households:,} households",
                f"{ours.wall_s:.1f} s, {files:,} files, {sheets:,} forms, {ours.peak_mb:.0f} MB",
                "",
                growth,
                "linear in time, flat in memory",
            )
        )
    return found
