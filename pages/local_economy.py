"""Who supplies the authority, and how much of the money stays here?"""

from svdash.show.kit import page
from svdash.show.panels import economy_parts

now = page.question("Who supplies us, and how much stays here?", one_year=True)
economy_parts.draw(now)
