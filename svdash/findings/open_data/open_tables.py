"""Every table that can be taken away: the findings' own tables, and the open tables of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from svdash.editions import Edition
from svdash.findings.economy import (
    contracts,
    local_spend,
    supplier_concentration,
    supplier_kinds,
    supplier_standards,
    unreached_places,
)
from svdash.findings.equality import (
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
from svdash.findings.equality.comparison_groups import Chosen, panels
from svdash.findings.equality.comparison_groups import characteristics as equalities
from svdash.findings.equality.comparison_groups import groups as groups_of
from svdash.findings.indicators import indicator_trends, success_measures
from svdash.findings.open_data import data_catalogue
from svdash.findings.progress import commitment_register, delivery
from svdash.findings.reach import (
    area_cells,
    area_change,
    area_figures,
    area_profile,
    bivariate_map,
    catchments,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
)
from svdash.findings.spec import LONGEST_TEXT, Narrowed, Parameter, Spec
from svdash.register import ALL, Framework

__all__ = ["LONGEST_TEXT", "OpenTable", "Parameter"]

# One table of the open data.
OpenTable = Spec


def _indicators(edition: Edition) -> tuple[str, ...]:
    return tuple(Framework.of(edition).indicators.index)


def _characteristics(edition: Edition) -> tuple[str, ...]:
    return ("", *Framework.of(edition).vocabulary.labels("characteristic"))


def _programmes(edition: Edition) -> tuple[str, ...]:
    return (ALL, *area_cells.table(edition, "programmes")["id"])


def _codes(edition: Edition) -> tuple[str, ...]:
    return tuple(area_cells.areas(edition).index)


_MAP = {
    "show": Parameter("What the map shows", lambda _: tuple(area_figures.SHOWS), "deprivation"),
    "programme": Parameter("One programme, or all (spend only)", _programmes, ALL),
    "domain": Parameter("Domain of deprivation", lambda _: tuple(area_cells.DOMAINS), "decile"),
    "kind": Parameter("Which place of a payment counts", lambda _: tuple(area_figures.KINDS), "benefit"),
}


def map_choice_of(values: Mapping[str, str]) -> area_figures.MapChoice:
    """Read what the map is asked for out of parameters."""
    return area_figures.MapChoice(**{name: values[name] for name in _MAP})


def _groups(edition: Edition) -> tuple[str, ...]:
    codes = Framework.of(edition).vocabulary.labels("group")
    return ("", *dict.fromkeys(code.partition("=")[2] for code in codes))


_CHOSEN = {
    "characteristic": Parameter("What people are told apart by", lambda p: tuple(equalities(p)), "sex"),
    "reference": Parameter("Group that the others are compared with; empty: the usual one", _groups, ""),
}


_ITS_GROUPS: Narrowed = {"reference": lambda e, values: ("", *groups_of(e, values["characteristic"]))}


def _chosen(values: Mapping[str, str]) -> Chosen:
    return Chosen(values["characteristic"], values["reference"])


_FINDINGS = (
    *commitment_register.SPECS,
    *delivery.SPECS,
    OpenTable(
        "measures", "Success measures with their verdict", lambda p, v, _: success_measures.measures(p, v)
    ),
    OpenTable("indicators", "Indicators with their verdict", lambda p, v, _: indicator_trends.board(p, v)),
    OpenTable(
        "observations",
        "Observations behind the indicators",
        lambda p, v, _: indicator_trends.observations(p, v),
    ),
    OpenTable(
        "areas",
        "The map: deprivation, reach or spend by area",
        lambda p, v, a: area_figures.area_map(p, v, map_choice_of(a)),
        districted=True,
        parameters=_MAP,
    ),
    OpenTable(
        "deciles",
        "Reach or spend by deprivation decile",
        lambda p, v, a: reach_by_decile.by_decile(p, v, map_choice_of(a)),
        districted=True,
        parameters=_MAP,
    ),
    OpenTable(
        "area",
        "One area beside its district and the whole area",
        lambda p, v, a: area_profile.beside(p, v, map_choice_of(a), a["area"], a["before"]),
        parameters={
            **_MAP,
            "area": Parameter("Code of the area", _codes),
            "before": Parameter(
                "Whether the compared year stands beside the year",
                lambda _: (area_profile.ONE, area_profile.BOTH),
                area_profile.ONE,
            ),
        },
    ),
    *(
        OpenTable(
            name,
            title,
            lambda p, v, a, build=build: build(p, v, map_choice_of(a)),  # type: ignore[misc]
            districted=True,
            parameters=_MAP,
        )
        for name, title, build in (
            (bivariate_map.NAME, "Deprivation and reach or spend of areas together", bivariate_map.bivariate),
            (
                area_change.NAME,
                "Change of reach or spend by area since the compared year",
                area_change.change,
            ),
            ("concentration", "Concentration curve over deprivation", concentration.curve),
            ("concentration-years", "Concentration index by year", concentration.by_year),
            ("most-deprived", "Share in the most deprived 10, 20 and 30%", most_deprived.deprived),
            ("cold-spots", "Cold spots: deprived areas with little reach or spend", cold_spots.coldspots),
            (
                district_comparison.NAME,
                "Rates of areas by deprivation, district by district",
                district_comparison.districts,
            ),
            ("reach-change", "Change of shares by decile between two years", decile_change.change),
        )
    ),
    OpenTable(
        "parity",
        "What parity would take",
        lambda p, v, a: parity.parity(p, v, map_choice_of(a), a["baseline"]),
        districted=True,
        parameters={
            **_MAP,
            "baseline": Parameter(
                "Whose share it is set beside", lambda _: tuple(parity.BASELINES), "residents"
            ),
        },
    ),
    OpenTable(
        catchments.NAME,
        "Residents within a distance of a programme's places, by deprivation decile",
        lambda p, v, a: catchments.catchments(p, v, map_choice_of(a), a["within"]),
        districted=True,
        parameters={
            **_MAP,
            "within": Parameter("How near is near", lambda p: tuple(catchments.offered(p)), catchments.USUAL),
        },
    ),
    OpenTable(
        "lands",
        "Share of reach and spend in the most deprived tenth",
        lambda p, v, _: reach_by_decile.lands(p, v),
    ),
    OpenTable(
        "equality-workforce",
        "Staff by equality characteristic, beside residents",
        lambda p, v, a: workforce.shares(p, v, _chosen(a)),
        parameters=_CHOSEN,
        narrowed=_ITS_GROUPS,
    ),
    OpenTable(
        "equality",
        "In one look: gaps beyond chance by characteristic",
        lambda p, v, a: equality_summary.summary(p, v, a["panel"]),
        parameters={"panel": Parameter("Equality Panel, or all", lambda p: (ALL, *panels(p)), ALL)},
    ),
    *(
        OpenTable(
            name,
            title,
            lambda p, v, a, build=build: build(p, v, _chosen(a)),  # type: ignore[misc]
            parameters=_CHOSEN,
            narrowed=_ITS_GROUPS,
        )
        for name, title, build in (
            ("equality-recruitment", "Recruitment: likelihoods from stage to stage", recruitment.funnel),
            ("equality-pay-groups", "Pay gaps and pay quarters of groups", pay_by_group.groups),
            ("equality-pay-split", "The mean pay gap within and between quarters", pay_gap_parts.split),
            ("equality-owners", "Who leads suppliers and investees", owners.owners),
            ("equality-owners-answers", "What suppliers and investees answered", owners.answers),
            (
                "equality-over-time",
                "Equality gaps over time: getting narrower or wider",
                gaps_over_time.over_time,
            ),
            ("equality-services", "Groups reached by programme, beside residents", services.groups),
        )
    ),
    OpenTable(
        "equality-pay-returns", "Published gender pay gap returns", lambda p, v, _: pay_returns.returns(p, v)
    ),
    OpenTable(
        "equality-gradient",
        "Reach over deprivation: slope and relative index",
        lambda p, v, _: services.gradient(p, v),
    ),
    OpenTable(
        "data-gaps",
        "What is not known: indicator by characteristic",
        lambda p, v, _: unknown_groups.register(p, v),
    ),
    OpenTable(
        "data-gaps-share",
        "Share of breakdowns that are measured",
        lambda p, v, _: unknown_groups.share_measured(p, v),
    ),
    OpenTable(
        "equality-target",
        "The target for one group of staff, with its minimum detectable change",
        lambda p, v, _: workforce.target(p, v),
    ),
    *local_spend.SPECS,
    *supplier_kinds.SPECS,
    *supplier_concentration.SPECS,
    *contracts.SPECS,
    *supplier_standards.SPECS,
    *unreached_places.SPECS,
    OpenTable(
        "indicator",
        "One indicator in full",
        lambda p, v, a: indicator_trends.one(p, v, a["indicator"], a["characteristic"]),
        parameters={
            "indicator": Parameter("Identifier of the indicator", _indicators),
            "characteristic": Parameter("What it is broken down by", _characteristics, ""),
        },
    ),
    *data_catalogue.SPECS,
)
_BY_NAME = {table.name: table for table in _FINDINGS}
# A pack table under a finding's name would be two answers to one address.
PREFIX: Final = "pack-"


def _open_table(name: str, title: str) -> OpenTable:
    return OpenTable(
        PREFIX + name,
        f"{title} (as in the pack)",
        lambda p, v, _: data_catalogue.raw(p, v, name),
        filtered=False,
    )


def every_table(edition: Edition) -> tuple[OpenTable, ...]:
    """Return every table of a pack that is served: findings first, then the pack's open tables as they are.

    Tables with counts of people (``access: gated``) are served only as findings, behind disclosure control;
    lines only as what they add up to.
    """
    names = [n for n in edition.tables if edition.resource(n)["access"] == "open" and n not in edition.lines]
    raw = [_open_table(name, str(edition.resource(name)["title"])) for name in names]
    return (*_FINDINGS, *raw)


def area_table() -> OpenTable:
    """Return the table of areas, which the map is drawn from."""
    return _BY_NAME["areas"]


def findings() -> tuple[Spec, ...]:
    """Return what is registered of every finding."""
    return _FINDINGS


def spec_of(name: str) -> Spec | None:
    """Return what is registered of a finding by its name; ``None`` of a table that is none, such as one of the pack."""
    return _BY_NAME.get(name)


def filters_of(name: str) -> tuple[str, ...]:
    """Return the filters that a table takes: none where its rows are the same for all."""
    table = spec_of(name)
    return () if table is None else table.filters


def parameters(edition: Edition, table: OpenTable) -> dict[str, Parameter]:
    """Return every parameter a table takes, the filters first."""
    framework = Framework.of(edition)
    filters = {
        name: Parameter(f"Filter: {name}", lambda _, n=name: framework.filters.choices(n), "")  # type: ignore[misc]
        for name in filters_of(table.name)
    }
    return {**filters, **table.parameters}
