"""What changed, what needs a decision? For leadership, in a meeting: one screen, and behind it the whole lists."""

from svdash.findings import overview_cards
from svdash.findings.indicators import success_measures
from svdash.findings.progress import decisions, delivery, headline_tiles
from svdash.findings.reach import reach_by_decile
from svdash.show.kit import controls, page
from svdash.show.panels import overview_board

now = page.question("What changed, and what needs a decision?")
part = controls.behind("part", ("decisions", "changes", "measures"))

match part:
    case "decisions":
        page.answer(decisions.attention(now.edition, now.view).headline)
        for which in decisions.LISTS:
            page.finding(decisions.attention(now.edition, now.view, which))
    case "changes":
        page.finding(delivery.changed(now.edition, now.view))
        page.tiles(headline_tiles.tiles(now.edition, now.view))
        page.finding(delivery.where_things_stand(now.edition, now.view))
    case "measures":
        page.finding(success_measures.measures(now.edition, now.view))
        page.finding(reach_by_decile.lands(now.edition, now.view))
    case _:
        board = overview_cards.board(now.edition, now.view)
        page.answer(*board.title)
        overview_board.draw(now, board)

if part:
    page.link("overview", "Back to the overview on one screen")
