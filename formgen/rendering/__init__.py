"""Records onto templates: one folder a carrier, over what they share (the package, the context of tags).

A template is compiled once and filled many times. Nothing here reads a form back.
"""

from __future__ import annotations

from dataclasses import dataclass

from formgen.problems import Problem

__all__ = ["Rendered"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file ready to be written, or why there is none."""

    content: bytes | None
    """None where a problem is an error: a sheet is never printed with something missing."""
    problems: tuple[Problem, ...] = ()
