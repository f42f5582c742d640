"""PDF files as nobody should send them. Written by hand, because libraries mend what they write."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping

import pikepdf

from tests.faults.hostile_packages import blank

__all__ = ["SCRIPT", "calls_itself", "circle", "doubled", "encrypted", "pdf_of", "squeezed", "squeezed_zeros"]

ROOT = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
PAGES = {2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources << >> >>"

SCRIPT = b"<< /S /Launch /F (/bin/sh) /Next << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9'\\)) >> >>"


def pdf_of(objects: Mapping[int, bytes], trailer: bytes = b"", box: bytes = b"[0 0 595 842]") -> bytes:
    """A PDF of these objects, where they differ from those of one blank page."""
    chosen = {**ROOT, **PAGES, 3: PAGE % box, 4: b"<< /Length 0 >>\nstream\n\nendstream", **objects}
    content, places = b"%PDF-1.7\n", {}
    for number, body in chosen.items():
        places[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 1\n0000000000 65535 f \n"
    content += b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    return content + b"trailer\n<< /Size 99 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (trailer, start)


def squeezed(content: bytes, times: int = 1) -> bytes:
    """A stream object that deflate has packed, maybe more than once."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode " * times
    return b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(content), filters, content)


def squeezed_zeros(mib: int) -> bytes:
    """A stream object of so many MiB of zeros. Made of one deflated MiB, over and over."""
    deflater = zlib.compressobj(9)
    head = deflater.compress(b"") + deflater.flush(zlib.Z_SYNC_FLUSH)
    block = deflater.compress(bytes(1 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    content = head + block * mib
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content)


def encrypted(user: str) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank("pdf"))) as pdf:
        pdf.save(stream, encryption=pikepdf.Encryption(owner="owner", user=user))
    return stream.getvalue()


def circle() -> dict[int, bytes]:
    """A node of the page tree that is its own grandparent."""
    return {
        2: b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        5: b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 1 >>",
    }


def doubled(depth: int) -> dict[int, bytes]:
    """A page tree of a few nodes, each of which holds the next one twice: 2 to the power of `depth` pages."""
    nodes = {2: b"<< /Type /Pages /Kids [10 0 R 10 0 R] /Count %d >>" % (1 << depth)}
    for number in range(10, 10 + depth - 1):
        below = number + 1 if number < 10 + depth - 2 else 3
        count = 1 << (depth - number + 9)
        nodes[number] = b"<< /Type /Pages /Parent 2 0 R /Kids [%d 0 R %d 0 R] /Count %d >>" % (below, below, count)
    return nodes


def calls_itself() -> dict[int, bytes]:
    """A page that paints a form which paints itself."""
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 9 >>"
    return {
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>",
        4: b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        5: form + b"\nstream\n/X Do /X Do\nendstream",
    }
