"""Which form a sheet is: what it says itself, then the fingerprint of its labels.

In: the identity in a file's properties or a page code, and the texts on the sheet. Out: the form, or problems that say
why it is none, with the nearest form; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.model import SheetIdentity

__all__ = ["FormBook", "Identified"]


@dataclass(frozen=True, slots=True)
class Identified:
    """A sheet's form and how it is known."""

    manifest: Manifest
    identity: SheetIdentity
    layer: Literal["property", "page-code", "fingerprint"]
    score: float
    """Share of the form's printed words that stand on the sheet, 0 to 1."""
    problems: tuple[Problem, ...] = ()
    """F-IDENT-…: an obsolete version, a sheet that does not look like what it says it is."""


class FormBook:
    """The forms a file may be of."""

    def __init__(self, manifests: Iterable[Manifest], wanted: str = "") -> None:
        """`wanted`: id of the form that the user says all files are; '' where nothing was said."""
        self.manifests = {manifest.id: manifest for manifest in manifests}
        self.wanted = wanted

    def identify(self, claimed: SheetIdentity, texts: Sequence[str], place: Place) -> Identified | list[Problem]:
        """The form of a sheet on which these texts stand (cells, paragraphs or lines, as read)."""
        manifest = self.manifests.get(claimed.form)
        if manifest is None:
            return [Problem("F-IDENT-001", place)]
        return Identified(manifest, claimed, "property", 1.0)
