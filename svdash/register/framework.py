"""The register: what the pack says the Framework promises and how it is measured.

Nothing here is the Framework's content: roles, sections, aims and years all come from the pack, so another
authority's pack needs no change of this file.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from svdash.register.calendar import Calendar
from svdash.register.filters import Filters
from svdash.register.view import ALL, View
from svdash.register.vocabulary import Vocabulary, districts
from svdash.tables import Edition, split


class Framework:
    """The register of one pack: its commitments, success measures, indicators, and the links between them.

    Attributes:
        edition: it was read from.
        vocabulary: code → label of every list.
        calendar: years with data.
        filters: what may be chosen, and how an address is read.
        commitments: one row each, with their leads' plans put in where the Framework gives none.
        measures: success measures.
        indicators: one row each, by ``id``.
        links: which indicator tells of which commitment.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.vocabulary = Vocabulary(edition)
        self.calendar = Calendar(edition)
        self.commitments = _with_plans(edition.table("commitments"), edition.table("plans"))
        self.measures = edition.table("measures")
        self.indicators = edition.table("indicators").set_index("id", drop=False)
        self.links = edition.table("links")
        self._about = {
            str(row["id"]): {str(k): v for k, v in row.items()} for row in self.indicators.to_dict("records")
        }
        # Asked for at every click, so kept: the register's ``roles`` column decides who answers for a commitment.
        by_role = {role: (ALL, *self._answered_by(role)) for role in self.vocabulary.labels("role")}
        areas = edition.table("areas") if "areas" in edition.tables else None
        self.filters = Filters(
            vocabulary=self.vocabulary,
            calendar=self.calendar,
            commitments={ALL: (ALL, *self.commitments["id"])} | by_role,
            districts=districts(edition),
            vintages=() if areas is None else tuple(sorted(set(areas["vintage"]))),
        )

    @classmethod
    def of(cls, edition: Edition) -> Framework:
        """Return the register of a pack, built once for each version of it."""
        return edition.remember("framework", lambda: cls(edition))

    def indicator(self, code: str) -> dict[str, Any]:
        """Return one indicator of the register by its columns."""
        return self._about[code]

    @property
    def authority(self) -> str:
        """The authority whose pack it is."""
        return str(self.edition.head.get("authority", {}).get("name", self.edition.head.get("title", "")))

    @property
    def updated(self) -> date:
        """The day on which the newest table of the pack was updated."""
        return max(
            date.fromisoformat(str(self.edition.resource(name)["updated"])) for name in self.edition.names
        )

    def mark(self, table: str, field: str = "") -> str:
        """Return " (illustrative)" where a table, or one column of it, is made up; nothing elsewhere."""
        about = self.edition.resource(table)
        columns = {column["name"]: column for column in about["schema"]["fields"]}
        status = columns.get(field, {}).get("status", about["status"])
        return " (illustrative)" if status == "illustrative" else ""

    def _answered_by(self, role: str) -> list[str]:
        rows = self.commitments
        return [id_ for id_, roles in zip(rows["id"], rows["roles"], strict=True) if role in split(roles)]

    def register(self, view: View, *, one: bool = True) -> pd.DataFrame:
        """Return the register rows of a view; with ``one=False`` the commitment filter is left aside."""
        wanted = self.filters.commitments_of(view.role)
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
