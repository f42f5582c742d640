"""Which keys have been met: the same whether they are few or lie in a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.data.key_set import KeySet
from formgen.errors import OutputError


@given(st.lists(st.text("ABC", min_size=1, max_size=2)), st.integers(0, 6))
def test_a_key_is_new_once(keys: list[str], in_memory: int) -> None:
    with KeySet(in_memory) as met:
        assert [met.add(key) for key in keys] == [key not in keys[:index] for index, key in enumerate(keys)]


def test_many_keys_are_not_kept_in_memory() -> None:
    with KeySet(100) as met:
        assert all(met.add(f"{number:010}") for number in range(5_000))
        assert not met._few


def test_a_full_disk_is_said() -> None:
    with KeySet(1) as met, pytest.raises(OutputError) as caught:
        for number in range(10_000):
            met.add(f"{number:010}")
            if met._many is not None:
                met._many._database.execute("PRAGMA max_page_count = 5")
    assert caught.value.problem.code == "F-FILE-007"
