"""What would this new indicator show?"""

from svdash.show.kit import page
from svdash.show.panels import workbench_board

now = page.question("What would this new indicator show?")
workbench_board.show(now)
