"""The vocabulary and the register: what the pack says the Framework promises, and how filters read it.

Nothing here is the Framework's content: roles, sections, aims and years all come from the pack, so another
authority's pack needs no change of this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from svdash.tables import Pack, split

ALL: Final = "all"
NONE: Final = "none"
# Filters that stand above every page, and those that an address can carry.
BAR: Final = ("role", "commitment", "year", "compare", "district")
FILTERS: Final = (*BAR, "vintage")
DELIVERY_ORDER: Final = ("complete", "substantial", "limited", "not-started", "no-evidence")
OBSERVATIONS: Final = ("observations_published", "observations_illustrative")
# Counts by stage, of which indicators that name a stage take their figures; a pack may do without.
RECRUITMENT: Final = "recruitment"
# The group of those who were asked and did not answer.
NOT_STATED: Final = "not-stated"


@dataclass(frozen=True)
class View:
    """What the reader is looking at: one value or ``all`` for each filter.

    ``compare`` is a second financial year, or ``none``; ``district`` is a code of the areas' own. ``vintage`` is the
    edition of the Indices of Deprivation that the pack's areas carry: there is but one, so it chooses nothing and
    lets an address say which edition it was written for.
    """

    role: str = ALL
    commitment: str = ALL
    year: str = ALL
    compare: str = NONE
    district: str = ALL
    vintage: str = ALL

    def params(self) -> dict[str, str]:
        """Return every filter as it is written in an address."""
        return asdict(self)

    def with_(self, **changes: str) -> View:
        """Return the same view with some filters changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Ignored:
    """A part of an address that could not be used, and what would have been right."""

    name: str
    value: str
    reason: str


def districts(pack: Pack) -> Mapping[str, str]:
    """Return code → name of the districts that a pack's areas lie in: as its vocabulary lists and names them, then others.

    It needs no register, so it can be asked of a pack that has places only.
    """
    return pack.remember("framework.districts", lambda: _districts(pack))


def _districts(pack: Pack) -> dict[str, str]:
    if "areas" not in pack.tables:
        return {}
    rows = pack.table("areas")
    named: dict[str, str] = dict(zip(rows["district"], rows["district_name"], strict=True))
    listed: dict[str, str] = {}
    if "vocabulary" in pack.tables:
        words = pack.table("vocabulary").sort_values("order")
        words = words[words["list"] == "district"]
        listed.update(zip(words["code"], words["label"], strict=True))
    order = [code for code in listed if code in named] + [code for code in named if code not in listed]
    return {code: listed.get(code) or named[code] for code in order}


def figure_tables(pack: Pack) -> tuple[str, ...]:
    """Return the tables of a pack that figures of indicators come from."""
    return (*OBSERVATIONS, RECRUITMENT) if RECRUITMENT in pack.tables else OBSERVATIONS


def year_end(year: str) -> date:
    """Return the 31 March on which a financial year such as ``2024/25`` ends."""
    return date(int(year[:4]) + 1, 3, 31)


def year_start(year: str) -> date:
    """Return the 1 April on which a financial year such as ``2024/25`` starts."""
    return date(int(year[:4]), 4, 1)


def year_of(when: date) -> str:
    """Return the financial year that holds a date: 31 March 2024 belongs to 2023/24."""
    first = when.year if when.month >= 4 else when.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def period_end(period: str) -> date:
    """Return the last day of ``2025/26``, ``2025/26 Q1`` or ``2025/26 H1``."""
    first = int(period[:4])
    ends = {"Q1": (first, 6, 30), "Q2": (first, 9, 30), "Q3": (first, 12, 31), "H1": (first, 9, 30)}
    return date(*ends[period[8:]]) if period[8:] in ends else year_end(period)


