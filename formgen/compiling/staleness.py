"""Whether a form's layout still is that of its template. Needs no LibreOffice."""

from __future__ import annotations

from formgen.errors import FormgenError
from formgen.forms.layout import LAYOUT, layout_problem, read_layout
from formgen.forms.manifest import Manifest
from formgen.problems import Problem

__all__ = ["check_layout"]


def check_layout(manifest: Manifest) -> list[Problem]:
    """What is wrong with the layout beside a form's template; empty where it is up to date.

    F-LAYOUT-001 there is none, F-LAYOUT-002 it cannot be used, F-LAYOUT-008 it is older than the template or the
    manifest, F-LAYOUT-009 the background is not the one it was compiled with.
    """
    try:
        problem = layout_problem(read_layout(manifest.folder / LAYOUT), manifest.folder)
    except FormgenError as exc:
        return [exc.problem]
    return [problem] if problem is not None else []
