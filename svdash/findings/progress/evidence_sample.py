"""The evidence audit: claims of a quarter drawn at random, what was said of each, and the share that holds with its interval.

Nobody chooses the claims. They are put in the order of SHA-256 over a seed, which is the quarter and the pack's name, and the
commitment's identifier; the first :data:`SAMPLE` are looked at. Anybody can draw them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, evidence_verdicts, kept
from svdash.findings.finding import Finding, records
from svdash.findings.progress.commitment_status import common, status
from svdash.findings.spec import Parameter, Spec
from svdash.measures.intervals import wilson
from svdash.register import ALL, Framework, View
from svdash.years import period_end

if TYPE_CHECKING:
    from svdash.records.evidence_verdicts import KeptVerdict

# Claims that are looked at each quarter, as many as two people read in a day. Where there are fewer, all of them are.
SAMPLE: Final = 20
VERDICTS: Final = {"holds": "Holds", "partly": "Partly holds", "does-not": "Does not hold"}
NEWEST: Final = "newest"
_OPEN: Final = "not looked at yet"
# What reports no progress claims nothing that evidence could hold up.
_CLAIMS: Final = ("limited", "substantial", "complete")
_CLAIM: Final = ("commitment", "period", "delivery", "confidence", "note", "evidence", "evidence_date")
# Below this, an interval is so wide that it says little; it is told all the same, and this with it.
_FEW: Final = 10
METHOD: Final = (
    "Claims are the published updates of the quarter that report progress. They are put in the order of SHA-256 over the seed, a "
    f"blank and the commitment's identifier; the first {SAMPLE} are looked at, or all where there are fewer. The seed is the quarter and the "
    "name of the data pack, so that nobody can choose it. The share is of claims that hold whole; those that hold in part do "
    "not count as holding. The interval is Wilson's at 95%, which takes the sample for one of many claims: where all were "
    "looked at it is wider than it need be. It is shown once every claim of the sample was looked at."
)


def quarters(edition: Edition, view: View) -> tuple[str, ...]:
    """Return the quarters of a view's year that have a claim and have ended, the newest first."""
    rows, framework = edition.table("updates"), Framework.of(edition)
    periods = sorted(set(rows.loc[rows["delivery"].isin(_CLAIMS), "period"]), reverse=True)
    as_at = framework.calendar.as_at(view.year)
    return tuple(str(each) for each in periods if period_end(each) <= as_at)


def seed(edition: Edition, period: str) -> str:
    """Return what decides the sample of a quarter: the quarter and the name of the pack."""
    return f"{period} {edition.head.get('name', '')}".strip()


def claims(edition: Edition, period: str) -> pd.DataFrame:
    """Return the published claims of a quarter in the order in which they are drawn, each with the hash of what it says.

    Columns as in the table ``updates``, and ``claim``.
    """
    rows = edition.table("updates")
    found = rows[(rows["period"] == period) & rows["delivery"].isin(_CLAIMS)]
    begins = seed(edition, period)
    drawn = sorted(records(found), key=lambda row: _hash(f"{begins} {row['commitment']}"))
    return pd.DataFrame([{**row, "claim": _claimed(row)} for row in drawn], columns=[*found.columns, "claim"])


def sample(edition: Edition, period: str) -> pd.DataFrame:
    """Return the claims of a quarter that are looked at, as :func:`claims` does."""
    return claims(edition, period).head(SAMPLE)


def audit(edition: Edition, view: View, quarter: str = NEWEST) -> Finding:
    """Return the claims that were drawn of a quarter, with what was said of each."""
    known = quarters(edition, view)
    chosen = quarter if quarter in known else next(iter(known), "")
    return _audit(edition, view, chosen, quarter, _of(evidence_verdicts(edition), chosen))


@kept
def _audit(
    edition: Edition, view: View, period: str, quarter: str, kept_verdicts: tuple[KeptVerdict, ...]
) -> Finding:
    framework = Framework.of(edition)
    titles = framework.commitments.set_index("id")["title"]
    drawn = sample(edition, period)
    by_claim = {each.verdict.claim: each.verdict for each in kept_verdicts}
    rows = [
        {
            "id": row["commitment"],
            "title": titles.get(row["commitment"], ""),
            "delivery_label": wording.DELIVERY[row["delivery"]],
            "note": row["note"],
            "evidence": "none given" if pd.isna(row["evidence"]) else row["evidence"],
            "evidence_date": "no date" if pd.isna(row["evidence_date"]) else wording.day(row["evidence_date"].date()),
            "verdict_label": VERDICTS[by_claim[row["claim"]].verdict] if row["claim"] in by_claim else _OPEN,
            "reason": by_claim[row["claim"]].reason if row["claim"] in by_claim else "",
        }
        for row in records(drawn)
    ]  # fmt: skip
    columns = {
        "id": "Id",
        "title": "Commitment",
        "verdict_label": "Verdict",
        "reason": "Reason",
        "note": "What is claimed",
        "evidence": "Evidence",
        "evidence_date": "Dated",
        "delivery_label": "Delivery claimed",
        "status": "Status",
    }
    frame = pd.DataFrame(rows, columns=[name for name in columns if name != "status"])
    every = len(claims(edition, period))
    frame["reason"] = frame["reason"].replace("", "none yet")
    return Finding(
        name="evidence-audit",
        row_key=("id",),
        params={"quarter": quarter},
        headline=_headline(_row(edition, period, kept_verdicts), period),
        subtitle=f"{wording.sentence(wording.counted(len(drawn), 'claim'))} drawn at random from {wording.number(every)} published for {period or 'no quarter'}; the seed is “{seed(edition, period)}”",
        frame=frame.assign(status=status(framework)),
        columns=columns,
        caveats=_caveats(drawn, every, kept_verdicts),
        empty=""
        if len(frame)
        else "No update of a quarter that has ended reports progress: there is nothing to draw.",
        **(common(edition, view) | {"method": METHOD}),
    )


