"""What do I owe this quarter?"""

from svdash.show.kit import page
from svdash.show.panels import update_forms

page.question("What do I owe this quarter?")
update_forms.show()
