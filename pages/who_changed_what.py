"""Who changed what?"""

from svdash.show.kit import page
from svdash.show.panels import audit_trail_page

page.question("Who changed what?")
audit_trail_page.show()
