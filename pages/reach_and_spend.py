"""Do services and money go where deprivation is?"""

from svdash.findings.reach import (
    catchments,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
    unfilled,
)
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page_parts import Part
from svdash.show.panels import area_map, reach_controls

now = page.question("Do services and money go where deprivation is?", one_year=True)
PARTS = {
    "map": Part("Map", area_map.CONTROLS),
    "concentration": Part("Concentration"),
    "districts": Part("By district"),
    "parity": Part("Parity", reach_controls.BASELINE),
    "cold-spots": Part("Cold spots"),
    "catchments": Part("Catchments", reach_controls.WITHIN),
    "change": Part("Change"),
}
empty = unfilled.parts(now.edition, now.view, area_map.chosen_map(now))
with controls.line():
    part = page_parts.choose(PARTS, empty=empty)
    choice, more = area_map.ask(now, mapped=part == "map", more=part in reach_controls.ASKING)
    baseline, within = reach_controls.ask(now, part, more)
    spots = cold_spots.coldspots(now.edition, now.view, choice) if part == "cold-spots" else None
    if spots is not None:
        reach_controls.on_map(spots)
page_parts.why(PARTS, empty)

match part:
    case "map":
        opening = reach_by_decile.lands(now.edition, now.view)
        area_map.show(now, choice, opening, reach_by_decile.by_decile(now.edition, now.view, choice))
    case "concentration":
        page.finding(concentration.curve(now.edition, now.view, choice))
        page.finding(most_deprived.deprived(now.edition, now.view, choice))
        page.finding(concentration.by_year(now.edition, now.view, choice))
    case "districts":
        page.finding(district_comparison.districts(now.edition, now.view, choice))
    case "parity":
        page.finding(parity.parity(now.edition, now.view, choice, baseline), rows=30)
    case "cold-spots" if spots is not None:
        page.finding(spots, rows=10, narrow=True)
    case "catchments":
        page.finding(catchments.catchments(now.edition, now.view, choice, within))
    case "change":
        page.finding(decile_change.change(now.edition, now.view, choice))
