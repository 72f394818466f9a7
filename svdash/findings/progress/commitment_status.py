"""Where every commitment stands at the end of a year, as it may be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import records, statuses_of, updated_of
from svdash.register import ALL, Framework, View, narrowed
from svdash.years import period_end

TABLES = ("plans", "updates")
REQUIRED = {
    "lead": "an owner",
    "test_of_done": "a test of done",
    "due": "a date",
    "evidence_type": "an evidence type",
}
READ = ["id", "kind", "title", "lead", "due", "reported_delivery", "delivery", "confidence"]
READ += ["missing", "overdue", "late", "next_step"]
METHOD = (
    "Delivery is the lead's own rating on the scale of the Open Government Partnership, from the latest update "
    "in the period. A commitment without an owner, a test of done, a date and an evidence type, or reported "
    "complete without evidence, is not shown as Complete or Green; what is missing is said. Dates, tests and "
    "evidence types come from the Framework where it gives them, otherwise from the lead's plan (illustrative)."
)


def status_by_commitment(edition: Edition, view: View) -> pd.DataFrame:
    """Return every commitment of the pack with where it stands at the end of the chosen year.

    Adds to the register: ``delivery`` (as it may be shown), ``reported_delivery``, ``confidence``, ``missing``
    (what keeps it from being verified), ``overdue``, ``late`` (quarters overdue), ``reported_on``, ``period``,
    ``evidence``, ``note``, ``next_step``, ``by``. Practices carry their state and no delivery.
    """
    return _standing(edition, view.year)


@kept
def _standing(edition: Edition, year: str) -> pd.DataFrame:
    framework = Framework.of(edition)
    as_at, begun = framework.calendar.as_at(year), framework.calendar.begun(year)
    updates = edition.table("updates")
    ends = updates["period"].map({p: period_end(p) for p in updates["period"].unique()})
    known = (
        updates[(ends <= as_at).astype(bool)].sort_values("period").drop_duplicates("commitment", keep="last")
    )
    rows = _reported(framework, known)
    promised = rows["kind"] != "practice"
    rows["delivery"] = rows["delivery"].where(promised & begun)
    rows["overdue"] = (
        promised
        & begun
        & (rows["due"] < pd.Timestamp(as_at)).fillna(False).astype(bool)
        & (rows["delivery"] != "complete")
    )
    # By the calendar: from the end of December to the end of March is one quarter, though only 90 days.
    months = (as_at.year - rows["due"].dt.year) * 12 + as_at.month - rows["due"].dt.month
    rows["late"] = (months // 3).where(rows["overdue"]).astype("Int64")
    return rows


@kept
def status_in_quarter(edition: Edition, period: str) -> pd.DataFrame:
    """Return every commitment of the pack with what was reported of it in one quarter, as it may be shown.

    Adds to the register what :func:`status_by_commitment` does, but for ``overdue`` and ``late``; what was not reported on in
    the quarter has no ``reported_delivery``.
    """
    updates = edition.table("updates")
    return _reported(Framework.of(edition), updates[updates["period"] == period])


def _reported(framework: Framework, updates: pd.DataFrame) -> pd.DataFrame:
    """Return the register with one update of each commitment, as it may be shown: the verifiability gate of every view."""
    rows = framework.commitments.merge(
        updates.rename(columns={"commitment": "id", "delivery": "reported_delivery", "note": "update"}).drop(
            columns=["year", "due_on"]
        ),
        on="id",
        how="left",
    )
    promised = rows["kind"] != "practice"
    missing = [_missing(row) if row["kind"] != "practice" else "" for row in records(rows)]
    rows["missing"] = pd.Series(missing, index=rows.index, dtype="str")
    unproved = (rows["reported_delivery"] == "complete") & rows["evidence"].isna()
    rows.loc[unproved & (rows["missing"] == ""), "missing"] = "evidence"
    rows.loc[unproved & ~rows["missing"].isin(["", "evidence"]), "missing"] += ", evidence"
    held = rows["missing"] != ""
    rows["delivery"] = rows["reported_delivery"].fillna("no-evidence").where(promised)
    rows.loc[held & (rows["delivery"] == "complete"), "delivery"] = "substantial"
    rows.loc[held & (rows["confidence"] == "green"), "confidence"] = pd.NA
    return rows


def _missing(row: dict[str, Any]) -> str:
    return ", ".join(words for name, words in REQUIRED.items() if pd.isna(row[name]))


@narrowed("role", "commitment", "year")
@kept
def select(edition: Edition, view: View) -> pd.DataFrame:
    """Return where the commitments of a view stand, practices left out; none before any was reported on.

    Of the register only the columns are there that findings of progress read: :data:`READ`.
    """
    rows = _promised(edition, view.year)
    if not Framework.of(edition).calendar.begun(view.year):
        return rows.iloc[:0]
    return rows[rows["id"].isin(Framework.of(edition).ids_of(view))]


@kept
def _promised(edition: Edition, year: str) -> pd.DataFrame:
    """Return what findings of progress read of all commitments but practices."""
    rows = _standing(edition, year)
    return rows.loc[rows["kind"] != "practice", READ]


def kinds(framework: Framework) -> dict[str, str]:
    """Return code → label of the kinds of rows in the register, as the vocabulary names them.

    Promises outside the lists of commitments are a kind only where the register has some.
    """
    named = framework.vocabulary.labels("kind")
    held = set(framework.commitments["kind"])
    return {
        code: named.get(code, label)
        for code, label in wording.KIND.items()
        if code in held or code != "whole-authority"
    }


def within(label: str) -> str:
    """Write a label within a sentence: small, unless it is a name with capitals of its own."""
    return label if label[1:] != label[1:].lower() else label.lower()


def in_words(edition: Edition, view: View, rows: pd.DataFrame, columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return some rows of :func:`status_by_commitment`, known by their index, with what people read beside the codes.

    All columns, or those named: to take rows of all of them takes longer than what is made of a few.
    """
    return _in_words(edition, view.year, columns).loc[rows.index]


