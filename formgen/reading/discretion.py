"""Problems fit for other eyes.

In: problems as readers found them. Out: each once, without whole numbers that identify a person. Value types mask what
they refuse; but a number may stand in any blank, in a note beside it or in what a library says of a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from formgen.problems import Problem
from formgen.values.masking import mask_long_numbers

__all__ = ["discreet"]


def discreet(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(map(_masked, problems)))


def _masked(problem: Problem) -> Problem:
    found = mask_long_numbers(problem.found)
    params = {key: mask_long_numbers(text) for key, text in problem.params.items()}
    return (
        problem if found == problem.found and params == problem.params else replace(problem, found=found, params=params)
    )
