"""What goes to the leadership, and did it come back done?"""

from svdash.show.kit import page
from svdash.show.panels import exception_board

now = page.question("What goes to the leadership, and did it come back done?")
exception_board.show(now)
