"""Pages run without a browser, opened as by their address."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from svdash.show.kit import addresses
from tests.copies import ROOT

FRAME = ROOT / "svdash" / "frame.py"
ADDRESS = {file: address for file, _, address, _ in addresses.PAGES}

# Before its first run each AppTest reads the metadata of all installed packages, which takes as long as a page does; none
# comes or goes meanwhile.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def opened(file: str, **params: str) -> AppTest:
    """Run a page as if its address, with these parameters, had been opened."""
    at = AppTest.from_file(str(FRAME), default_timeout=120)
    # Before its first run AppTest goes by the names of files alone, and another page would have to be drawn first.
    at._page_hash = calc_hash(ADDRESS[file])
    return set_params(at, params).run()


def set_params(at: AppTest, params: dict[str, str]) -> AppTest:
    """Put parameters into the address."""
    for name, value in params.items():
        at.query_params[name] = value
    return at
