"""Whether a label that was typed anew is another word for what the form asks for.

In: a form and a text that stands where one of its labels was. Out: whether the vocabulary has it as a word of one
field's term, and of no other field's of the form: 电话 is nobody's where two persons have one. A word that counts in
another unit than the label did (万元 for 元) is no other word for it.
"""

from __future__ import annotations

import functools

from formgen.forms.manifest import Manifest
from formgen.reading.docx.model import folded
from formgen.reading.docx.plans import Anatomy
from formgen.reading.labels.anchors import SYNONYM, Anchors
from formgen.vocabulary.folding import fold, is_other_unit, split_unit

__all__ = ["Synonyms"]


class Synonyms:
    """The words that one form's fields may also go by."""

    def __init__(self, manifest: Manifest, anatomy: Anatomy) -> None:
        self._manifest, self._anatomy = manifest, anatomy

    def is_of(self, text: str, printed: str, key: str, table: str = "") -> bool:
        """Whether a text can only be a label of this field, or of this column of a table; `printed` is what the form
        has in its place."""
        if folded(text) in self._printed:
            return False  # it is printed elsewhere on the form
        if is_other_unit(*(split_unit(fold(label))[1] for label in (text, printed))):
            return False  # the form may say the unit where the field's own label does not
        anchors = self._anchors
        meanings = {"": anchors.meaning(text)} | {other: anchors.column(other, text) for other in anchors.tables}
        owners = {
            (other, field): confidence
            for other, meaning in meanings.items()
            if meaning is not None
            for field, confidence in meaning.fields.items()
        }
        return set(owners) == {(table, key)} and owners[table, key] >= SYNONYM

    @functools.cached_property
    def _printed(self) -> frozenset[str]:
        return frozenset(map(folded, self._anatomy.labels))

    @functools.cached_property
    def _anchors(self) -> Anchors:
        return Anchors(self._manifest)
