"""Lengths of the Office formats. A length stands in the unit its name says; 1 pt = 1/72 inch.

Source: ECMA-376 Part 1, 17.18.90 (twentieths of a point), 20.1.10.16 (EMU).
"""

from __future__ import annotations

__all__ = ["EMU_PER_PT", "TWIPS_PER_PT", "half_points", "mm_to_pt", "twips", "twips_to_pt"]

TWIPS_PER_PT = 20
EMU_PER_PT = 12700
PT_PER_MM = 72 / 25.4


def twips(length_pt: float) -> int:
    """Twentieths of a point, the unit of w:spacing, w:tcW and w:trHeight."""
    return round(length_pt * TWIPS_PER_PT)


def twips_to_pt(length_twips: float) -> float:
    return length_twips / TWIPS_PER_PT


def half_points(size_pt: float) -> int:
    """Half points, the unit of w:sz."""
    return round(size_pt * 2)


def mm_to_pt(length_mm: float) -> float:
    return length_mm * PT_PER_MM
