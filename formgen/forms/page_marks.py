"""The four marks in a page's corners, by which a reader finds the page in a scan or a photo.

ArUco markers 0 to 3 of the dictionary 4X4_50, clockwise from the top left. Rendering draws them, reading looks for
them: where they stand is said here once. The origin is the page's top left corner, y down, points.
Source: Garrido-Jurado et al. 2014, "Automatic generation and detection of highly reliable fiducial markers"; OpenCV,
cv::aruco::DICT_4X4_50.
"""

from __future__ import annotations

import functools
from typing import Final

from formgen.forms.layout import Rect
from formgen.units import mm_to_pt

__all__ = ["DICTIONARY", "MARK_CELLS", "MARK_ROWS", "mark_boxes"]

DICTIONARY: Final = "DICT_4X4_50"
MARK_SIZE_PT: Final = mm_to_pt(8)
MARK_EDGE_PT: Final = mm_to_pt(5)
"""Room to the page's edge: what printers cannot reach (about 4.2 mm) and the white that a detector needs."""
MARK_CELLS: Final = 6
"""Cells a side: four of pattern within a black border of one."""
MARK_ROWS: Final = (
    (0b1011, 0b0101, 0b0011, 0b0010),
    (0b0000, 0b1111, 0b1001, 0b1010),
    (0b0011, 0b0011, 0b0010, 0b1101),
    (0b1001, 0b1001, 0b0100, 0b0110),
)
"""Pattern of markers 0 to 3, row by row from the top; a set bit is white."""


@functools.lru_cache(maxsize=64)
def mark_boxes(width_pt: float, height_pt: float) -> tuple[Rect, Rect, Rect, Rect]:
    """Where the marks stand on a page: top left, top right, bottom right, bottom left (markers 0, 1, 2, 3)."""
    near, size = MARK_EDGE_PT, MARK_SIZE_PT
    right, bottom = width_pt - near - size, height_pt - near - size
    return (
        (near, near, near + size, near + size),
        (right, near, right + size, near + size),
        (right, bottom, right + size, bottom + size),
        (near, bottom, near + size, bottom + size),
    )
