"""Which counts can be told where some are sums of others, in one table and in a table that grows by a year.

A reader may keep what was served before a year came. So a table can be gated as it grew: first with its oldest year
alone, then with each year that was added. What was told stays told, what was hidden stays hidden, and only new counts are
hidden beside new ones. Whoever puts two versions together then knows no more than the newer one tells.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from svdash.disclosure.count_tables import whole_counts
from svdash.disclosure.linked import Ledger, Sum, suppressed
from svdash.disclosure.rules import USUAL, rules_of


@dataclass(frozen=True)
class Version:
    """A table as it stood once a year was added, all earlier years included; what it holds is what :func:`safe` takes.

    Those ``hidden`` are held back from the version on in which they are new.
    """

    counts: Mapping[Hashable, int]
    sums: Sequence[Sum]
    shown: Collection[Hashable] = ()
    hidden: Collection[Hashable] = ()
    stay: Mapping[Hashable, float] = field(default_factory=dict)


def safe_in_versions(versions: Iterable[Version], preset: str = USUAL) -> pd.Series:
    """Return whether each count of the last version is hidden, by id; no earlier version tells or hides another of them.

    ``versions`` come oldest first; a count has one id and one value in all of them. Where what was told before would have
    to be hidden, every new count that it is tied to is hidden instead: the small ones keep their promise, and what is
    known of the others is what the earlier versions say of a sum of theirs. Errors as for :func:`safe`.
    """
    hidden = pd.Series(dtype="bool")
    before: dict[Hashable, bool] = {}
    for version in versions:
        hidden = _added(version, before, preset)
        before |= hidden.to_dict()
    return hidden


def _added(version: Version, before: Mapping[Hashable, bool], preset: str) -> pd.Series:
    """Gate a version beside what the one before it told and hid."""
    told = [name for name in version.counts if before.get(name) is False and version.counts[name]]
    held = {name for name in version.counts if before.get(name, name in version.hidden)}
    hidden, opened = _gated(version, told, held, preset)
    if not opened:
        return hidden
    new = _tied(version, opened).difference(before)
    hidden, opened = _gated(version, told, held | new, preset)
    if opened:
        large = {name for name in new if version.counts[name] > rules_of(preset).small}
        hidden, _ = _gated(version, told, held | new - large, preset, large)
        return hidden | hidden.index.isin(pd.Index(list(large), dtype="object", tupleize_cols=False))
    return hidden


def _gated(
    version: Version,
    told: Sequence[Hashable],
    held: Collection[Hashable],
    preset: str,
    never: Collection[Hashable] = (),
) -> tuple[pd.Series, set[Hashable]]:
    """Return which counts are hidden, and which of those that were ``told`` before."""
    shown = [*version.shown, *told]
    hidden = safe(
        version.counts,
        version.sums,
        shown=shown,
        hidden=held,
        never=never,
        stay=version.stay,
        preset=preset,
    )
    every = hidden.to_dict()
    return hidden, {name for name in told if every[name]}.difference(version.shown)


def _tied(version: Version, names: Collection[Hashable]) -> set[Hashable]:
    """Return the counts above zero that stand in a sum with one of ``names``, or with such a count, and so on.

    Those of the very same people as one of ``names`` are left out: to hide one would hide the other.
    """
    above = [[name for name in (each.total, *each.parts) if version.counts[name]] for each in version.sums]
    equal = [
        members
        for each, members in zip(version.sums, above, strict=True)
        if each.complete and len(members) == 2
    ]
    return _joined(above, names) - _joined(equal, names)


def _joined(sets: Iterable[Collection[Hashable]], names: Collection[Hashable]) -> set[Hashable]:
    """Return ``names`` with all that share a set with one of them, or with one of those, and so on."""
    found, size = set(names), 0
    every = list(sets)
    while size < len(found):
        size = len(found)
        for members in every:
            if not found.isdisjoint(members):
                found.update(members)
    return found


def safe(
    counts: Mapping[Hashable, int] | pd.Series,
    sums: Iterable[Sum],
    *,
    shown: Collection[Hashable] = (),
    hidden: Collection[Hashable] = (),
    never: Collection[Hashable] = (),
    stay: Mapping[Hashable, float] | None = None,
    preset: str = USUAL,
) -> pd.Series:
    """Say which counts are hidden where some are sums of others, in whatever way.

    For example the groups of a characteristic and an aggregate of some of them; single years and the pools of
    three that overlap; a whole and those who did not answer.

    Args:
        counts: exact counts of people by id, those that only stand outside the table (a published total) too.
        sums: what adds up to what. A :class:`Sum` with one part says that two counts are of the same people.
        shown: ids of counts that are told already, such as a total announced elsewhere. One is hidden only where
            nothing else is left to hide: then what it is the total of can't be told beside it, and neither may be here.
        hidden: ids of counts that are hidden already, by an earlier gate of some of the same counts.
        never: ids of counts that are shown nowhere, not even as 0, and are nobody's secret, such as those where the rows of
            one table and of another meet. They only tie others together, and are never among the hidden.
        stay: how long a count stays shown, by id, 0 where it isn't named: each step more makes it twice as dear to
            hide. Among equals the smallest goes first.
        preset: name of the rules.

    Returns:
        Whether each count is hidden, by id, in the order given. The others may be worked with exactly, a total
        that is hidden not at all.

    Raises:
        ValueError: an unknown preset; an id that is named and ``counts`` does not; a sum that doesn't add up
            or has no or doubled parts; a negative or fractional count; an id given twice.
    """
    rules = rules_of(preset)
    given = _by_id(counts)
    exact = whole_counts(given.to_frame("count"), "count")
    if exact.isna().any():
        raise ValueError(f"the count {given.index[exact.isna()][0]!r} is missing; leave it out")
    ledger, unseen = Ledger(rules), set(never)
    for name, count in zip(given.index, exact, strict=True):
        ledger.add(name, int(count), (stay or {}).get(name, 0), unseen=name in unseen)
    for each in sums:
        ledger.link(each)
    held = [ledger.at(name) for name in hidden]
    found = suppressed(ledger.system(shown), [cell for cell in held if ledger.count(cell)])
    return pd.Series([bool(found[ledger.at(name)]) for name in given.index], index=given.index, dtype="bool")


def _by_id(counts: Mapping[Hashable, int] | pd.Series) -> pd.Series:
    """Return counts by id, which may be a tuple. Raises ``ValueError`` for an id given twice."""
    if isinstance(counts, pd.Series):
        given = counts
    else:
        names = pd.Index(list(counts), dtype="object", tupleize_cols=False)
        given = pd.Series(list(counts.values()), index=names)
    doubled = given.index[given.index.duplicated()]
    if len(doubled):
        raise ValueError(f"the count {doubled[0]!r} is given twice; give each id once")
    return given
