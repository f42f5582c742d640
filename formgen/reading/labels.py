"""A form we did not make: values found by the labels beside them.

In: a document as text in cells, and the form it is most like. Out: what the labels lead to, each with its confidence;
all other text is unread, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Sequence

from formgen.forms.manifest import Manifest
from formgen.reading.grid import GridBlock
from formgen.reading.model import SheetIdentity, SheetRead

__all__ = ["read_by_labels"]


def read_by_labels(blocks: Sequence[GridBlock], manifest: Manifest, identity: SheetIdentity) -> SheetRead:
    """One sheet read by its labels alone."""
    return SheetRead(manifest, identity)
