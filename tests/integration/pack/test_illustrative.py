"""The illustrative tables: made by the same script to the byte, true to what is published, and as faulty as real ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from svdash.measures import trend
from tests.copies import ROOT

DATA = ROOT / "data"
SCRIPT = ROOT / "tools" / "make_illustrative.py"
TABLES = ("observations_illustrative", "plans", "updates", "accreditations")
KEY = ["indicator", "period", "organisation", "characteristic", "group"]
SERIES = ["indicator", "organisation", "characteristic", "group"]
STAFF = "EMP-I5"
PROTECTED = {
    *("sex", "ethnic-group", "disability", "age", "sexual-orientation"),
    *("religion", "marriage", "pregnancy", "gender-reassignment"),
}
SHOWN_UNTIL = "2025/26 Q4"
AS_AT = pd.Timestamp(2026, 3, 31)


def run(out: Path, *, data: Path = DATA) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--data", str(data), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        done = run(folder)
        assert done.returncode == 0, done.stderr
    return folders


@pytest.fixture(scope="session")
def figures() -> pd.DataFrame:
    return pd.read_csv(DATA / "observations_illustrative.csv")


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    return pd.read_csv(DATA / "observations_published.csv")


@pytest.fixture(scope="session")
def indicators() -> pd.DataFrame:
    return pd.read_csv(DATA / "indicators.csv").set_index("id")


@pytest.fixture(scope="session")
def updates() -> pd.DataFrame:
    return pd.read_csv(DATA / "updates.csv", parse_dates=["due_on", "reported_on", "evidence_date"])


@pytest.fixture(scope="session")
def standing(updates: pd.DataFrame) -> pd.DataFrame:
    """Every commitment that is no practice, with its latest update by the end of 2025/26 and its plan."""
    register = pd.read_csv(DATA / "commitments.csv", parse_dates=["due"])
    plans = pd.read_csv(DATA / "plans.csv", parse_dates=["due"]).set_index("commitment")
    for column in ("due", "test_of_done", "evidence_type"):
        register[column] = register[column].fillna(register["id"].map(plans[column]))
    known = updates[updates["period"] <= SHOWN_UNTIL].sort_values("period")
    latest = known.drop_duplicates("commitment", keep="last").set_index("commitment")
    rows = register[register["kind"] != "practice"].assign(planned=register["id"].isin(plans.index))
    return rows.join(latest[["delivery", "evidence"]], on="id")


def verdict(figures: pd.DataFrame, indicators: pd.DataFrame, indicator: str) -> trend.Assessment:
    """Put the series of everybody through the ladder, without rounding: these counts are nobody's."""
    rows = figures[(figures["indicator"] == indicator) & (figures["group"] == "all")].sort_values("as_at")
    frame = rows[["period", "value", "numerator", "denominator"]].reset_index(drop=True)
    assert indicators.loc[indicator, "polarity"] == "higher"
    return trend.assess(frame, "higher", kind="proportion", unit="percent")


@pytest.mark.parametrize("table", TABLES)
def test_the_script_gives_the_same_bytes_every_time(made: tuple[Path, Path], table: str) -> None:
    first, second = ((folder / f"{table}.csv").read_bytes() for folder in made)
    assert first == second


@pytest.mark.parametrize("table", TABLES)
def test_the_pack_holds_what_the_script_makes(made: tuple[Path, Path], table: str) -> None:
    assert (made[0] / f"{table}.csv").read_bytes() == (DATA / f"{table}.csv").read_bytes()


def test_the_script_refuses_a_figure_beside_a_published_one(tmp_path: Path, published: pd.DataFrame) -> None:
    pack = _copy(tmp_path / "pack")
    clash = published.iloc[[0]].assign(
        indicator="COM-I5", year="2024/25", period="2024/25", as_at="2025-03-31"
    )
    pd.concat([published, clash]).to_csv(pack / "observations_published.csv", index=False)
    done = run(tmp_path / "out", data=pack)
    assert done.returncode != 0
    assert "COM-I5, 2024/25, lcrca, all, all is published" in done.stderr


def test_the_script_names_an_indicator_that_it_has_no_figure_for(tmp_path: Path) -> None:
    pack = _copy(tmp_path / "pack")
    lines = (pack / "indicators.csv").read_text(encoding="utf-8")
    (pack / "indicators.csv").write_text(lines + "COM-I99,COM-S1,commissioner,99\n", encoding="utf-8")
    done = run(tmp_path / "out", data=pack)
    assert done.returncode != 0
    assert "no figure for COM-I99" in done.stderr


