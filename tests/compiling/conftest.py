"""All forms of the catalogue, compiled once."""

from __future__ import annotations

import pytest

from formgen.compiling import CompiledLayout, Office, compile_layouts
from formgen.forms.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue_layouts() -> dict[str, CompiledLayout]:
    manifests = list(Catalogue().forms())
    for manifest in manifests:
        manifest.check_types()
    return {item.manifest.id: item for item in compile_layouts(manifests, Office.find())}
