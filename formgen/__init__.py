"""formgen: one definition of a form fills the official annexes in Word and Excel, from one dataset.

The names below are the whole public interface. They are imported when first used, so that `import formgen` is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formgen.data.dataset import Dataset, open_dataset
    from formgen.errors import FormgenError, InputError, OutputError, TemplateError
    from formgen.forms.catalogue import Catalogue
    from formgen.forms.schema import record_schema
    from formgen.packets.runner import fill_form, fill_records, run_packets
    from formgen.problems import Place, Problem
    from formgen.reading.batch import read_files

__version__ = "0.1.0"

_HOMES = {
    "Catalogue": "formgen.forms.catalogue",
    "Dataset": "formgen.data.dataset",
    "FormgenError": "formgen.errors",
    "InputError": "formgen.errors",
    "OutputError": "formgen.errors",
    "Place": "formgen.problems",
    "Problem": "formgen.problems",
    "TemplateError": "formgen.errors",
    "fill_form": "formgen.packets.runner",
    "fill_records": "formgen.packets.runner",
    "open_dataset": "formgen.data.dataset",
    "read_files": "formgen.reading.batch",
    "record_schema": "formgen.forms.schema",
    "run_packets": "formgen.packets.runner",
}

__all__ = [
    "Catalogue",
    "Dataset",
    "FormgenError",
    "InputError",
    "OutputError",
    "Place",
    "Problem",
    "TemplateError",
    "__version__",
    "fill_form",
    "fill_records",
    "open_dataset",
    "read_files",
    "record_schema",
    "run_packets",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