class Framework:
    """The register of one pack, with the ways of filtering it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.commitments = _with_plans(pack.table("commitments"), pack.table("plans"))
        self.measures = pack.table("measures")
        self.indicators = pack.table("indicators").set_index("id", drop=False)
        self.links = pack.table("links")
        self._about = {
            str(row["id"]): {str(k): v for k, v in row.items()} for row in self.indicators.to_dict("records")
        }
        vocabulary = pack.table("vocabulary").sort_values(["list", "order"])
        self._labels: dict[str, dict[str, str]] = {
            str(name): dict(zip(rows["code"], rows["label"], strict=True))
            for name, rows in vocabulary.groupby("list", sort=False)
        }
        # Asked for at every click, so kept: the register's ``roles`` column decides who answers for a commitment.
        self._ids = {ALL: (ALL, *self.commitments["id"])} | {
            role: (ALL, *self._answered_by(role)) for role in self.labels("role")
        }
        self.until = self._data_until()
        self.years = self._years()
        self.districts = districts(pack)
        areas = pack.table("areas") if "areas" in pack.tables else None
        self.vintages = () if areas is None else tuple(sorted(set(areas["vintage"])))

    @classmethod
    def of(cls, pack: Pack) -> Framework:
        """Return the register of a pack, built once for each version of it."""
        return pack.remember("framework", lambda: cls(pack))

    def labels(self, name: str) -> Mapping[str, str]:
        """Return code → label of one list of the vocabulary, in its order; empty where there is no such list."""
        return self._labels.get(name, {})

    def label(self, name: str, code: object) -> str:
        """Return the label of a code; the code itself where the vocabulary does not know it."""
        return self.labels(name).get(str(code), str(code))

    def indicator(self, code: str) -> dict[str, Any]:
        """Return one indicator of the register by its columns."""
        return self._about[code]

    def spell(self, name: str, codes: object) -> str:
        """Return the labels of a cell that may hold several codes."""
        return ", ".join(self.label(name, code) for code in split(codes))

    @property
    def authority(self) -> str:
        """The authority whose pack it is."""
        return str(
            self.pack.descriptor.get("authority", {}).get("name", self.pack.descriptor.get("title", ""))
        )

    @property
    def updated(self) -> date:
        """The day on which the newest table of the pack was updated."""
        return max(date.fromisoformat(str(self.pack.resource(name)["updated"])) for name in self.pack.names)

    def mark(self, table: str, field: str = "") -> str:
        """Return " (illustrative)" where a table, or one column of it, is made up; nothing elsewhere."""
        about = self.pack.resource(table)
        columns = {column["name"]: column for column in about["schema"]["fields"]}
        status = columns.get(field, {}).get("status", about["status"])
        return " (illustrative)" if status == "illustrative" else ""

    # -- years ---------------------------------------------------------------------------------------

    def _data_until(self) -> date:
        ends = [period_end(p) for p in self.pack.table("updates")["period"].unique()]
        for name in OBSERVATIONS:
            latest = self.pack.table(name)["as_at"].max()
            if not pd.isna(latest):
                ends.append(latest.date())
        ends += [year_end(year) for year in self._stage_years()]
        return max(ends, default=date(1970, 3, 31))

    def _years(self) -> tuple[str, ...]:
        years = set(self.pack.table("updates")["year"])
        for name in OBSERVATIONS:
            years |= set(self.pack.table(name)["year"])
        return tuple(sorted(years | self._stage_years()))

    def _stage_years(self) -> set[str]:
        """Return the complete years that recruitment is told for."""
        return set(self.pack.table(RECRUITMENT)["year"]) if RECRUITMENT in self.pack.tables else set()

    def is_part(self, year: str) -> bool:
        """Whether the data of a year stop before it ends; a pack without a year has no part year: "all" stands for it."""
        return year != ALL and year_end(year) > self.until

    def named(self, year: str) -> str:
        """Write a year, a part year as such."""
        return f"{year} (part year)" if self.is_part(year) else year

    def begun(self, year: str) -> bool:
        """Whether commitments had been reported on by the end of a year: before, none can have failed."""
        first = self.pack.table("updates")["year"].min()
        return year == ALL or pd.isna(first) or year >= str(first)

    @property
    def default_year(self) -> str:
        """The latest complete year, so that what is compared is alike."""
        whole = [y for y in self.years if not self.is_part(y)]
        return whole[-1] if whole else (self.years[-1] if self.years else ALL)

    def year_before(self, year: str) -> str:
        """Return the year before, ``none`` where the pack has none."""
        if year == ALL:
            year = self.default_year
        earlier = [y for y in self.years if y < year]
        return earlier[-1] if earlier else NONE

    def as_at(self, year: str) -> date:
        """Return the day up to which things are looked at: the year's end, or the end of the data."""
        return self.until if year == ALL else min(year_end(year), self.until)

    # -- filters -------------------------------------------------------------------------------------

    def default_view(self, year: str | None = None) -> View:
        """Return the view of an address without filters."""
        year = year or self.default_year
        vintage = self.vintages[-1] if self.vintages else ALL
        return View(year=year, compare=self.year_before(year), vintage=vintage)

    def usual(self, view: View) -> dict[str, str]:
        """Return what each filter is while an address leaves it out, the others being as in a view."""
        return {**self.default_view().params(), "compare": self.default_view(view.year).compare}

    def choices(self, name: str) -> tuple[str, ...]:
        """Return all values a filter may take, whatever the other filters say."""
        if name == "role":
            return (ALL, *self.labels("role"))
        if name == "commitment":
            return self.commitments_of(ALL)
        if name in ("district", "vintage"):
            return (ALL, *(self.districts if name == "district" else self.vintages))
        newest_first = tuple(reversed(self.years))
        return (ALL, *newest_first) if name == "year" else (NONE, *newest_first)

    def read(self, params: Mapping[str, str]) -> tuple[View, list[Ignored]]:
        """Read the filters of an address.

        Unknown values fall back to the default and are named in the second result; a commitment outside the
        chosen role is dropped, because together they would always be empty.
        """
        ignored: list[Ignored] = []
        chosen: dict[str, str] = {}
        for name in FILTERS:
            given = params.get(name)
            if given is None:
                continue
            if name == "district":
                given = self._code_of(given)
            if given in self.choices(name):
                chosen[name] = given
            else:
                ignored.append(Ignored(name, given, self._allowed(name)))
        view = self.default_view(chosen.get("year")).with_(**chosen)
        if view.commitment not in self.commitments_of(view.role):
            ignored.append(
                Ignored(
                    "commitment", view.commitment, f"it does not belong to {self.label('role', view.role)}"
                )
            )
            view = view.with_(commitment=ALL)
        if view.compare != NONE and ALL != view.year <= view.compare:
            reason = "it is the year itself" if view.compare == view.year else f"it is not before {view.year}"
            ignored.append(Ignored("compare", view.compare, reason))
            view = view.with_(compare=NONE)
        return view, ignored

    def _code_of(self, district: str) -> str:
        """Return the code of a district that an address names by its label; anything else as it stands."""
        named = {label.casefold(): code for code, label in self.districts.items()}
        return named.get(district.casefold(), district)

    def _allowed(self, name: str) -> str:
        choices = self.choices(name)
        if name == "commitment":
            return f"no such commitment; identifiers look like {choices[1] if len(choices) > 1 else 'EMP-D1'}"
        if name == "district":
            told = ", ".join(f"{code} ({label})" for code, label in self.districts.items())
            return f"known values are {ALL}{', ' if told else ''}{told}"
        if name == "vintage":
            return (
                f"the areas of this data pack carry the Indices of Deprivation {' and '.join(self.vintages) or 'of no year'}; "
                "figures by another edition are other figures. Editions come with python -m svdash pull"
            )
        return f"known values are {', '.join(choices)}"

    def commitments_of(self, role: str) -> tuple[str, ...]:
        """Return ``all`` and the identifiers filtered under a role.

        A commitment may stand under several roles; a role that the vocabulary does not know has none.
        """
        return self._ids.get(role, (ALL,))

    def _answered_by(self, role: str) -> list[str]:
        rows = self.commitments
        return [id_ for id_, roles in zip(rows["id"], rows["roles"], strict=True) if role in split(roles)]

    def register(self, view: View, *, one: bool = True) -> pd.DataFrame:
        """Return the register rows of a view; with ``one=False`` the commitment filter is left aside."""
        wanted = self.commitments_of(view.role)
        if one and view.commitment != ALL:
            wanted = (view.commitment,)
        return self.commitments[self.commitments["id"].isin(wanted)]

    def indicators_of(self, view: View) -> pd.DataFrame:
        """Return the indicators of a view: of its role, and linked to its commitment where one is chosen."""
        rows = self.indicators
        if view.role != ALL:
            rows = rows[rows["role"] == view.role]
        if view.commitment != ALL:
            linked = self.links.loc[self.links["commitment"] == view.commitment, "indicator"]
            rows = self.indicators[self.indicators["id"].isin(linked)]
        return rows

    def measures_of(self, view: View) -> pd.DataFrame:
        """Return the success measures of a view: of its role, or those its commitment's indicators sit under."""
        if view.commitment != ALL:
            return self.measures[self.measures["id"].isin(self.indicators_of(view)["measure"])]
        return self.measures if view.role == ALL else self.measures[self.measures["role"] == view.role]


def _with_plans(register: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """Put a lead's plan where the Framework gives no date, test or evidence, and say which it is."""
    plan = plans.set_index("commitment")
    rows = register.copy()
    for column in ("due", "test_of_done", "evidence_type"):
        planned = pd.Series(plan[column].reindex(rows["id"]).array, index=rows.index)
        rows[f"{column}_from"] = "framework"
        rows.loc[rows[column].isna() & planned.notna(), f"{column}_from"] = "plan"
        rows.loc[rows[column].isna() & planned.isna(), f"{column}_from"] = ""
        rows[column] = rows[column].fillna(planned)
    return rows
