"""Whether a form's layout still is that of its template. Needs no LibreOffice."""

from __future__ import annotations

import hashlib

from formgen.compiling.compiler import source_hashes
from formgen.errors import FormgenError
from formgen.forms.layout import BACKGROUND, LAYOUT, read_layout
from formgen.forms.manifest import TEMPLATE_KINDS, Manifest
from formgen.problems import Place, Problem

__all__ = ["check_layout"]


def check_layout(manifest: Manifest) -> list[Problem]:
    """What is wrong with the layout beside a form's template; empty where it is up to date.

    F-LAYOUT-001 there is none, F-LAYOUT-002 it cannot be used, F-LAYOUT-008 it is older than the template or the
    manifest, F-LAYOUT-009 the background is not the one it was compiled with.
    """
    path = manifest.folder / LAYOUT
    try:
        layout = read_layout(path)
        carrier = next((item for item in TEMPLATE_KINDS if item == layout.carrier), TEMPLATE_KINDS[0])
        hashes = source_hashes(manifest, carrier)
    except FormgenError as exc:
        return [exc.problem]
    changed = [name for name, found in hashes.items() if layout.sources.get(name) != found]
    if changed or (layout.form, layout.version) != (manifest.id, manifest.version):
        return [Problem("F-LAYOUT-008", Place(str(path)), ", ".join(changed) or layout.form)]
    background = manifest.folder / BACKGROUND
    try:
        found = hashlib.sha256(background.read_bytes()).hexdigest()
    except OSError:
        found = ""
    if found != layout.sources.get(BACKGROUND):
        return [Problem("F-LAYOUT-009", Place(str(background)))]
    return []
