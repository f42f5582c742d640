"""How big and in which lines a text stands in its box: one answer for every carrier."""

from formgen.typeset.fit import Box, Fit, cut, cut_within, fit

__all__ = ["Box", "Fit", "cut", "cut_within", "fit"]
