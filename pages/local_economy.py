"""Who supplies the authority, and how much of the money stays here?"""

from svdash.show import economy, page

now = page.question("Who supplies us, and how much stays here?", one_year=True)
economy.draw(now)
