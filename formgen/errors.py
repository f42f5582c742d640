"""The exceptions, and the exit code each stands for.

    FormgenError            work cannot go on; carries the problem that says why     exit 2
    ├── InputError          a file that cannot be read or is not what it should be
    ├── TemplateError       a form, manifest or template that is broken or unknown
    └── OutputError         a file or folder that cannot be written

Foreign errors (lxml, zipfile, jinja2, OSError …) are translated at the edge, `from exc`. What is merely
wrong in the data is not an exception: it is a Problem, and the work goes on.
"""

from __future__ import annotations

from formgen.problems import Problem

__all__ = [
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_PROBLEMS",
    "EXIT_UNABLE",
    "FormgenError",
    "InputError",
    "OutputError",
    "TemplateError",
]

EXIT_OK = 0
EXIT_PROBLEMS = 1
"""The work is done; errors were found, or records were left out."""
EXIT_UNABLE = 2
"""The work could not be done."""
EXIT_INTERRUPTED = 130


class FormgenError(Exception):
    """Work cannot go on. `problem` says where, why and what to do."""

    exit_code = EXIT_UNABLE

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem.text("en")


class InputError(FormgenError):
    """A file that cannot be read, or is not what it should be."""


class TemplateError(FormgenError):
    """A form, manifest or template that is broken or unknown."""


class OutputError(FormgenError):
    """A file or folder that cannot be written."""
