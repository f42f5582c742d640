"""Values that are on every second form stand whole on one line, in the type the form is printed in."""

from __future__ import annotations

import pytest

from formgen.typeset import Box, fit
from tests.pictures.sheets import compiled

COMMON = {
    "sex": ("男",),
    "ethnicity": ("汉族", "土家族", "哈尼族", "朝鲜族"),
    "birth": ("1967年12月",),
    "education": ("初中", "小学", "高中"),
    "name": ("欧阳建国",),
    "certificate": ("41018319670626003234", "41018319670626003234B1"),
    "phone": ("0371-60000000", "13912345678"),
    "disability": ("视力一级、肢体三级",),
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in COMMON.items() for text in texts])
def test_common_values_of_the_application_stand_on_one_line(key: str, text: str) -> None:
    (spot,) = (spot for spot in compiled("xinmi-2015/application-form").layout.spots if spot.key == key)
    box = Box(spot.width_pt, spot.height_pt, spot.size_pt, spot.line_pt, spot.min_size_pt)
    assert (fit(text, box).lines, fit(text, box).size_pt) == ((text,), spot.size_pt)
