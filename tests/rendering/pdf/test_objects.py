"""The cross-reference: where each object of a file lies."""

from __future__ import annotations

import io
import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from formgen.rendering.pdf.objects import IN_STREAM, ObjectWriter


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1 << 37)), max_size=3 * IN_STREAM))
def test_every_object_is_found_however_large_the_file(steps: list[tuple[bool, int]]) -> None:
    """Streams by their offset, others by the stream they are packed in; the file grows by so many bytes before each."""
    stream = io.BytesIO()
    objects = ObjectWriter(stream)
    begun: dict[int, int] = {}
    packed = []
    for is_stream, more in steps:
        if is_stream:
            objects._position = min(objects._position + more, 1 << 37)
            number = objects.reserve()
            begun[number] = objects._position
            objects.put_stream(number, b"", b"x")
        else:
            packed.append(objects.add(b"null"))
    objects.finish(0, 0)
    rows = _rows(stream.getvalue())
    assert all(rows[number] == (1, offset, 0) for number, offset in begun.items())
    for place, number in enumerate(packed):
        kind, holder, index = rows[number]
        assert (kind, index) == (2, place % IN_STREAM) and rows[holder][0] == 1


def _rows(content: bytes) -> list[tuple[int, int, int]]:
    """The entries of the only cross-reference stream, which is the file's last object."""
    *_, match = re.finditer(rb"/Type/XRef.*?>>stream\n(.*)\nendstream", content, re.DOTALL)
    raw = zlib.decompress(match[1])
    return [
        (raw[start], int.from_bytes(raw[start + 1 : start + 6], "big"), raw[start + 6])
        for start in range(0, len(raw), 7)
    ]
