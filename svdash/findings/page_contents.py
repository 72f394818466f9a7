"""What every page shows when it is opened: which findings, in which part, in which order. A snapshot stores these.

Declared in one place; a test opens each page and compares, so that a page with a new finding can't be forgotten. Beside
what the parts open on it names what their own controls lead to: every indicator, and every characteristic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from svdash.editions import Edition
from svdash.findings import overview_cards
from svdash.findings.economy import (
    contracts,
    local_spend,
    supplier_concentration,
    supplier_kinds,
    supplier_standards,
    unreached_places,
)
from svdash.findings.equality import (
    comparison_groups,
    equality_summary,
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
from svdash.findings.equality.comparison_groups import Chosen
from svdash.findings.exceptions import exception_list
from svdash.findings.finding import Finding
from svdash.findings.indicators import indicator_trends, outcome_crosswalk, success_measures
from svdash.findings.open_data import data_catalogue
from svdash.findings.progress import (
    board_and_officers,
    commitment_register,
    decisions,
    delivery,
    evidence_sample,
    ownership_health,
    published_records,
)
from svdash.findings.reach import (
    area_figures,
    catchments,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
)
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import ALL, Framework, View

# Rows of a long table that a page draws; the CSV has them all.
LONG: Final = 24
# Pages that open on the latest position, a part year as well; others on the latest complete year. They tell where commitments
# stand: what was published last must be seen on both.
AT_LATEST: Final = frozenset({"overview", "commitments", "exceptions"})
# Pages whose figures can be told for one district.
DISTRICTED: Final = frozenset({"reach-and-spend"})


@dataclass(frozen=True)
class Planned:
    """A finding that a page shows, before it is worked out.

    Attributes:
        build: works it out.
        part: the part of the page that shows it, empty where it has none.
        variant: what of the part, where it shows several of a kind; ``label``: what people call it.
        rows: lines of its table that are drawn; 0 for all.
        controls: what the page's own controls must say for it to be shown, by name in the address; none where it always is.
        usual: whether they say so by themselves.
    """

    build: Callable[[], Finding]
    part: str = ""
    variant: str = ""
    label: str = ""
    rows: int = 0
    controls: Mapping[str, str] = field(default_factory=dict)
    usual: bool = True


Contents = Callable[[Edition, View], Iterator[Planned]]


def view_of(edition: Edition, page: str, given: Mapping[str, str]) -> View:
    """Return what a page looks at where an address names these filters.

    Raises:
        ValueError: one of them can't be; the message says what is allowed.
    """
    filters = Framework.of(edition).filters
    view, ignored = (filters.at_latest if page in AT_LATEST else filters).read(given)
    if ignored:
        raise ValueError("; ".join(f"{each.name}={each.value}: {each.reason}" for each in ignored))
    return view if page in DISTRICTED else view.with_(district=ALL)


def _overview(edition: Edition, view: View) -> Iterator[Planned]:
    for card in ("promises", "decisions", "measures", "equality", "lands"):
        yield Planned(partial(_card, edition, view, card))
    for which, label in decisions.LISTS.items():
        yield Planned(partial(decisions.attention, edition, view, which), "decisions", which, label)
    yield Planned(partial(delivery.changed, edition, view), "changes")
    yield Planned(partial(delivery.where_things_stand, edition, view), "changes")
    yield Planned(partial(success_measures.measures, edition, view), "measures")
    yield Planned(partial(reach_by_decile.lands, edition, view), "measures")


def _card(edition: Edition, view: View, name: str) -> Finding:
    return next(card.finding for card in overview_cards.board(edition, view).cards if card.name == name)


def _commitments(edition: Edition, view: View) -> Iterator[Planned]:
    listed: Mapping[str, tuple[str, Callable[[], Finding]]] = {
        "list": ("The register", partial(commitment_register.register, edition, view)),
        "owners": ("Overdue by owner", partial(delivery.overdue_by_owner, edition, view)),
        "care": ("Without an owner", partial(ownership_health.ownership, edition, view)),
    }
    chosen = view.commitment
    for layout, (label, build) in listed.items():
        controls = {"layout": layout, "commitment": ALL}
        usual = layout == "list" and chosen == ALL
        yield Planned(build, variant=layout, label=label, controls=controls, usual=usual)
    for said in (board_and_officers.ratings, board_and_officers.questions):
        controls = {"layout": "board", "commitment": ALL}
        yield Planned(
            partial(said, edition, view),
            variant="board",
            label="Board and panels",
            controls=controls,
            usual=False,
        )
    for drawn in (evidence_sample.audit, evidence_sample.shares):
        controls = {"layout": "audit", "commitment": ALL}
        yield Planned(
            partial(drawn, edition, view),
            variant="audit",
            label="Evidence audit",
            controls=controls,
            usual=False,
        )
    rows = Framework.of(edition).commitments
    for code, title in zip(map(str, rows["id"]), rows["title"], strict=True):
        if code in Framework.of(edition).filters.commitments_of(view.role) and chosen in (ALL, code):
            yield Planned(
                partial(_history, edition, view.with_(commitment=code), code),
                variant=code,
                label=f"{code} {title}",
                controls={"commitment": code},
                usual=chosen == code,
            )


def _history(edition: Edition, view: View, code: str) -> Finding:
    return commitment_register.detail(edition, view, code).history


def _indicators(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(
        partial(indicator_trends.board, edition, view),
        label="All indicators",
        controls={"layout": "own", "indicator": ALL},
    )
    rows = Framework.of(edition).indicators_of(view)
    for code, title in zip(map(str, rows.index), rows["title"], strict=True):
        yield Planned(
            partial(_indicator, edition, view, code),
            variant=code,
            label=f"{code} {title}",
            controls={"layout": "own", "indicator": code},
            usual=False,
        )
    for build, rows_drawn in ((outcome_crosswalk.crosswalk, 0), (outcome_crosswalk.crosswalk_gaps, LONG)):
        yield Planned(
            partial(build, edition, view),
            variant="frameworks",
            label="Other frameworks",
            rows=rows_drawn,
            controls={"layout": "frameworks"},
            usual=False,
        )


def _indicator(edition: Edition, view: View, code: str) -> Finding:
    found = indicator_trends.characteristics(edition, view, code)
    return indicator_trends.one(edition, view, code, found[0] if found else "")


# What parts of the equality page show of each characteristic.
_BY_GROUP: Final[Mapping[str, tuple[Callable[[Edition, View, Chosen], Finding], ...]]] = {
    "workforce": (workforce.shares,),
    "recruitment": (recruitment.funnel,),
    "pay": (pay_by_group.groups, pay_gap_parts.split),
    "owners": (owners.owners, owners.answers),
    "services": (services.groups,),
    "time": (gaps_over_time.over_time,),
}


def _exceptions(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(partial(exception_list.exceptions, edition, view))


def _equality_gaps(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(partial(equality_summary.summary, edition, view, ALL), "look")
    yield Planned(partial(unknown_groups.register, edition, view), "look")
    for part, builds in _BY_GROUP.items():
        if part == "pay":
            yield Planned(partial(pay_returns.returns, edition, view), part)
        for build in builds:
            yield from _by_group(edition, view, part, build)
        if part == "workforce":
            code = workforce.target_characteristic(edition)
            usual = code == next(iter(comparison_groups.characteristics(edition)), "")
            yield Planned(
                partial(workforce.target, edition, view),
                part,
                code,
                controls={"characteristic": code},
                usual=usual,
            )
        if part == "services":
            yield Planned(partial(services.gradient, edition, view), part)
    yield Planned(partial(unknown_groups.register, edition, view), "unknown", rows=LONG)
    yield Planned(partial(unknown_groups.share_measured, edition, view), "unknown")


def _by_group(
    edition: Edition, view: View, part: str, build: Callable[[Edition, View, Chosen], Finding]
) -> Iterator[Planned]:
    labels = comparison_groups.characteristics(edition)
    for place, (code, label) in enumerate(labels.items()):
        yield Planned(
            partial(build, edition, view, Chosen(code)),
            part,
            code,
            label,
            rows=LONG if part == "time" else 0,
            controls={"characteristic": code},
            usual=not place,
        )


def _reach_and_spend(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(partial(reach_by_decile.lands, edition, view), "map")
    for show in area_figures.SHOWS:
        yield from _mapped(edition, view, show)
    for show in ("reach", "spend"):
        yield from _landed(edition, view, show)


def _mapped(edition: Edition, view: View, show: str) -> Iterator[Planned]:
    choice = area_figures.settle(edition, view, MapChoice(show))
    for build in (area_figures.area_map, reach_by_decile.by_decile):
        yield _shown(partial(build, edition, view, choice), "map", show, usual=show == "deprivation")


def _landed(edition: Edition, view: View, show: str) -> Iterator[Planned]:
    choice = area_figures.settle(edition, view, MapChoice(show))
    baseline = next(iter(parity.BASELINES))
    builds: Mapping[str, tuple[tuple[Callable[[], Finding], int], ...]] = {
        "concentration": (
            (partial(concentration.curve, edition, view, choice), 0),
            (partial(most_deprived.deprived, edition, view, choice), 0),
            (partial(concentration.by_year, edition, view, choice), 0),
        ),
        "districts": ((partial(district_comparison.districts, edition, view, choice), 0),),
        "parity": ((partial(parity.parity, edition, view, choice, baseline), 30),),
        "cold-spots": ((partial(cold_spots.coldspots, edition, view, choice), 10),),
        "catchments": ((partial(catchments.catchments, edition, view, choice, catchments.USUAL), 0),),
        "change": ((partial(decile_change.change, edition, view, choice), 0),),
    }
    for part, some in builds.items():
        for build, rows in some:
            yield _shown(build, part, show, rows=rows, usual=show == "reach")


def _shown(build: Callable[[], Finding], part: str, show: str, *, rows: int = 0, usual: bool) -> Planned:
    return Planned(build, part, show, area_figures.SHOWS[show], rows, {"show": show}, usual)


def _local_economy(edition: Edition, view: View) -> Iterator[Planned]:
    for part, build in (
        ("places", local_spend.places),
        ("places", local_spend.retained),
        ("kinds", supplier_kinds.kinds),
        ("suppliers", supplier_concentration.concentration),
        ("contracts", contracts.contracts),
        ("standards", supplier_standards.standards),
        ("standards", supplier_standards.multiplier),
        ("unreached", unreached_places.unreached),
    ):
        yield Planned(partial(build, edition, view), part)


def _data_and_methods(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(partial(data_catalogue.tables, edition, view), "tables")
    table = edition.tables[0]
    title = str(edition.resource(table)["title"])
    yield Planned(
        partial(data_catalogue.dictionary, edition, view, table),
        "dictionary",
        table,
        title,
        controls={"table": table},
    )
    yield Planned(partial(data_catalogue.methods, edition, view), "methods")


def _forum(edition: Edition, view: View) -> Iterator[Planned]:
    yield Planned(partial(published_records.forum, edition, view))
    yield Planned(partial(published_records.reviewed, edition, view))


# Page, as its file is named, with hyphens → what it shows, in the order of the navigation. Pages that show what only some
# people may see, or nobody's figures, are left out.
PAGES: Final[Mapping[str, Contents]] = {
    "overview": _overview,
    "commitments": _commitments,
    "indicators": _indicators,
    "exceptions": _exceptions,
    "forum": _forum,
    "equality-gaps": _equality_gaps,
    "reach-and-spend": _reach_and_spend,
    "local-economy": _local_economy,
    "data-and-methods": _data_and_methods,
}
