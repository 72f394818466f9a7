"""Whom to tell that an agreed indicator is being changed: whoever agreed it, and whoever looked at it, once for each version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from svdash import wording
from svdash.records.indicator_versions import Standing
from svdash.records.people import is_address

# What a change counts as in the log of reminders.
CHANGED: Final = "changed"


@dataclass(frozen=True)
class ChangeNotice:
    """What one person is told of changes of indicators that they agreed or looked at.

    Attributes:
        person: what stands for them in the log of reminders. ``email``: by which they signed in.
        changed: the indicators, as they stand.
        moments: each indicator with the version that is told of; of each, a person is told once.
    """

    person: str
    email: str
    changed: tuple[Standing, ...]
    moments: tuple[tuple[str, str], ...]


def notices(standing: Iterable[Standing]) -> tuple[ChangeNotice, ...]:
    """Return one notice for each person to whom something is to be told; none for those who sign in without an address.

    Whoever made the change themselves is not told of it.
    """
    found: dict[str, list[Standing]] = {}
    for each in standing:
        if not each.is_changed or each.in_force is None:
            continue
        agreed = each.in_force
        for name in dict.fromkeys((agreed.revision.by, agreed.version.reviewer)):
            if is_address(name) and name != each.newest.revision.by:
                found.setdefault(name, []).append(each)
    return tuple(
        ChangeNotice(
            # The log of reminders is never erased, so it holds no address.
            f"analyst-{hashlib.sha256(name.casefold().encode()).hexdigest()[:16]}",
            name,
            tuple(changed),
            tuple((f"indicator {each.newest.id}", f"{CHANGED} {_version(each)}") for each in changed),
        )
        for name, changed in found.items()
    )


def _version(each: Standing) -> str:
    """Return what tells a change apart: a draft that is saved again and again is one until somebody makes it a prototype."""
    agreed = each.in_force.revision.number if each.in_force else 0
    return f"{each.newest.version.stage} after {agreed}"


def subject(notice: ChangeNotice) -> str:
    """Return the subject of a notice."""
    many = len(notice.changed)
    first = notice.changed[0].in_force
    named = (
        first.version.named
        if first and many == 1
        else wording.sentence(wording.count(many, "agreed indicator"))
    )
    return f"{named} {'is' if many == 1 else 'are'} being changed"


def message(notice: ChangeNotice, address: str) -> str:
    """Return the text of a notice.

    Args:
        notice: what it is of.
        address: the public address of the dashboard; empty where none is known.
    """
    lines = ["You agreed these indicators, or looked at them before they were agreed:", ""]
    for each in notice.changed:
        if each.in_force is None:
            continue
        by, at = each.newest.revision.by, wording.moment(each.newest.revision.at)
        lines.append(
            f"  * {each.in_force.version.named}: changed by {by} at {at}, {each.newest.version.stage} now"
        )
        if address:
            lines.append(f"    {address}/workbench?{urlencode({'indicator': each.newest.id})}")
    lines += [
        "",
        "What was agreed holds until the change is agreed too. The workbench shows what differs, in text and in numbers.",
    ]
    return "\n".join(lines) + "\n"
