"""Workbooks in Office Open XML (.xlsx, .xlsm): rows as they stand, streaming. In: the file. Out: raw tables."""

from formgen.data.sources.spreadsheet.book import spreadsheet_tables

__all__ = ["spreadsheet_tables"]