def _copy(pack: Path) -> Path:
    pack.mkdir()
    for name in ("indicators", "commitments", "vocabulary", "observations_published", "contracts"):
        (pack / f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
    return pack


def test_no_illustrative_figure_stands_beside_a_published_one_of_the_same_key(
    figures: pd.DataFrame, published: pd.DataFrame
) -> None:
    assert figures.merge(published, on=KEY).empty


def test_only_the_quarters_of_a_yearly_published_share_are_made_up(
    figures: pd.DataFrame, published: pd.DataFrame
) -> None:
    both = figures.merge(published[SERIES].drop_duplicates(), on=SERIES)
    assert set(both["indicator"]) == {"COM-I6"}
    assert both["period"].str.contains(" Q").all()


def test_the_quarters_of_2022_23_come_to_the_published_share_of_contracts(
    figures: pd.DataFrame, published: pd.DataFrame
) -> None:
    told = published.loc[published["indicator"] == "COM-I6"].iloc[0]
    rows = figures[(figures["indicator"] == "COM-I6") & (figures["year"] == told["year"])]
    assert len(rows) == 4
    share = 100 * rows["numerator"].sum() / rows["denominator"].sum()
    assert share == pytest.approx(told["value"], abs=0.5)


def test_learners_of_2022_23_are_no_more_than_the_authority_published(figures: pd.DataFrame) -> None:
    facts = pd.read_csv(DATA / "facts.csv")
    learners = facts.loc[facts["fact"] == "Adult Skills Fund learners supported", "value"].item()
    rows = figures[
        (figures["indicator"] == "SER-I1") & (figures["year"] == "2022/23") & (figures["group"] == "all")
    ]
    assert 0.9 * learners < rows["denominator"].sum() <= learners


def test_pay_gaps_are_the_statutory_returns_in_the_year_of_their_snapshot(published: pd.DataFrame) -> None:
    rows = published[published["indicator"].isin(["EMP-I7", "EMP-I8"])].set_index(KEY[:3])["value"]
    assert len(rows) == 18
    assert rows["EMP-I7", "2023/24", "lcrca"] == 5.51
    assert rows["EMP-I8", "2023/24", "merseytravel"] == 17.27
    assert rows["EMP-I7", "2018/19", "merseytravel"] == 12.0


@pytest.mark.parametrize(
    ("indicator", "points", "told"),
    [
        ("COM-I3", 0, "no-data"),
        ("INV-I1", 1, "too-early"),
        ("COM-I1", 4, "too-early"),
        ("EMP-I14", 9, "improving"),
        ("COM-I6", 18, "improving"),
        ("SER-I4", 18, "no-test"),
        ("SER-I1", 18, "no-clear-change"),
        ("SER-I2", 17, "no-clear-change"),
    ],
)
def test_every_rung_of_the_ladder_occurs(
    figures: pd.DataFrame, indicators: pd.DataFrame, indicator: str, points: int, told: str
) -> None:
    found = verdict(figures, indicators, indicator)
    assert (found.points, found.verdict) == (points, told)


def test_a_quarter_is_missing_inside_a_series(figures: pd.DataFrame) -> None:
    quarters = set(figures.loc[figures["indicator"] == "SER-I1", "period"])
    rows = figures[(figures["indicator"] == "SER-I2") & (figures["group"] == "all")]
    assert quarters - set(rows["period"]) == {"2023/24 Q3"}


def test_every_indicator_has_a_figure_but_the_data_gaps(
    figures: pd.DataFrame, published: pd.DataFrame, indicators: pd.DataFrame
) -> None:
    staged = indicators.index[indicators["stage"].notna()]
    assert not set(staged) & set(figures["indicator"])
    without = set(indicators.index) - set(figures["indicator"]) - set(published["indicator"]) - set(staged)
    assert without == {"COM-I3", "INV-I5", "INV-I6", "INV-I7", "CIV-I4"}


def test_periods_keep_to_the_cadence_and_end_by_september_2026(
    figures: pd.DataFrame, indicators: pd.DataFrame
) -> None:
    kinds = figures["period"].str[8:9].map({"": "annual", "H": "half-yearly", "Q": "quarterly"})
    assert (kinds == figures["indicator"].map(indicators["cadence"])).all()
    assert figures["as_at"].max() == "2026-09-30"


def test_shares_carry_exact_counts_and_no_value(figures: pd.DataFrame, indicators: pd.DataFrame) -> None:
    kinds = figures["indicator"].map(indicators["interval"])
    shares, counts, rest = (figures[kinds == kind] for kind in ("wilson", "byar", "none"))
    assert shares[["numerator", "denominator"]].notna().all(axis=None)
    assert shares["value"].isna().all()
    assert (shares["numerator"] <= shares["denominator"]).all()
    assert (shares["denominator"] > 0).all()
    assert counts["numerator"].notna().all()
    assert counts[["value", "denominator"]].isna().all(axis=None)
    # Of what no interval is possible there is a figure, or a count that is one.
    assert (rest["value"].notna() | rest["numerator"].notna()).all()


def test_staff_are_told_by_all_nine_protected_characteristics(figures: pd.DataFrame) -> None:
    rows = figures[figures["indicator"] == STAFF]
    assert set(rows["characteristic"]) >= PROTECTED
    assert set(rows["year"]) == {"2022/23", "2023/24", "2024/25", "2025/26"}


def test_groups_add_up_to_those_who_answered(figures: pd.DataFrame) -> None:
    rows = figures[figures["indicator"] == STAFF]
    answered = rows[rows["group"] != "not-stated"].groupby(["indicator", "period", "characteristic"])
    assert (answered["numerator"].sum() == answered["denominator"].first()).all()
    assert (answered["denominator"].min() == answered["denominator"].max()).all()


def test_staff_who_did_not_answer_are_a_share_of_all_staff_whatever_they_were_asked(
    figures: pd.DataFrame,
) -> None:
    rows = figures[figures["indicator"] == STAFF].set_index(["period", "characteristic"])
    silent, stated = rows[rows["group"] == "not-stated"], rows[rows["group"] != "not-stated"]
    answered = stated.groupby(level=[0, 1])["denominator"].first()
    assert set(silent.index) == set(answered.index)
    assert (silent["denominator"] - silent["numerator"] == answered.reindex(silent.index)).all()
    trained = figures[(figures["indicator"] == "EMP-I10") & (figures["group"] == "all")]
    staff = trained.set_index("period")["denominator"]
    assert (silent["denominator"] == silent.index.get_level_values("period").map(staff)).all()


def test_shares_within_groups_tell_who_did_not_answer_only_of_the_ethnic_group(figures: pd.DataFrame) -> None:
    silent = figures[(figures["group"] == "not-stated") & (figures["indicator"] != STAFF)]
    assert set(silent["characteristic"]) == {"ethnic-group"}


def test_groups_of_a_share_within_them_never_exceed_everybody(figures: pd.DataFrame) -> None:
    keys = ["indicator", "period", "characteristic"]
    rows = figures[~figures["indicator"].isin([STAFF, "EMP-I4", "EMP-I6"]) & figures["denominator"].notna()]
    groups = rows[rows["group"] != "all"].groupby(keys)[["numerator", "denominator"]].sum().reset_index()
    whole = rows[rows["group"] == "all"].set_index(["indicator", "period"])[["numerator", "denominator"]]
    joined = groups.merge(whole.reset_index(), on=["indicator", "period"], suffixes=("", "_whole"))
    assert len(joined) > 100
    assert (joined["numerator"] <= joined["numerator_whole"]).all()
    assert (joined["denominator"] <= joined["denominator_whole"]).all()


def test_the_five_ethnic_groups_of_staff_give_the_share_of_the_six_per_cent_commitment(
    figures: pd.DataFrame,
) -> None:
    staff = figures[(figures["indicator"] == "EMP-I5") & (figures["characteristic"] == "ethnic-group")]
    minority = staff[~staff["group"].isin(["white", "not-stated"])].groupby("period")["numerator"].sum()
    told = figures[figures["indicator"] == "EMP-I6"].set_index("period")
    assert (told["numerator"] == minority).all()
    share = (100 * told["numerator"] / told["denominator"]).round(1)
    assert (share.iloc[0], share.iloc[-1]) == (4.2, 5.6)


def test_groups_of_one_to_four_people_occur(figures: pd.DataFrame) -> None:
    small = figures[figures["numerator"].between(1, 4) & (figures["group"] != "all")]
    keys = set(zip(small["indicator"], small["characteristic"], strict=True))
    assert ("EMP-I5", "gender-reassignment") in keys
    assert len(small) > 50


def test_day_one_commitments_stand_as_a_real_programme_would(standing: pd.DataFrame) -> None:
    first = standing[standing["kind"] == "day-one"]
    counts = first["delivery"].fillna("never").value_counts().to_dict()
    assert counts == {"complete": 20, "substantial": 12, "limited": 8, "not-started": 3, "never": 2}


def test_some_are_reported_complete_without_evidence(standing: pd.DataFrame) -> None:
    complete = standing[standing["delivery"] == "complete"]
    assert 0.1 <= complete["evidence"].isna().mean() <= 0.2


def test_overdue_commitments_are_spread_over_several_owners(standing: pd.DataFrame) -> None:
    needed = (
        standing[["test_of_done", "due", "evidence_type"]].notna().all(axis=1) & standing["evidence"].notna()
    )
    late = standing[(standing["due"] < AS_AT) & ~((standing["delivery"] == "complete") & needed)]
    assert 8 <= len(late) <= 12
    assert late["lead"].nunique() >= 5


def test_plans_cover_most_commitments_and_some_lack_what_verifying_takes(standing: pd.DataFrame) -> None:
    shares = standing.groupby("kind")["planned"].mean()
    assert shares["day-one"] == pytest.approx(0.85, abs=0.02)
    assert shares["aspiration"] == pytest.approx(0.60, abs=0.02)
    planned = standing[standing["planned"]]
    for column in ("test_of_done", "due", "evidence_type"):
        assert 2 <= planned[column].isna().sum() <= 6


def test_plans_leave_empty_what_the_framework_gives() -> None:
    register = pd.read_csv(DATA / "commitments.csv").set_index("id")
    plans = pd.read_csv(DATA / "plans.csv").set_index("commitment")
    for column in ("due", "test_of_done", "evidence_type"):
        given = register.loc[plans.index, column].notna()
        # The Framework dates and tests a few commitments; it names no kind of evidence for any.
        assert given.any() == (column != "evidence_type")
        assert plans.loc[given, column].isna().all()


def test_tests_of_done_are_specific_to_their_commitment() -> None:
    texts = pd.read_csv(ROOT / "tools" / "illustrative_texts.csv")
    first = texts[texts["commitment"].str.contains("-D")]
    assert len(first) == 45
    assert first["test"].notna().all()
    assert texts["test"].dropna().is_unique


def test_updates_are_due_three_weeks_after_the_quarter_and_some_come_late(updates: pd.DataFrame) -> None:
    ends = pd.PeriodIndex(pd.to_datetime(updates["due_on"]) - pd.Timedelta(days=21), freq="D").to_timestamp()
    assert ends.is_quarter_end.all()
    late = (updates["reported_on"] - updates["due_on"]).dt.days
    assert 0.08 <= (late > 0).mean() <= 0.25
    assert late[late > 0].between(5, 60).all()
    assert updates["reported_on"].max() <= pd.Timestamp(2026, 11, 12)


def test_updates_are_missing_within_their_run(updates: pd.DataFrame) -> None:
    quarters = sorted(updates["period"].unique())
    assert (quarters[0], quarters[-1], len(quarters)) == ("2022/23 Q2", "2026/27 Q2", 17)
    place = updates["period"].map(quarters.index).groupby(updates["commitment"])
    gaps = place.max() - place.min() + 1 - place.size()
    assert (gaps > 0).sum() >= 20
    assert (gaps == 0).sum() >= 5


def test_delivery_mostly_moves_forward_and_now_and_then_back(updates: pd.DataFrame) -> None:
    rank = {"no-evidence": 0, "not-started": 0, "limited": 1, "substantial": 2, "complete": 3}
    steps = updates["delivery"].map(rank).groupby(updates["commitment"]).diff()
    assert (steps > 0).sum() > 100
    assert 2 <= (steps < 0).sum() <= 8


def test_updates_of_one_commitment_seldom_repeat_themselves(updates: pd.DataFrame) -> None:
    assert updates.duplicated(["commitment", "note"]).mean() < 0.15
    assert updates["note"].nunique() > 0.85 * len(updates)
    # Where a clause was missing, a sentence would end on the word before it.
    assert not updates["note"].str.contains(r"[{}]|[:;,] ?\.|\b(?:to|because|as|on) \.|^\W|  ").any()


def test_evidence_is_dated_and_not_after_its_update(updates: pd.DataFrame) -> None:
    assert (updates["evidence"].notna() == updates["evidence_date"].notna()).all()
    dated = updates.dropna(subset="evidence_date")
    assert (dated["evidence_date"] <= dated["reported_on"]).all()


def test_one_accreditation_has_run_out_and_one_soon_will() -> None:
    rows = pd.read_csv(DATA / "accreditations.csv", parse_dates=["awarded", "expires"])
    end = pd.Timestamp(2026, 9, 30)
    assert (rows["expires"] < AS_AT).sum() == 1
    assert rows["expires"].between(end, end + pd.Timedelta(days=92)).sum() == 1
    assert (rows["practice"] == "EMP-P3").sum() == 6
    assert rows["note"].str.contains("illustrative").all()
