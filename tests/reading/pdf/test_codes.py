"""Pictures in a page's operators: a page code is read from its digits; where they are none there is no code."""

from __future__ import annotations

import dataclasses
import re

import pytest

from formgen.forms.page_code import PageCode
from formgen.reading.pdf.codes import decode_inline
from formgen.reading.pdf.found import InlineImage
from formgen.rendering.pdf.codes import draw_page_code

CODE = PageCode("xinmi-2015/survey-sheet", "1", "", "ABCDEFGHJK")


def picture() -> InlineImage:
    drawn = draw_page_code(CODE, (0, 0, 50, 50), 842)
    size = re.search(rb"/W (\d+) ", drawn)
    digits = re.search(rb"ID (\w+)>", drawn)
    assert size and digits
    return InlineImage(int(size[1]), int(size[1]), digits[1], (1, 0, 0, 1, 0, 0))


@pytest.mark.parametrize("between", [b"", b" ", b"\n", b"\0\t\f\r"])
def test_white_space_between_digits_is_none_of_them(between: bytes) -> None:
    image = picture()
    digits = between.join([image.digits[:7], image.digits[7:]])
    assert decode_inline(dataclasses.replace(image, digits=digits)) == CODE


@pytest.mark.parametrize("sign", [b"\v", b"g", b"_", b"x", b"+", b"\xff"])
def test_what_is_no_digit_is_no_picture(sign: bytes) -> None:
    image = picture()
    for at in (0, 1, 40):
        assert (
            decode_inline(dataclasses.replace(image, digits=image.digits[:at] + sign + image.digits[at + 1 :])) is None
        )
    assert decode_inline(dataclasses.replace(image, digits=image.digits[:-1])) is None
