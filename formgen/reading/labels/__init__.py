"""Forms that we did not make, read by the labels on them: a county's own variant, a sheet typed anew.

a carrier's blocks of cells ─► reader ─► sightings, and what was not read
anchors: what a label may mean (vocabulary, manifest) · skeleton: what the form's template prints (template_grid)
neighbours, placing: where a label's value stands · inline, texts: labels and values in one text · rosters, tables
ledger: what has been read so far, and what is left
persons: whose name, phone or address a label speaks of
"""

from formgen.reading.labels.reader import read_by_labels

__all__ = ["read_by_labels"]
