"""A county's own variant of a form, saved as PDF: read by its labels, in cells as tight as people make them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import SimpleDocTemplate, Table

from formgen.reading.identify import FormBook
from formgen.reading.pdf.reader import read_pdf
from formgen.reading.weigh import weigh
from tests.reading.pdf.paper import FORMS

FONT = "STSong-Light"
ROWS = [
    ["姓名", "吴红卫", "性别", "男"],
    ["民族", "汉族", "出生年月", "1985年8月"],
    ["文化程度", "中职", "联系方式", "13912345678"],
    ["残疾人证号", "41018319850807003412", "残疾类别及等级", "视力二级"],
    ["个人申请", "本人家庭困难，愿\n意发展肉羊养殖。", "家庭住址", "米村镇东沟村"],
]
VALUES = {
    "name": "吴红卫",
    "sex": "男",
    "ethnicity": "汉族",
    "education": "中职",
    "phone": "13912345678",
    "certificate": "41018319850807003412",
    "address": "米村镇东沟村",
}


@pytest.mark.parametrize("tightness", [1.0, 1.2, 2.0])
def test_rows_whose_letters_reach_into_each_other(tightness: float, tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    heights = [12 * tightness * (text.count("\n") + 1) for text in (row[1] for row in ROWS)]
    table = Table(ROWS, colWidths=[90, 150, 90, 120], rowHeights=heights)
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, 12, 12 * tightness),
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    stream = io.BytesIO()
    SimpleDocTemplate(stream).build([table])
    path = tmp_path / "variant.pdf"
    path.write_bytes(stream.getvalue())
    (found,) = read_pdf(path, FormBook(FORMS, "xinmi-2015/application-form")).sheets
    reading = weigh(found, str(path))
    assert {key: reading.values.get(key) for key in VALUES} == VALUES
    told = [problem.place.label for problem in reading.problems if problem.code == "F-PDFREAD-015"]
    assert told == ["个人申请"], "where the line ends is the program's doing, perhaps"
