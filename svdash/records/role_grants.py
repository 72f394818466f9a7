"""The roles that are recorded for people. A record decides in place of what the sign-in provider says, also that it is none."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from svdash import wording
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError

ROLE: Final = "role"
# Progress and evidence; ratings and questions; the workbench; agreeing, publishing, reopening.
ROLES: Final = ("officer", "board", "analyst", "editor")


def role_item(person: str) -> str:
    """Return the name of the item that holds a person's roles."""
    return f"{ROLE}:{person.casefold()}"


class RoleGrants:
    """The roles in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def of(self, person: str) -> frozenset[str] | None:
        """Return the roles that are recorded for a person; ``None`` where none were, and the provider decides."""
        found = self._history.newest(ROLE, item=role_item(person))
        return _roles(found[0]) if found else None

    def all(self) -> dict[str, frozenset[str]]:
        """Return person → recorded roles, of everybody for whom a record decides."""
        found = {str(each.content["person"]): _roles(each) for each in self._history.newest(ROLE)}
        return {person: roles for person, roles in found.items() if roles is not None}

    def decide(
        self, person: str, roles: Collection[str] | None, *, reason: str, by: str, view: str
    ) -> Revision:
        """Record a person's roles, in place of what stood before.

        Args:
            person: as the history knows them, by the claim of ``SVDASH_IDENTITY_CLAIM``.
            roles: of ``ROLES``; none takes every right away; ``None`` leaves it to the provider again.
            reason: why.
            by: who decides.
            view: from where.

        Raises:
            ConflictError: somebody decided at the same time.
            RecordsError: a role is not known, or who it is or why is missing; or the database can't be reached.
        """
        strange = sorted(set(roles or ()) - set(ROLES))
        if strange:
            raise RecordsError(
                f"There is no role {wording.listing(strange)}. Roles are {wording.listing(list(ROLES))}."
            )
        if not person.strip() or not reason.strip():
            raise RecordsError("Say whose roles they are, and why: that stays in the history.")
        person = person.strip()
        before = self._history.newest(ROLE, item=role_item(person))
        content = {
            "person": person,
            "roles": None if roles is None else sorted(set(roles)),
            "reason": reason.strip(),
        }
        draft = Draft(role_item(person), ROLE, content, before[0].number if before else None)
        return self._history.add([draft], by=by, view=view)[0]


def _roles(revision: Revision) -> frozenset[str] | None:
    found = revision.content["roles"]
    return None if found is None else frozenset(map(str, found))
