"""How big and in which lines a text stands in its box: one answer for every carrier."""

from formgen.typeset.fit import ROUNDING_PT, Box, Fit, cut, cut_within, fit

__all__ = ["ROUNDING_PT", "Box", "Fit", "cut", "cut_within", "fit"]
