"""The register: what the pack says the Framework promises and how it is measured.

This module has none of the Framework's content: roles, sections, aims and years come from the pack, so another
authority's pack needs no change here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from svdash.register.calendar import Calendar, calendar
from svdash.register.filters import Filters
from svdash.register.view import ALL, View
from svdash.register.vocabulary import Vocabulary, districts, vocabulary
from svdash.tables import Edition, kept, split
from svdash.tables.authority import Authority, authority


@dataclass(frozen=True)
class Grouping:
    """A column of the register that sorts commitments into groups: a vision, a priority, a pillar.

    The schema of ``commitments`` marks it with ``grouping``: how one group of it is called.

    Attributes:
        name: list of the vocabulary that names the groups; also the column's public name in addresses.
        column: of the register, with one or several codes of that list.
        one: how one group is called: ``Vision``.
        title: heading of the column: ``Corporate Plan objectives``.
    """

    name: str
    column: str
    one: str
    title: str


# Optional columns of indicators, with their dtypes.
MAY_LACK: Final[dict[str, Any]] = {
    "target": "Float64",
    **dict.fromkeys(("denominator", "target_year", "target_condition", "target_source"), "str"),
    **dict.fromkeys(("baseline_year", "stage"), "str"),
    **dict.fromkeys(("breakdowns", "lead_group", "owner", "caveat", "concept", "retired"), "str"),
}
# Optional table: what leads agreed to where the Framework gives no date, test or evidence.
PLANS: Final = "plans"


class Framework:
    """The register of one pack: its commitments, success measures, indicators, and the links between them.

    It holds the edition, so it must not be kept: get a new one each time.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    @classmethod
    def of(cls, edition: Edition) -> Framework:
        """Return the register of an edition. Each part of it is read when it is asked for, and kept."""
        return cls(edition)

    @property
    def authority(self) -> Authority:
        """Whose Framework it is."""
        return authority(self.edition)

    @property
    def vocabulary(self) -> Vocabulary:
        """Code → label of every list."""
        return vocabulary(self.edition)

    @property
    def calendar(self) -> Calendar:
        """Years with data."""
        return calendar(self.edition)

    @property
    def filters(self) -> Filters:
        """What may be chosen, and how an address is read."""
        return _filters(self.edition)

    @property
    def commitments(self) -> pd.DataFrame:
        """One row each, with their leads' plans put in where the Framework gives none."""
        return _commitments(self.edition)

    @property
    def measures(self) -> pd.DataFrame:
        """Success measures."""
        return self.edition.table("measures")

    @property
    def indicators(self) -> pd.DataFrame:
        """One row each, by ``id``."""
        return _indicators(self.edition)

    @property
    def links(self) -> pd.DataFrame:
        """Which indicator tells of which commitment."""
        return self.edition.table("links")

    def indicator(self, code: str) -> dict[str, Any]:
        """Return one indicator of the register by its columns."""
        return _about(self.edition)[code]

    def concept(self, name: str) -> str:
        """Return the indicator that the register marks with a concept of the product; empty where there is none.

        Of several with one concept it is the first.
        """
        return next(iter(self.with_concept(name)), "")

    def with_concept(self, *names: str) -> tuple[str, ...]:
        """Return the indicators that the register marks with one of these concepts of the product, in its order."""
        return tuple(map(str, self.indicators.index[self.indicators["concept"].isin(names)]))

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """The columns of the register that the schema marks as groupings, in its order."""
        marked = [each for each in self._fields("commitments") if isinstance(each.get("grouping"), str)]
        return tuple(
            Grouping(str(each["vocabulary"]), str(each["name"]), str(each["grouping"]), str(each["title"]))
            for each in marked
            if "vocabulary" in each
        )

    @property
    def guidance(self) -> dict[str, str]:
        """Column → title of what the register tells those who act on a commitment: its columns ``guidance_…``."""
        return {
            str(each["name"]): str(each["title"])
            for each in self._fields("commitments")
            if str(each["name"]).startswith("guidance_")
        }

    def title(self, table: str, field: str) -> str:
        """Return how the schema of a table names a column; empty where the table has none of that name."""
        return next((str(each["title"]) for each in self._fields(table) if each["name"] == field), "")

    def _fields(self, table: str) -> list[dict[str, Any]]:
        """Return the fields of a table as its schema describes them."""
        return [dict(each) for each in self.edition.resource(table)["schema"]["fields"]]

    @property
    def updated(self) -> date | None:
        """The day on which the newest table of the pack was updated; ``None`` where the pack does not say."""
        days = [str(self.edition.resource(name)["updated"]) for name in self.edition.names]
        return max((date.fromisoformat(day) for day in days if day), default=None)

    def mark(self, table: str, field: str = "") -> str:
        """Return " (illustrative)" where a table, or one column of it, is made up; nothing elsewhere."""
        if table not in self.edition.tables:
            return ""
        columns = {column["name"]: column for column in self._fields(table)}
        status = columns.get(field, {}).get("status", self.edition.resource(table)["status"])
        return " (illustrative)" if status == "illustrative" else ""

    def register(self, view: View, *, one: bool = True) -> pd.DataFrame:
        """Return the register rows of a view; with ``one=False`` the commitment filter is left aside."""
        return self.commitments[self.commitments["id"].isin(self.ids_of(view if one else view.only("role")))]

    def ids_of(self, view: View) -> tuple[str, ...]:
        """Return the identifiers of the register rows of a view, among others that no row has, such as ``all``."""
        return self.filters.commitments_of(view.role) if view.commitment == ALL else (view.commitment,)

    def indicators_of(self, view: View) -> pd.DataFrame:
        """Return the indicators of a view: of its role, and linked to its commitment where one is chosen."""
        return _indicators_of(self.edition, view.role, view.commitment)

    def measures_of(self, view: View) -> pd.DataFrame:
        """Return the success measures of a view: of its role, or those its commitment's indicators sit under."""
        return _measures_of(self.edition, view.role, view.commitment)


