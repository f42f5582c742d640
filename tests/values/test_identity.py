"""Identity and certificate numbers against python-stdnum, and what follows from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent, ValidationError

from formgen.values import PartialDate, Rejected, value_type
from formgen.values import certificate as certificates
from formgen.values.identity import birth_date, sex
from formgen.values.masking import mask_long_numbers
from tests.values.strategies import certificates as certificate_numbers
from tests.values.strategies import id_numbers

ID_NUMBER = value_type("id-number")
CERTIFICATE = value_type("disability-certificate")


def is_accepted(text: str) -> bool:
    try:
        return ID_NUMBER.parse(text) == text
    except Rejected:
        return False


def stdnum_accepts(text: str) -> bool:
    """Its verdict, places aside: an area that is on no list is a warning here."""
    try:
        ric.validate(text)
    except InvalidComponent:
        return is_birth_date(text)
    except ValidationError:
        return False
    return True


def is_birth_date(text: str) -> bool:
    try:
        ric.get_birth_date(text)
    except InvalidComponent:
        return False
    return True


@given(number=id_numbers(), index=st.integers(0, 17), digit=st.sampled_from("0123456789X"))
def test_one_changed_character_is_judged_as_stdnum_judges_it(number: str, index: int, digit: str) -> None:
    changed = number[:index] + digit + number[index + 1 :]
    # stdnum takes any year and a leading zero; 18xx–20xx and areas from 11 on are all that were ever issued.
    expected = stdnum_accepts(changed) and changed[0] != "0" and changed[6:8] >= "18"
    if changed[6:8] <= "20":
        assert is_accepted(changed) == expected
    assert changed == number or not is_accepted(changed)


@given(number=id_numbers())
def test_what_people_write_around_the_digits_does_not_matter(number: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    for text in (number.lower(), wide, f" {number[:6]} {number[6:14]} {number[14:]}\n", f"'{number}"):
        assert ID_NUMBER.parse(text) == number


@given(number=id_numbers())
def test_sex_and_birth_date(number: str) -> None:
    assert birth_date(number) == PartialDate.of(ric.get_birth_date(number))
    assert sex(number) == ("男" if int(number[16]) % 2 else "女")


@given(number=certificate_numbers())
def test_a_certificate_says_number_category_and_grade(number: str) -> None:
    assert CERTIFICATE.parse(number.lower()) == number
    assert is_accepted(certificates.id_number(number))
    assert certificates.category(number) == value_type("disability-category").parse(number[18])
    assert certificates.grade(number) == value_type("disability-grade").parse(number[19])


def test_known_area_is_not_warned_of() -> None:
    number = "410183195803121232"
    assert ID_NUMBER.check(ID_NUMBER.parse(number), number) == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("证号41018319680512003543B1，肢体", "证号410183*************3B1，肢体"),
        ("410183 19680512 003X", "410183***********X"),
        ("电话１３８１２３４５６７８转", "电话１３８******７８转"),
        ("0371-69851234", "037*******34"),
        ("2015-11-03 00:00:00", "2015-11-03 00:00:00"),
        ("1.13812345678", "1.138******78"),
        ("20151103", "20151103"),
        ("户号 12 人口 3 人均 2650", "户号 12 人口 3 人均 2650"),
    ],
)
def test_long_numbers_are_masked_wherever_they_stand(text: str, shown: str) -> None:
    assert mask_long_numbers(text) == shown


@given(id_numbers() | certificate_numbers(), st.text(st.characters(exclude_categories=["Nd"])))
def test_no_number_of_a_person_is_left_in_a_text(number: str, words: str) -> None:
    assert number[:17] not in mask_long_numbers(f"{words}{number}{words}")


def test_mask() -> None:
    assert ID_NUMBER.mask("410183195803121232") == "410183***********2"
    assert value_type("phone").mask("13812345678、0371-69880000") == "138******78、037********00"
