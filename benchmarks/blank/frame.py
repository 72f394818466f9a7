"""Run the real frame around empty pages: as many as the dashboard has, written where this server finds them."""

import runpy
import tempfile
from pathlib import Path

from svdash.show.kit import addresses, page

EMPTY = '"""An empty page inside the real frame: the baseline."""\n'

# Written anew at every run of the script would be part of what is measured: once a server is enough.
if page.FOLDER == page.ROOT / "pages":
    page.FOLDER = Path(tempfile.mkdtemp(prefix="svdash-blank-"))
    for file, *_ in addresses.PAGES:
        (page.FOLDER / f"{file}.py").write_text(EMPTY, encoding="utf-8")
runpy.run_path(str(page.ROOT / "svdash" / "frame.py"), run_name="__main__")
