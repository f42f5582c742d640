"""What reading a form that formgen printed may load: a user waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.reading.pdf.paper import sheet

SLOW = {"pdfplumber", "pdfminer", "uharfbuzz", "numpy", "openpyxl"}


def test_a_form_of_ours_is_read_without_what_strange_pages_need(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(sheet("application-form", "pdf", {"name": "张建国"}))
    code = (
        "import sys; from pathlib import Path; import formgen.reading.files as files\n"
        "from formgen.forms.catalogue import Catalogue; from formgen.reading.identify import FormBook\n"
        "found = files.read_file(Path(sys.argv[1]), FormBook(Catalogue().forms()))\n"
        "print(found.readings[0].values['name'], *sys.modules)"
    )
    command = [sys.executable, "-X", "utf8", "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    name, *loaded = done.stdout.split()
    assert name == "张建国"
    assert not SLOW & set(loaded)
