"""The same records through Word and LibreOffice and through the PDF writer: the same words at the same places.

Every form of the catalogue that has a layout takes part, with records of many kinds. `python -m tests.parity` prints
the table, `--write` puts it into docs/parity.md, `--pictures DIR` draws both prints of a form over each other.
"""
