"""What does the Champions' forum ask, decide and share, and what do people tell us?"""

from svdash.show.kit import page
from svdash.show.panels import forum_board

now = page.question("What does the Champions' forum ask, decide and share?")
forum_board.show(now)
