"""Do services and money go where deprivation is?"""

from svdash.show import landing, page

now = page.question("Do services and money go where deprivation is?", one_year=True)
landing.draw(now)
