"""The filters of a pack: what each may be, what it is by default, and how an address is read into a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from svdash import wording
from svdash.register.calendar import Calendar
from svdash.register.view import ALL, FILTERS, NONE, View, earlier
from svdash.register.vocabulary import Vocabulary


@dataclass(frozen=True)
class Ignored:
    """A part of an address that could not be used, and what would have been right."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Filters:
    """The values that each filter may take.

    Attributes:
        vocabulary: of the pack; its roles are the values of ``role``.
        calendar: of the pack; its years are those of ``year`` and ``compare``.
        commitments: role → ``all`` and the commitments filtered under it; ``all`` has every one.
        districts: code → name.
        vintages: editions of the Indices of Deprivation that the pack's areas carry.
        newest: whether an address without a year means the latest position, not the latest complete year.
    """

    vocabulary: Vocabulary
    calendar: Calendar
    commitments: Mapping[str, tuple[str, ...]]
    districts: Mapping[str, str]
    vintages: tuple[str, ...]
    newest: bool = False

    @property
    def at_latest(self) -> Filters:
        """The filters of a page that opens on the latest position."""
        return replace(self, newest=True)

    def default_view(self, year: str | None = None) -> View:
        """Return the view of an address without filters."""
        year = year or (self.calendar.latest_year if self.newest else self.calendar.default_year)
        vintage = self.vintages[-1] if self.vintages else ALL
        return View(year=year, compare=self.calendar.year_before(year), vintage=vintage)

    def usual(self, view: View) -> dict[str, str]:
        """Return what each filter is while an address leaves it out, the others being as in a view."""
        return {**self.default_view().params(), "compare": self.default_view(view.year).compare}

    def commitments_of(self, role: str) -> tuple[str, ...]:
        """Return ``all`` and the identifiers filtered under a role.

        A commitment may stand under several roles; a role that the vocabulary does not know has none.
        """
        return self.commitments.get(role, (ALL,))

    def choices(self, name: str) -> tuple[str, ...]:
        """Return all values a filter may take, whatever the other filters say."""
        if name == "role":
            return (ALL, *self.vocabulary.labels("role"))
        if name == "commitment":
            return self.commitments_of(ALL)
        if name in ("district", "vintage"):
            return (ALL, *(self.districts if name == "district" else self.vintages))
        newest_first = tuple(reversed(self.calendar.years))
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
            reason = f"it does not belong to {self.vocabulary.label('role', view.role)}"
            ignored.append(Ignored("commitment", view.commitment, reason))
            view = view.with_(commitment=ALL)
        compared = chosen.get("compare", NONE)
        if not earlier(compared, view.year):
            reason = "it is the year itself" if compared == view.year else f"it is not before {view.year}"
            ignored.append(Ignored("compare", compared, reason))
        return view, ignored

    def _code_of(self, district: str) -> str:
        """Return the code of a district that an address names by its label; anything else as it stands."""
        named = {label.casefold(): code for code, label in self.districts.items()}
        return named.get(district.casefold(), district)

    def _allowed(self, name: str) -> str:
        choices = self.choices(name)
        if name == "commitment":
            return f"no such commitment{f'; identifiers look like {choices[1]}' if len(choices) > 1 else ''}"
        if name == "district":
            known = ", ".join(f"{code} ({label})" for code, label in self.districts.items())
            return f"known values are {ALL}{', ' if known else ''}{known}"
        if name == "vintage":
            return (
                f"the areas of this data pack carry the Indices of Deprivation {wording.every(self.vintages) if self.vintages else 'of no year'}; "
                "figures by another edition are other figures. Editions come with python -m svdash pull"
            )
        return f"known values are {', '.join(choices)}"
