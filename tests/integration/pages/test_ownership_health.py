"""Which commitments nobody seems to look after, each for the first reason that holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from svdash import editions
from svdash.findings.finding import Finding
from svdash.findings.progress import ownership_health
from svdash.records import History, connect
from svdash.records.people import People, PersonRow
from svdash.records.quarterly_updates import Quarter, QuarterlyUpdates, checked
from svdash.register import Framework
from svdash.tables import Edition, Pack, open_pack
from tests.copies import CopiedPack
from tests.opened_pages import opened

YEAR = "2025/26"


def ask(edition: Edition, year: str = YEAR, **view: str) -> Finding:
    return ownership_health.ownership(edition, Framework.of(edition).filters.default_view(year).with_(**view))


def reasons(found: Finding) -> dict[str, str]:
    return dict(zip(found.frame["id"], found.frame["why"], strict=True))


def promised(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["kind"] != "practice"]


def test_every_commitment_stands_there_if_and_only_if_a_reason_holds(pack: Pack) -> None:
    framework = Framework.of(pack)
    as_at = pd.Timestamp(framework.calendar.as_at(YEAR))
    assert as_at.date() == date(2026, 3, 31)
    updates = pack.table("updates")
    updates = updates[updates["period"] <= f"{YEAR} Q4"]
    last = updates.groupby("commitment")["reported_on"].max()
    rows = promised(framework.commitments)
    expected = {
        row["id"]
        for row in rows.to_dict("records")
        if pd.isna(row["lead"]) or row["id"] not in last or (as_at - last[row["id"]]).days > 90
    }
    found = ask(pack)
    assert set(found.frame["id"]) == expected
    assert found.headline == f"Nobody seems to look after {len(expected)} of {len(rows)} commitments"


def test_how_many_are_unattended_is_the_number_of_rows_whatever_is_chosen(pack: Pack) -> None:
    filters = Framework.of(pack).filters
    views = [filters.default_view(YEAR).with_(role=role) for role in filters.choices("role")]
    views += [filters.default_view("2024/25"), filters.default_view("2023/24").with_(role="investor")]
    told = {view: ownership_health.how_many(pack, view) for view in views}
    assert told == {view: len(ownership_health.ownership(pack, view).frame) for view in views}
    assert len(set(told.values())) > 2


def test_the_reasons_are_told_apart(copied_pack: CopiedPack) -> None:
    edition = copied_pack.open()
    rows = promised(Framework.of(edition).commitments)
    ownerless, silent, never, untouched = rows.loc[rows["lead"].notna(), "id"].iloc[:4]

    def owned(register: pd.DataFrame) -> pd.DataFrame:
        register.loc[register["id"] == ownerless, "lead"] = ""
        register.loc[register["id"] == silent, "lead"] = "Somebody new"
        return register

    def reported(updates: pd.DataFrame) -> pd.DataFrame:
        updates = updates[~updates["commitment"].isin([silent, never])]
        return updates[(updates["commitment"] != untouched) | (updates["period"] <= "2025/26 Q1")]

    copied_pack.change("commitments", owned)
    copied_pack.change("updates", reported)
    edition = copied_pack.open()
    found = reasons(ask(edition))
    assert found[ownerless] == "no owner"
    assert found[silent] == "its owner never reported on any commitment"
    assert found[never] == "never reported on"
    last = edition.table("updates").set_index("commitment").loc[[untouched], "reported_on"].max()
    days = (pd.Timestamp(2026, 3, 31) - last).days
    assert found[untouched] == f"not reported on for {days} days"
    assert days > 90


def test_an_owner_is_called_silent_only_if_they_reported_on_nothing_outside_the_filter_too(
    copied_pack: CopiedPack,
) -> None:
    rows = promised(Framework.of(copied_pack.open()).commitments)
    silent, other = rows.loc[rows["lead"].notna(), "id"].iloc[:2]
    copied_pack.change(
        "commitments",
        lambda register: register.assign(
            lead=register["lead"].where(~register["id"].isin([silent, other]), "Somebody new")
        ),
    )
    copied_pack.change("updates", lambda updates: updates[updates["commitment"] != silent])
    edition = copied_pack.open()
    assert reasons(ask(edition, commitment=silent)) == {silent: "never reported on"}
    assert ask(edition, commitment=silent).sentence.endswith("by an owner who did on others.")
    copied_pack.change("updates", lambda updates: updates[updates["commitment"] != other])
    edition = copied_pack.open()
    assert reasons(ask(edition, commitment=silent)) == {silent: "its owner never reported on any commitment"}


def published(
    url: str, *, minutes: tuple[float, ...], unchanged: int, by: tuple[str, ...] = ("ann", "bob", "cy")
) -> History:
    """Publish a quarter of updates of one directorate, each written in some minutes by one of some people in turn; the first
    ones say that nothing changed.
    """
    history = History(connect(url))
    register = open_pack().table("commitments")
    mine = register[(register["kind"] != "practice") & (register["directorate"] == "people")]["id"]
    updates = QuarterlyUpdates(history)
    for place, (commitment, many) in enumerate(zip(mine, minutes, strict=False)):
        update = checked({
            "commitment": commitment, "directorate": "people", "period": "2025/26 Q4", "due_on": "2026-04-21",
            "reported_on": "2026-04-08", "delivery": "limited", "note": "Done.", "unchanged": place < unchanged,
            # Every other one as a workbook says it.
            **({"minutes": many} if place % 2 else {"opened_at": (datetime.now(UTC) - timedelta(minutes=many)).isoformat()}),
        })  # fmt: skip
        updates.save([(update, None)], by=by[place % len(by)], view="/")
    newest = {each.content["commitment"]: each for each in updates.saved()}
    for step in ("submitted", "signed-off", "published"):
        updates.step(
            Quarter("2025/26 Q4", "people"), step, updates=newest, on=date(2026, 4, 9), by="ann", view="/"
        )  # fmt: skip
    return history


def test_what_updates_cost_is_told_of_those_that_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    assert "What writing updates costs is not known" in ask(editions.current()).caveats[1]
    published(url, minutes=(2, 4, 9, 3, 3, 5, 4, 2, 7, 6), unchanged=1)
    assert ask(editions.current()).caveats[1] == (
        "Of 10 updates published here, 10% said that nothing changed. Writing one took 4 minutes at the median, from "
        "opening to saving."
    )
    assert "is not known" in ask(editions.current(), "2024/25").caveats[1]


@pytest.mark.parametrize(
    ("minutes", "by"),
    [
        ((4,), ("ann", "bob", "cy")),
        ((4,) * 9, ("ann", "bob", "cy")),
        ((4,) * 9 + (121,), ("ann", "bob", "cy")),
        ((4,) * 12, ("ann", "bob")),
    ],
    ids=["one", "nine", "nine and an open page", "twelve of two people"],
)
def test_minutes_of_so_few_updates_that_they_may_be_one_officers_are_told_to_nobody(
    minutes: tuple[float, ...], by: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    published(url, minutes=minutes, unchanged=0, by=by)
    told = ask(editions.current()).caveats[1]
    assert "How long one takes is shown for at least 10 that 3 people or more wrote, so" in told
    assert "minute" not in told
    assert ("1 of more than two hours is left out" in told) == (121 in minutes)


def test_a_page_that_was_left_open_is_not_counted_as_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    published(url, minutes=(4,) * 6 + (119,) * 4 + (121,) * 6, unchanged=0)
    assert "took 4 minutes at the median" in ask(editions.current()).caveats[1]


def test_an_owner_who_left_is_told_as_soon_as_the_list_of_people_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    before = ask(editions.current())
    assert "Whether an owner has left is not known" in before.caveats[0]
    post = Framework.of(open_pack()).commitments["lead"].value_counts().index[0]
    left = PersonRow(name="Ann", post=post, email="ann@a.example", left_on=date(2026, 1, 31))
    People(History(connect(url))).enter([left], by="x", view="/")
    found = ask(editions.current())
    assert set(found.frame.loc[found.frame["reason"] == "left", "lead"]) == {post}
    assert "its owner left on 31 January 2026" in found.frame["why"].tolist()
    assert "who left" in found.sentence
    assert "left" not in set(ask(editions.current(), "2024/25").frame["reason"])
    heir = PersonRow(name="Ben", post=post, email="ben@a.example")
    People(History(connect(url))).enter([heir], by="x", view="/")
    assert ask(editions.current()).frame["id"].tolist() == before.frame["id"].tolist()


@pytest.mark.parametrize(("days", "there"), [(90, False), (91, True)])
def test_ninety_days_are_not_yet_too_many(copied_pack: CopiedPack, days: int, there: bool) -> None:
    rows = copied_pack.open().table("updates")
    commitment = str(rows.loc[rows["period"] == "2025/26 Q3", "commitment"].iloc[0])
    day = (pd.Timestamp(2026, 3, 31) - pd.Timedelta(days=days)).date().isoformat()

    def reported(updates: pd.DataFrame) -> pd.DataFrame:
        updates = updates[(updates["commitment"] != commitment) | (updates["period"] == "2025/26 Q3")]
        updates.loc[updates["commitment"] == commitment, "reported_on"] = day
        return updates

    copied_pack.change("updates", reported)
    edition = copied_pack.open()
    assert not [str(fault) for fault in edition.faults if fault.table == "updates"]
    assert (commitment in reasons(ask(edition))) is there


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ""),
        (["no-owner"], "1 has no owner."),
        (["never", "never"], "2 were never reported on by owners who did on others."),
        (
            ["no-owner", "no-owner", "silent-owner", "untouched"],
            "2 have no owner, 1 has an owner who never reported and 1 was not reported on for more than 90 days.",
        ),
    ],
)
def test_the_sentence_counts_each_reason(given: list[str], said: str) -> None:
    assert ownership_health._sentence(pd.DataFrame({"reason": pd.Series(given, dtype="str")})) == said


@pytest.mark.parametrize(
    ("found", "of", "said"),
    [
        (0, 0, "No commitment is reported on here"),
        (0, 1, "Somebody looks after the commitment"),
        (0, 4, "Somebody looks after all 4 commitments"),
        (2, 4, "Nobody seems to look after 2 of 4 commitments"),
        (1, 1, "Nobody seems to look after the commitment"),
    ],
)
def test_the_headline_is_true_of_none_one_and_several(found: int, of: int, said: str) -> None:
    assert ownership_health._headline(found, of) == said


def test_where_everything_is_looked_after_it_says_so(pack: Pack) -> None:
    cared: Any = next(
        role
        for role in Framework.of(pack).vocabulary.labels("role")
        if ask(pack, role=role).frame.empty is False
    )
    assert ask(pack, role=cared).empty == ""
    one = promised(Framework.of(pack).commitments)["id"]
    well = next(each for each in one if each not in set(ask(pack).frame["id"]))
    assert ask(pack, commitment=well).headline == "Somebody looks after the commitment"
    assert "has an owner and an update of the last 90 days" in ask(pack, commitment=well).empty


def test_the_page_lists_them(pack: Pack) -> None:
    at = opened("commitments", layout="care", year=YEAR)
    assert not at.exception
    assert ask(pack).headline in "".join(block.proto.body for block in at.get("html"))
