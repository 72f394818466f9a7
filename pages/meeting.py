"""What do we look at, decide and follow up?"""

from svdash.show.kit import page
from svdash.show.panels import meeting_board, presenting

if presenting.is_asked():
    presenting.show()
else:
    now = page.question("What do we look at, decide and follow up?")
    meeting_board.show(now)
