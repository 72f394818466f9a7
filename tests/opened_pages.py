"""Pages run without a browser, opened as by their address."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from svdash.show.kit import addresses
from tests.copies import ROOT

FRAME = ROOT / "svdash" / "frame.py"
ADDRESS = {file: address for file, _, address, _ in addresses.PAGES}

# Before its first run each AppTest reads the metadata of all installed packages, which takes as long as a page does; none
# comes or goes meanwhile.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# Each AppTest compiles frame.py and its page anew; they do not change meanwhile either.
_compiled = ScriptCache()
local_script_runner.ScriptCache = lambda: _compiled


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    """Wait for the end of a run, which AppTest looks for a thousand times a second and so keeps the run from working."""
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"no end of the run of {runner.script_path} after {timeout} s")


local_script_runner.require_widgets_deltas = _wait


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
