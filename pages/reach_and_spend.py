"""Do services and money go where deprivation is?"""

from svdash.show.kit import page
from svdash.show.panels import reach_parts

now = page.question("Do services and money go where deprivation is?", one_year=True)
reach_parts.draw(now)
