"""Who is left behind, by how much, is it real, and what is not known? For the Advisory Board."""

from svdash.findings.equality import (
    gaps_over_time,
    owners,
    pay_by_group,
    pay_gap_parts,
    pay_returns,
    recruitment,
    services,
    unknown_groups,
    workforce,
)
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page_parts import Part
from svdash.show.panels import board_list, equality_controls, equality_look
from svdash.show.panels.equality_controls import GROUPS, PANEL, ROWS

now = page.question("Who is left behind, by how much, and what don't we know?")
parts = {
    "look": Part("In one look", PANEL),
    "workforce": Part("Workforce", GROUPS),
    "recruitment": Part("Recruitment", GROUPS),
    "pay": Part("Pay", GROUPS),
    "owners": Part("Suppliers", GROUPS),
    "services": Part("Services", GROUPS),
    "time": Part("Over time", GROUPS),
    "unknown": Part("Not known"),
}
with controls.line():
    part = page_parts.choose(parts)
    chosen, panel = equality_controls.ask(now, parts[part].controls)

match part:
    case "look":
        equality_look.draw(now, panel)
    case "workforce":
        page.finding(workforce.shares(now.edition, now.view, chosen))
        if chosen.characteristic == workforce.target_characteristic(now.edition):
            page.finding(workforce.target(now.edition, now.view))
    case "recruitment":
        page.finding(recruitment.funnel(now.edition, now.view, chosen))
    case "pay":
        page.finding(pay_returns.returns(now.edition, now.view))
        page.finding(pay_by_group.groups(now.edition, now.view, chosen))
        page.finding(pay_gap_parts.split(now.edition, now.view, chosen))
    case "owners":
        page.finding(owners.owners(now.edition, now.view, chosen))
        page.finding(owners.answers(now.edition, now.view, chosen))
    case "services":
        page.finding(services.groups(now.edition, now.view, chosen))
        page.finding(services.gradient(now.edition, now.view))
    case "time":
        page.finding(gaps_over_time.over_time(now.edition, now.view, chosen), rows=ROWS)
    case "unknown":
        page.finding(unknown_groups.register(now.edition, now.view), rows=ROWS)
        page.finding(unknown_groups.share_measured(now.edition, now.view))
board_list.beside_gap(part, chosen.characteristic)
