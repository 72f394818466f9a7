"""Is it getting better, and is the change real?"""

from svdash.findings import trends
from svdash.show import indicator, page

now = page.question("Is it getting better, and is the change real?")
chosen, characteristic = indicator.ask(now)

if chosen:
    page.finding(trends.one(now.pack, now.view, chosen, characteristic))
    page.facts(trends.about(now.pack, chosen))
else:
    page.finding(trends.board(now.pack, now.view))