@kept
def _in_words(edition: Edition, year: str, columns: tuple[str, ...]) -> pd.DataFrame:
    if columns:
        return _in_words(edition, year, ())[list(columns)]
    return _labelled(Framework.of(edition), _standing(edition, year))


def _labelled(framework: Framework, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what people read beside the codes."""
    reported = rows["reported_on"].dt.strftime("%Y-%m-%d")
    return rows.assign(
        kind_label=rows["kind"].map(kinds(framework)),
        delivery_label=rows["delivery"]
        .map(wording.DELIVERY)
        .fillna(rows["state"].map(wording.STATE))
        .fillna("not reported on yet"),
        confidence_label=rows["confidence"]
        .map(lambda c: wording.CONFIDENCE[c].split(":")[0], na_action="ignore")
        .astype("str")
        .fillna("not shown"),
        due_label=rows["due"].dt.strftime("%Y-%m-%d").fillna("no date"),
        overdue_label=[
            wording.counted(int(late), "quarter") if over and late else ("yes" if over else "no")
            for over, late in zip(rows["overdue"], rows["late"].fillna(0), strict=True)
        ],
        missing=rows["missing"].replace("", "nothing"),
        reported=(reported + " (" + rows["period"].astype("str") + ")").fillna("never"),
        lead=rows["lead"].fillna("no owner"),
        directorate_label=rows["directorate"].map(framework.vocabulary.labels("directorate")).fillna("none"),
        status=status(framework),
    )


def status(framework: Framework) -> str:
    """Every figure of progress rests on updates and plans: it is as official as the least official of them."""
    return statuses_of(framework.edition, *TABLES)[-1]


def common(edition: Edition, view: View) -> dict[str, Any]:
    """What every finding of progress carries: statuses, date, method and view."""
    return {
        "statuses": statuses_of(edition, *TABLES),
        "updated": updated_of(edition, *TABLES),
        "method": METHOD,
        "view": view,
    }


def when(framework: Framework, view: View) -> str:
    """Say at which day things are looked at."""
    return f"as at {wording.day(framework.calendar.as_at(view.year))}"


def none_of(number: int) -> str:
    """Begin a sentence that no commitment of a view is something. It counts them, because it holds for no others."""
    if number == 1:
        return "The commitment is not"
    return f"None of the {wording.number(number)} commitments is" if number else "No commitment is"


def nothing(framework: Framework, view: View) -> str:
    """Say why a view has no commitment."""
    if not framework.calendar.begun(view.year):
        first = framework.edition.table("updates")["year"].min()
        return f"No commitment was reported on in {view.year}: the first updates are of {first}. Choose {first} or later."
    if view.commitment != ALL:
        practice = within(kinds(framework)["practice"])
        return (
            f"{view.commitment} is {'an' if practice[:1].lower() in 'aeiou' else 'a'} {practice}: it has a state and a review date, "
            "not a delivery status. Choose all commitments to see the others."
        )
    return f"The register holds no commitment for {framework.vocabulary.label('role', view.role)}."
