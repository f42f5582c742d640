"""From a part's tree to the Jinja source that prints it: docxtpl's own rules, applied once.

`DocxTemplate.patch_xml` is used as it stands, so that every template that works with docxtpl works here and prints the
same. Two things are kept from it: elements whose names begin with `w:t` (w:tag, w:tabs …), which its rule for {% vm %}
takes for text when the merged cell holds a content control; and tags in attributes, which must not print line breaks.
One thing is put right: what its rules add to a cell's properties ({% vm %}, {% cellbg %}, {% colspan %}) they add at an
end, and the schema wants an order.
"""

from __future__ import annotations

import re
from typing import Final

from docxtpl import DocxTemplate
from lxml import etree

from formgen.rendering.docx.wordml import CELL_ORDER, Element, w

__all__ = ["fixed_tables", "has_loose_grid", "has_tags", "jinja_source"]

RULES: Final = DocxTemplate("")
"""Only its methods are used; it never opens a file."""
TEXT_LIKE: Final = re.compile(r"<(/?)w:(t(?:ag|abs?|op\w*|ext\w+|itlePg)(?=[ />]))")
"""Element names that docxtpl's rule for vertical merges mistakes for w:t."""
HIDDEN: Final = re.compile(r"<(/?)w_(?=t)")
ATTRIBUTE_TAG: Final = re.compile(r"\{\{(.*?)\}\}")
ESCAPED_BRACES: Final = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}
"""How a docxtpl template writes braces that shall stay braces."""
CELL_PROPERTIES: Final = re.compile(r"(<w:tcPr>)(.*?)(</w:tcPr>)", re.DOTALL)
PROPERTY: Final = re.compile(r"<w:(\w+)(?:\s[^<>]*)?(?:/>|(?<!/)>.*?</w:\1>)", re.DOTALL)
CELL_TAGS: Final = re.compile(r"\{%-?tc\s|\{%\s*hm\s*%\}|\{%\s*colspan\s")


def has_tags(content: bytes) -> bool:
    """Whether a part may hold tags; Word may have put markup between the two braces."""
    return re.search(rb"\{(?:<[^>]*>)*[{%#]", content) is not None


def jinja_source(root: Element) -> str:
    """The Jinja source of a whole part."""
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if "{{" in value and "formgen_" not in value and ".row_number *" not in value:
                element.set(name, ATTRIBUTE_TAG.sub(r"{{ (\1)|in_attribute }}", value))
    xml = etree.tostring(root, encoding="unicode")
    patched: str = RULES.patch_xml(TEXT_LIKE.sub(r"<\1w_\2", xml))
    patched = HIDDEN.sub(r"<\1w:", patched)
    for written, source in ESCAPED_BRACES.items():
        patched = patched.replace(written, source)
    return CELL_PROPERTIES.sub(_in_order, patched)


def _in_order(match: re.Match[str]) -> str:
    """A cell's properties as the schema orders them; untouched where tags stand between them."""
    found = list(PROPERTY.finditer(match[2]))
    if "".join(item[0] for item in found) != match[2] or not {item[1] for item in found} <= set(CELL_ORDER):
        return match[0]
    found.sort(key=lambda item: CELL_ORDER.index(item[1]))
    return match[1] + "".join(item[0] for item in found) + match[3]


def has_loose_grid(root: Element) -> bool:
    """Whether docxtpl would change a table's columns after rendering (loops over cells, rows unlike the grid)."""
    if CELL_TAGS.search("".join(text.text or "" for text in root.iter(w("t")))):
        return True
    for table in root.iter(w("tbl")):
        grid = table.find(w("tblGrid"))
        columns = len(grid) if grid is not None else 0
        rows = [row.findall(w("tc")) for row in table.iter(w("tr"))]
        if max((len(cells) for cells in rows), default=0) > columns:
            return True
        if max((sum(map(_span, cells)) for cells in rows), default=0) != columns:
            return True
    return False


def fixed_tables(xml: str) -> str:
    """docxtpl's repair of table columns, on a rendered document."""
    return str(etree.tostring(RULES.fix_tables(xml), encoding="unicode"))


def _span(cell: Element) -> int:
    span = cell.find(f"{w('tcPr')}/{w('gridSpan')}")
    return int(span.get(w("val"), "1")) if span is not None else 1
