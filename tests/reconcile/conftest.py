"""The datasets of the tests of data, for comparing with."""

from tests.data.conftest import load, xinmi

__all__ = ["load", "xinmi"]
