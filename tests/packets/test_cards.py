"""Cards in a stack: which share paper, and what a printer that prints both sides gets."""

from __future__ import annotations

import pytest

from formgen.packets.cards import CardStack, is_card
from formgen.rendering.pdf import ComposedPage
from formgen.rendering.pdf.objects import deflate

SMALL = ComposedPage(255.0, 153.0, deflate(b""), (), ())
LARGE = ComposedPage(595.0, 842.0, deflate(b""), (), ())


def test_a_card_has_a_front_and_perhaps_a_back() -> None:
    assert is_card([SMALL]) and is_card([SMALL, SMALL])
    assert not is_card([SMALL, SMALL, SMALL]), "a third page has no side to stand on"
    assert not is_card([SMALL, LARGE]), "a continuation sheet is no card"


@pytest.mark.parametrize(
    ("pages", "is_duplex", "sides"),
    [(1, False, 2), (1, True, 4), (2, False, 4), (2, True, 4)],
)
def test_what_follows_cards_begins_on_a_front(pages: int, is_duplex: bool, sides: int) -> None:
    """Five cards, four a side: two fronts, each with a back where the paper is printed on both sides."""
    stack = CardStack((2, 2), is_duplex)
    made = [side for _ in range(5) for side in stack.put([SMALL] * pages, ("村",))]
    made += stack.flush()
    assert len(made) == sides and not list(stack.flush())
