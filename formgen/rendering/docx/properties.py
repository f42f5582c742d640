"""Document properties that say what a file is: form, version and the record's key (opaque: no personal data).

They survive a round trip through Word, WPS and LibreOffice, and are how a returned file is known again.
Source: ECMA-376 Part 1, 22.3 (custom properties); the template's own properties are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from formgen.rendering.docx.wordml import parse_part
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate

__all__ = ["CUSTOM", "CustomProperties", "linked_parts"]

CUSTOM: Final = "docProps/custom.xml"
ROOT_RELS: Final = "_rels/.rels"
CUSTOM_NS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
TYPES_NS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
CUSTOM_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
FORMAT_ID: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
OURS: Final = "formgen."
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class CustomProperties:
    """The template's custom properties, and ours of one file."""

    def __init__(self, package: PackageTemplate, form: str, version: str) -> None:
        kept = _foreign(package.part(CUSTOM)) if CUSTOM in package.names else []
        self._first_pid = 2 + len(kept)
        self._head = f'{DECLARATION}<Properties xmlns="{CUSTOM_NS}" xmlns:vt="{TYPES_NS}">{"".join(kept)}'
        self._single = (
            self._head
            + _property(self._first_pid, "formgen.form", form)
            + _property(self._first_pid + 1, "formgen.version", version)
        )

    def single(self, record_key: str) -> bytes:
        """The part of a file that holds one sheet."""
        return f"{self._single}{_property(self._first_pid + 2, 'formgen.record', record_key)}</Properties>".encode()

    def merged(self, sheets: Sequence[tuple[str, str, str]]) -> bytes:
        """The part of a file that holds many: form, version and record key of each, in order."""
        listed = json.dumps(sheets, ensure_ascii=False, separators=(",", ":"))
        return f"{self._head}{_property(self._first_pid, 'formgen.sheets', listed)}</Properties>".encode()


def linked_parts(package: PackageTemplate) -> dict[str, bytes]:
    """The parts to change so that a package without custom properties may have some; empty where it has them."""
    if CUSTOM in package.names:
        return {}
    override = f'<Override PartName="/{CUSTOM}" ContentType="{CUSTOM_TYPE}"/></Types>'
    relation = f'<Relationship Id="rIdFormgen" Type="{CUSTOM_REL}" Target="{CUSTOM}"/></Relationships>'
    return {
        CONTENT_TYPES: package.part(CONTENT_TYPES).replace(b"</Types>", override.encode()),
        ROOT_RELS: package.part(ROOT_RELS).replace(b"</Relationships>", relation.encode()),
    }


def _property(pid: int, name: str, text: str) -> str:
    value = f"<vt:lpwstr>{escape(text)}</vt:lpwstr>"
    return f'<property fmtid="{FORMAT_ID}" pid="{pid}" name="{name}">{value}</property>'


def _foreign(content: bytes) -> list[str]:
    """The template's own properties, numbered from 2 as the format wants."""
    kept: list[str] = []
    for item in parse_part(content):
        if not str(item.get("name", "")).startswith(OURS):
            item.set("pid", str(2 + len(kept)))
            kept.append(re.sub(r"\s*xmlns(:vt)?=\"[^\"]*\"", "", etree.tostring(item, encoding="unicode")))
    return kept
