"""Excel templates: compiled once, filled many times, at the level of the file's parts."""

from formgen.rendering.xlsx.writer import CompiledXlsx, compile_xlsx

__all__ = ["CompiledXlsx", "compile_xlsx"]
