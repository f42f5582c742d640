"""Filled Excel forms: workbooks of any kind → what stands in each blank."""

from formgen.reading.xlsx.reader import read_xlsx

__all__ = ["read_xlsx"]