def shares(edition: Edition, view: View) -> Finding:
    """Return the share of claims that hold of each quarter whose sample was looked at whole, with its interval and size."""
    return _shares(edition, view, evidence_verdicts(edition))


@kept
def _shares(edition: Edition, view: View, kept_verdicts: tuple[KeptVerdict, ...]) -> Finding:
    found = [_row(edition, each, _of(kept_verdicts, each)) for each in quarters(edition, view)]
    rows = [row for row in found if row["looked_at"] and row["looked_at"] == row["drawn"]]
    columns = {
        "period": "Quarter",
        "share": "Share that holds",
        "lower": "95% interval from",
        "upper": "to",
        "drawn": "Claims looked at",
        "claims": "Claims published",
        "holds": "Hold",
        "partly": "Partly hold",
        "does_not": "Do not hold",
        "status": "Status",
    }
    frame = pd.DataFrame(rows, columns=[name for name in columns if name != "status"])
    return Finding(
        name="evidence-audit-share",
        row_key=("period",),
        headline=_headline(rows[0], str(rows[0]["period"])) if rows else "No sample of claims has been looked at in full yet",
        subtitle="Share of claims drawn at random that their evidence holds up, per cent, by quarter",
        frame=frame.assign(status=status(Framework.of(edition))),
        columns=columns,
        decimals={"share": 0, "lower": 0, "upper": 0},
        empty="" if rows else f"Each quarter {wording.number(SAMPLE)} claims are drawn; the share is shown once all of them were looked at.",
        **(common(edition, view) | {"method": METHOD}),
    )  # fmt: skip


def _row(edition: Edition, period: str, kept_verdicts: tuple[KeptVerdict, ...]) -> dict[str, Any]:
    """Return how many claims of a quarter were drawn, looked at and found to hold, with the share and its limits in per cent."""
    drawn = sample(edition, period)
    known = set(drawn["claim"])
    verdicts = [each.verdict.verdict for each in kept_verdicts if each.verdict.claim in known]
    row: dict[str, Any] = {
        "period": period,
        "drawn": len(drawn),
        "claims": len(claims(edition, period)),
        "looked_at": len(verdicts),
        "holds": verdicts.count("holds"),
        "partly": verdicts.count("partly"),
        "does_not": verdicts.count("does-not"),
    }
    if verdicts:
        lower, upper = wilson(row["holds"], len(verdicts))
        row |= {"share": 100 * row["holds"] / len(verdicts), "lower": 100 * lower, "upper": 100 * upper}
    return row


def _headline(row: dict[str, Any], period: str) -> str:
    """Say how many claims hold, never without the interval and the size of the sample; nothing of a share before all are looked at."""
    drawn, looked_at = int(row["drawn"]), int(row["looked_at"])
    if not drawn:
        return "No claim to look at"
    if looked_at < drawn:
        many = f"{wording.number(looked_at) if looked_at else 'None'} of {wording.counted(drawn, 'claim')} drawn for {period}"
        return f"{many} {'are' if looked_at > 1 else 'is'} looked at{'' if looked_at else ' yet'}"
    of = f"{wording.number(int(row['holds']))} of {wording.counted(drawn, 'claim')} drawn for {period} {'holds' if row['holds'] == 1 else 'hold'}"
    limits = f"95% interval {wording.percent(row['lower'], 0)} to {wording.percent(row['upper'], 0)}"
    return f"{of}: {wording.percent(row['share'], 0)}, {limits}"


def _caveats(drawn: pd.DataFrame, every: int, kept_verdicts: tuple[KeptVerdict, ...]) -> tuple[str, ...]:
    """Say what a sample of this size can't tell, and what became of verdicts on claims that were changed since."""
    found = [
        "All claims of the quarter were drawn: the share is theirs."
        if len(drawn) == every
        else f"{wording.sentence(wording.counted(every - len(drawn), 'claim'))} of the quarter were not drawn: for these there is only the interval."
    ]
    if 0 < len(drawn) < _FEW:
        found.append(f"Of {wording.counted(len(drawn), 'claim')} an interval is so wide that it says little.")
    gone = sum(each.verdict.claim not in set(drawn["claim"]) for each in kept_verdicts)
    if gone:
        found.append(
            f"{wording.sentence(wording.counted(gone, 'verdict'))} {'is' if gone == 1 else 'are'} of claims that were changed or are not in the sample any more, and not counted."
        )
    return tuple(found)


def _of(kept_verdicts: Iterable[KeptVerdict], period: str) -> tuple[KeptVerdict, ...]:
    return tuple(each for each in kept_verdicts if each.verdict.period == period)


def _claimed(row: dict[str, Any]) -> str:
    """Return SHA-256 of what an update claims, and on which evidence."""
    return _hash(
        json.dumps([None if pd.isna(row[name]) else str(row[name]) for name in _CLAIM], ensure_ascii=False)
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _quarters(edition: Edition) -> tuple[str, ...]:
    return (NEWEST, *quarters(edition, View(year=ALL)))


SPECS: Final = (
    Spec(
        "evidence-audit",
        "Claims drawn at random, and whether their evidence holds",
        lambda edition, view, given: audit(edition, view, given["quarter"]),
        parameters={"quarter": Parameter("Quarter; the newest of the year where none is named", _quarters, NEWEST)},
    ),
    Spec("evidence-audit-share", "Share of claims drawn at random that their evidence holds up", lambda edition, view, _: shares(edition, view)),
)  # fmt: skip
