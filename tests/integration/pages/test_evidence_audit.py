"""The evidence audit: nobody chooses its claims, and no share is told without its interval and the size of the sample."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import evidence_sample
from svdash.findings.progress.evidence_sample import SAMPLE
from svdash.measures.intervals import wilson
from svdash.records import ConflictError, History, RecordsError, connect
from svdash.records.evidence_verdicts import EvidenceVerdicts
from svdash.register import ALL, View
from svdash.tables import Pack, open_pack
from tests.copies import ROOT
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

PERIOD = "2026/27 Q1"
HOSTILE = "<script>alert(1)</script> **bold**"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("SVDASH_PACK", str(ROOT / "data"))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return History(connect())


def given(row: dict[str, Any], verdict: str = "holds", **changed: Any) -> dict[str, Any]:
    told = {
        "commitment": row["commitment"],
        "period": row["period"],
        "claim": row["claim"],
        "verdict": verdict,
    }
    return {**told, "reason": "The list was seen.", "on": "2026-11-01", **changed}


def drawn(period: str = PERIOD) -> list[dict[str, Any]]:
    return evidence_sample.sample(editions.current(), period).to_dict("records")


def judge(history: History, *verdicts: str) -> None:
    for row, verdict in zip(drawn(), verdicts, strict=False):
        EvidenceVerdicts(history).save(given(row, verdict), None, by="ed", view="/")


def audit() -> Any:
    return evidence_sample.audit(editions.current(), View(year=ALL), PERIOD)


def shown(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("success", "error", "warning")
    return unescape(" ".join([*everything(at), *(each.value for kind in kinds for each in at.get(kind))]))


def test_the_sample_is_drawn_by_the_quarter_and_the_name_of_the_pack_and_can_be_drawn_again(
    pack: Pack,
) -> None:
    rows = pack.table("updates")
    claims = rows[(rows["period"] == PERIOD) & rows["delivery"].isin(["limited", "substantial", "complete"])]
    name = pack.head["name"]
    again = sorted(
        claims["commitment"], key=lambda each: hashlib.sha256(f"{PERIOD} {name} {each}".encode()).hexdigest()
    )
    assert list(evidence_sample.sample(pack, PERIOD)["commitment"]) == again[:SAMPLE]
    assert len(again) > SAMPLE
    assert f"“{PERIOD} {name}”" in evidence_sample.audit(pack, View(year=ALL), PERIOD).subtitle
    before = list(evidence_sample.sample(pack, "2025/26 Q4")["commitment"])
    assert before != again[:SAMPLE]
    assert evidence_sample.seed(open_pack(FENMARSH), PERIOD) != evidence_sample.seed(pack, PERIOD)


def test_no_share_is_told_before_every_claim_is_looked_at_and_then_with_its_interval_and_size(
    history: History,
) -> None:
    verdicts = ["holds"] * 13 + ["partly"] * 4 + ["does-not"] * 3
    judge(history, *verdicts[:-1])
    assert audit().headline == f"19 of 20 claims drawn for {PERIOD} are looked at"
    assert evidence_sample.shares(editions.current(), View(year=ALL)).frame.empty
    EvidenceVerdicts(history).save(given(drawn()[-1], "does-not"), None, by="ed", view="/")
    lower, upper = (round(100 * each) for each in wilson(13, 20))
    assert (
        audit().headline == f"13 of 20 claims drawn for {PERIOD} hold: 65%, 95% interval {lower}% to {upper}%"
    )
    (row,) = evidence_sample.shares(editions.current(), View(year=ALL)).frame.to_dict("records")
    assert (row["holds"], row["partly"], row["does_not"], row["drawn"]) == (13, 4, 3, 20)
    assert row["lower"] < row["share"] == 65 < row["upper"]
    assert row["claims"] > 20
    assert any("were not drawn: for these there is only the interval" in each for each in audit().caveats)


def test_a_verdict_on_a_claim_that_was_changed_since_is_not_counted(history: History) -> None:
    row = drawn()[0]
    EvidenceVerdicts(history).save(given(row, claim="0" * 64), None, by="ed", view="/")
    assert audit().headline == f"None of 20 claims drawn for {PERIOD} is looked at yet"
    assert any("1 verdict is of claims that were changed" in each for each in audit().caveats)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": " "}, "Reason: say something here"),
        ({"verdict": None}, "Verdict: say something here"),
        ({"verdict": "perhaps"}, "'perhaps' is not allowed there"),
        ({"on": "2098-01-01"}, "that day is in the future"),
        ({"reason": "x" * 2001}, "more than 2,000 characters"),
    ],
)
def test_a_verdict_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        EvidenceVerdicts(history).save(given(drawn()[0], **changed), None, by="ed", view="/")
    assert history.last()[0] == 0


def test_of_two_who_judge_a_claim_the_second_is_told(history: History) -> None:
    judge(history, "holds")
    with pytest.raises(ConflictError, match="saved by ed"):
        EvidenceVerdicts(history).save(given(drawn()[0], "does-not"), None, by="bob", view="/")


@pytest.mark.parametrize(
    ("roles", "may"), [(("board",), True), (("editor",), True), (("officer", "analyst"), False), ((), False)]
)
def test_editors_and_the_board_judge_on_the_page_and_nobody_else(
    history: History, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...], may: bool
) -> None:
    monkeypatch.setattr(
        identity, "person", lambda: identity.Person("ann", frozenset(roles)) if roles else None
    )
    at = opened("commitments", layout="audit", quarter=PERIOD)
    first = drawn()[0]["commitment"]
    assert f"None of 20 claims drawn for {PERIOD} is looked at yet" in shown(at)
    key = f"audit-{PERIOD}-{first}"
    assert ("Say of each claim whether its evidence holds" in shown(at)) == may
    if not may:
        return
    at.session_state[key] = True
    at.run()
    stem = f"audit-form-{PERIOD}-{first}-0"
    at.session_state[f"{stem}-verdict"] = "partly"
    next(each for each in at.text_area if each.key == f"{stem}-reason").set_value(f"Half of it. {HOSTILE}")
    at.session_state[key] = True
    next(each for each in at.button if each.label == "Save the verdict").click()
    at.run()
    assert "the verdict is saved" in shown(at)
    (kept,) = EvidenceVerdicts(history).newest()
    assert (kept.verdict.verdict, kept.verdict.on <= datetime.now(UTC).date(), kept.revision.by) == (
        "partly",
        True,
        "ann",
    )
    at = opened("commitments", layout="audit", quarter=PERIOD)
    assert "Half of it." in shown(at)
    assert "<script>" not in " ".join(everything(at))
