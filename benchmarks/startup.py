"""How long a verb takes before it does anything, against a bare import of click."""

from __future__ import annotations

from benchmarks.measuring import Row, run_python

__all__ = ["rows"]

REPEAT = 15


def rows() -> list[Row]:
    run_python("-c", "import click")
    bare = run_python("-c", "import click", repeat=REPEAT)
    found = []
    for verb in ("--help", "forms"):
        run_python("-m", "formgen", verb)
        ours = run_python("-m", "formgen", verb, repeat=REPEAT)
        ratio = f"{ours.wall_s / bare.wall_s:.2f} ×"
        found.append(
            Row(
                f"formgen {verb}",
                f"{ours.wall_s * 1000:.0f} ms, {ours.peak_mb:.0f} MB",
                f'python -c "import click": {bare.wall_s * 1000:.0f} ms',
                ratio,
                "< 3 ×" if verb == "forms" else "",
            )
        )
    return found
