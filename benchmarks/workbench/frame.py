"""Run the real frame around the workbench's third column: a definition over a brought table, its formula by the address."""

import runpy
import tempfile
from pathlib import Path

from svdash.show.kit import addresses, page

EMPTY = '"""An empty page inside the real frame."""\n'
RESULTS = '"""What a definition shows."""\n\nfrom benchmarks import definitions\n\ndefinitions.show()\n'

# Written anew at every run of the script would be part of what is measured: once a server is enough.
if page.FOLDER == page.ROOT / "pages":
    page.FOLDER = Path(tempfile.mkdtemp(prefix="svdash-workbench-"))
    for file, _, address, _ in addresses.PAGES:
        (page.FOLDER / f"{file}.py").write_text(EMPTY if address else RESULTS, encoding="utf-8")
runpy.run_path(str(page.ROOT / "svdash" / "frame.py"), run_name="__main__")