def _with_columns(rows: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Add columns (name → dtype) that are not there, without a value."""
    lacking = {
        name: pd.array([pd.NA] * len(rows), dtype=dtype)
        for name, dtype in columns.items()
        if name not in rows
    }
    return rows.assign(**lacking)


@kept
def _commitments(edition: Edition) -> pd.DataFrame:
    return _with_plans(
        edition.table("commitments"), edition.table(PLANS) if PLANS in edition.tables else None
    )


@kept
def _indicators(edition: Edition) -> pd.DataFrame:
    return _with_columns(edition.table("indicators"), MAY_LACK).set_index("id", drop=False)


@kept
def _indicators_of(edition: Edition, role: str, commitment: str) -> pd.DataFrame:
    rows = _indicators(edition)
    if commitment != ALL:
        links = edition.table("links")
        return rows[rows["id"].isin(links.loc[links["commitment"] == commitment, "indicator"])]
    return rows if role == ALL else rows[rows["role"] == role]


@kept
def _measures_of(edition: Edition, role: str, commitment: str) -> pd.DataFrame:
    rows = edition.table("measures")
    if commitment != ALL:
        return rows[rows["id"].isin(_indicators_of(edition, role, commitment)["measure"])]
    return rows if role == ALL else rows[rows["role"] == role]


@kept
def _about(edition: Edition) -> dict[str, dict[str, Any]]:
    rows = _indicators(edition).to_dict("records")
    return {str(row["id"]): {str(k): v for k, v in row.items()} for row in rows}


@kept
def _filters(edition: Edition) -> Filters:
    rows, roles = edition.table("commitments"), vocabulary(edition).labels("role")
    # The register's ``roles`` column decides who answers for a commitment.
    answered = [(str(id_), split(own)) for id_, own in zip(rows["id"], rows["roles"], strict=True)]
    by_role = {role: (ALL, *(id_ for id_, own in answered if role in own)) for role in roles}
    areas = edition.table("areas") if "areas" in edition.tables else None
    return Filters(
        vocabulary=vocabulary(edition),
        calendar=calendar(edition),
        commitments={ALL: (ALL, *rows["id"])} | by_role,
        districts=districts(edition),
        vintages=() if areas is None else tuple(sorted(set(areas["vintage"]))),
    )


def _with_plans(register: pd.DataFrame, plans: pd.DataFrame | None) -> pd.DataFrame:
    """Put a lead's plan where the Framework gives no date, test or evidence, and say which it is."""
    rows = register.copy()
    for column in ("due", "test_of_done", "evidence_type"):
        planned = pd.Series(pd.NA, index=rows.index, dtype=rows[column].dtype)
        if plans is not None:
            planned = pd.Series(
                plans.set_index("commitment")[column].reindex(rows["id"]).array, index=rows.index
            )
        rows[f"{column}_from"] = "framework"
        rows.loc[rows[column].isna() & planned.notna(), f"{column}_from"] = "plan"
        rows.loc[rows[column].isna() & planned.isna(), f"{column}_from"] = ""
        rows[column] = rows[column].fillna(planned)
    return rows
