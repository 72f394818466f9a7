"""Is it getting better, and is the change real?"""

from svdash.findings.indicators import indicator_trends
from svdash.show.kit import page
from svdash.show.panels import indicator_controls

now = page.question("Is it getting better, and is the change real?")
chosen, characteristic = indicator_controls.ask(now)

if chosen:
    page.finding(indicator_trends.one(now.edition, now.view, chosen, characteristic))
    page.facts(indicator_trends.about(now.edition, chosen))
else:
    page.finding(indicator_trends.board(now.edition, now.view))
