"""What do I owe this quarter?"""

from svdash.show.kit import page
from svdash.show.panels import my_updates

page.question("What do I owe this quarter?")
my_updates.show()
