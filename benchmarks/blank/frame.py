"""Run the real frame around the empty pages beside this file."""

import runpy
from pathlib import Path

from svdash.show import page

page.FOLDER = Path(__file__).parent / "pages"
runpy.run_path(str(page.ROOT / "svdash" / "frame.py"), run_name="__main__")
