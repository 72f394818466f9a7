"""The local economy page, against the payment lines themselves, summed here once more."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

import pandas as pd
import pytest

from svdash.findings.economy import (
    contracts,
    local_spend,
    supplier_concentration,
    supplier_kinds,
    supplier_standards,
    unreached_places,
)
from svdash.findings.finding import Finding
from svdash.findings.reach import area_cells
from svdash.register import View
from svdash.render import chart_structures
from svdash.render.drawings import BUILDERS
from svdash.tables import LinesError, Pack
from tests.copies import DATA, SMALL, CopiedPack

YEAR, BEFORE, PART = "2025/26", "2024/25", "2026/27"
LATEST = View(year=YEAR, compare=BEFORE)
SIX = ["E06000006", "E08000011", "E08000012", "E08000014", "E08000013", "E08000015"]
BUILDS: dict[str, Callable[[Pack, View], Finding]] = {
    "places": local_spend.places,
    "retained": local_spend.retained,
    "kinds": supplier_kinds.kinds,
    "concentration": supplier_concentration.concentration,
    "contracts": contracts.contracts,
    "standards": supplier_standards.standards,
    "multiplier": supplier_standards.multiplier,
    "unreached": unreached_places.unreached,
}
OF_MONEY = ("places", "retained", "kinds", "concentration", "unreached")


def financial_year(day: pd.Timestamp) -> str:
    first = day.year - (day.month < 4)
    return f"{first}/{(first + 1) % 100:02d}"


def read(path: object) -> pd.DataFrame:
    rows = pd.read_parquet(path)
    days = pd.to_datetime(rows["date"])
    return rows.assign(year=days.map({day: financial_year(day) for day in days.unique()}))


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return read(DATA / "payments.parquet")


def paid(lines: pd.DataFrame, year: str = YEAR) -> pd.DataFrame:
    return lines[lines["year"] == year]


def with_lines(copied: CopiedPack, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> Pack:
    """Open a copy whose payments are others: one line of each is enough to see a rule."""
    path = copied.folder / "payments.parquet"
    edit(pd.read_parquet(path)).to_parquet(path, index=False)
    return copied.open()


def made(rows: list[dict[str, object]]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Make payments of the year: each a line of the pack with some cells changed."""

    def edit(lines: pd.DataFrame) -> pd.DataFrame:
        pattern = lines[lines["supplier_id"].notna()].iloc[0]
        day = pd.Timestamp("2025-06-02").date()
        made = [
            {**pattern, "id": f"P{n:06d}", "date": day, "supplier_area": None, **row}
            for n, row in enumerate(rows, 1)
        ]
        return pd.DataFrame(made).astype({"amount_pence": lines["amount_pence"].dtype})

    return edit  # fmt: skip


# -- by place --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2022/23", YEAR, PART])
def test_spend_by_place_is_what_the_lines_add_up_to(pack: Pack, lines: pd.DataFrame, year: str) -> None:
    own = paid(lines, year)
    rows = local_spend.places(pack, View(year=year)).frame.set_index("place")
    sums = own.groupby("supplier_place")["amount_pence"].sum()
    for place, pence in sums.items():
        assert rows.loc[place, "pence"] == pence
        assert rows.loc[place, "share"] == pytest.approx(100 * pence / sums.sum())
    local = sums[SIX].sum()
    assert rows.loc[local_spend.REGION, "pence"] == local
    assert rows.loc[local_spend.REGION, "share"] == pytest.approx(100 * local / sums.sum())
    assert rows.loc[local_spend.REGION, "share_known"] == pytest.approx(
        100 * local / (sums.sum() - sums["not-known"])
    )
    assert rows.drop(local_spend.REGION)["lines"].sum() == len(own)


def test_the_change_is_in_points_on_the_compared_year(pack: Pack, lines: pd.DataFrame) -> None:
    rows = local_spend.places(pack, LATEST).frame.set_index("place")
    then = paid(lines, BEFORE).groupby("supplier_place")["amount_pence"].sum()
    assert rows.loc["abroad", "share_then"] == pytest.approx(100 * then["abroad"] / then.sum())
    assert rows.loc["abroad", "points"] == pytest.approx(
        rows.loc["abroad", "share"] - 100 * then["abroad"] / then.sum()
    )
    found = local_spend.places(pack, LATEST)
    assert "no test of chance applies" in found.method
    assert "no test of chance applies" not in found.sentence


@pytest.mark.parametrize(
    "build", [local_spend.places, supplier_kinds.kinds, supplier_concentration.concentration]
)
@pytest.mark.parametrize("view", [View(year=PART, compare=YEAR)])
def test_a_part_year_is_not_compared_with_a_whole_one(
    pack: Pack, build: Callable[[Pack, View], Finding], view: View
) -> None:
    found = build(pack, view)
    assert f"{PART} is a part year and is not compared." in found.sentence
    assert "points" not in found.frame or found.frame["points"].isna().all()
    assert " since." not in found.sentence


def test_a_commitment_narrows_spend_to_its_programmes(pack: Pack, lines: pd.DataFrame) -> None:
    own = paid(lines)
    own = own[own["programme"] == "adult-skills-fund"]
    rows = local_spend.places(pack, View(commitment="COM-A5", year=YEAR)).frame.set_index("place")
    assert rows["pence"].drop(local_spend.REGION).sum() == own["amount_pence"].sum()


def test_lines_without_a_place_are_counted_and_said(copied_pack: CopiedPack) -> None:
    pack = with_lines(
        copied_pack,
        made(
            [
                {"amount_pence": 60_000, "supplier_place": "E08000012"},
                {"amount_pence": 20_000, "supplier_place": "uk"},
                {"amount_pence": 20_000, "supplier_place": "not-known"},
            ]
        ),
    )
    found = local_spend.places(pack, View(year=YEAR))
    rows = found.frame.set_index("place")
    assert (rows.loc[local_spend.REGION, "share"], rows.loc[local_spend.REGION, "share_known"]) == (
        60.0,
        75.0,
    )
    assert found.headline == "60.0% of all payments stayed with suppliers in the 6 districts in 2025/26"
    assert "No place is known for £200 (20.0% of all payments) in 1 payment." in found.sentence


@pytest.mark.parametrize(
    "build",
    [
        local_spend.places,
        supplier_kinds.kinds,
        unreached_places.unreached,
        supplier_concentration.concentration,
    ],
)
def test_where_credit_notes_outweigh_payments_there_is_no_share(
    copied_pack: CopiedPack, build: Callable[[Pack, View], Finding]
) -> None:
    pack = with_lines(copied_pack, made([{"amount_pence": -5_000, "supplier_place": "E08000012"}]))
    found = build(pack, View(year=YEAR))
    assert found.empty == ""
    assert found.frame["share"].isna().all()
    assert not re.search(r"\bnan\b", f"{found.headline} {found.sentence} {found.alt}")


def test_a_credit_note_is_taken_off_its_place(copied_pack: CopiedPack) -> None:
    pack = with_lines(
        copied_pack,
        made(
            [
                {"amount_pence": 90_000, "supplier_place": "uk"},
                {"amount_pence": 30_000, "supplier_place": "E08000012"},
                {"amount_pence": -20_000, "supplier_place": "E08000012"},
            ]
        ),
    )
    rows = local_spend.places(pack, View(year=YEAR)).frame.set_index("place")
    assert (rows.loc["E08000012", "pence"], rows.loc["E08000012", "share"]) == (10_000, 10.0)


# -- over the years --------------------------------------------------------------------------------------


def test_the_share_of_every_year_is_that_of_its_lines(pack: Pack, lines: pd.DataFrame) -> None:
    rows = local_spend.retained(pack, View(year=PART)).frame.set_index("year")
    assert list(rows.index) == sorted(lines["year"].unique())
    for year, own in lines.groupby("year"):
        local = own.loc[own["supplier_place"].isin(SIX), "amount_pence"].sum()
        lost = own.loc[own["supplier_place"] == "not-known", "amount_pence"].sum()
        assert rows.loc[year, "share"] == pytest.approx(100 * local / own["amount_pence"].sum())
        assert rows.loc[year, "share_known"] == pytest.approx(
            100 * local / (own["amount_pence"].sum() - lost)
        )


def test_a_part_year_is_marked_and_never_compared(pack: Pack) -> None:
    found = local_spend.retained(pack, View(year=PART))
    last = found.frame.set_index("year").loc[PART]
    assert last["part"]
    assert math.isnan(last["points"])
    assert last["verdict"] == "part year, not compared"
    assert f"{PART} is a part year" in found.sentence
    assert YEAR in found.headline
    assert PART not in found.headline


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        # share, share of a known place, share without one: of all spend
        ((50.0, 55.0, 9.0), (52.0, 54.0, 4.0), "better records are all of the rise"),
        ((50.0, 55.0, 9.0), (52.0, 55.0, 4.0), "better records are all of the rise"),
        ((50.0, 55.0, 9.0), (54.0, 56.0, 4.0), "better records are part of the rise"),
        ((52.0, 54.0, 4.0), (50.0, 55.0, 9.0), "poorer records are all of the fall"),
        ((54.0, 56.0, 4.0), (50.0, 55.0, 9.0), "poorer records are part of the fall"),
    ],
)
def test_records_of_places_are_all_of_a_change_where_the_known_share_did_not_move_with_it(
    first: tuple[float, ...], last: tuple[float, ...], told: str
) -> None:
    columns = ["share", "share_known", "unknown_share"]
    rows = [pd.Series(dict(zip(columns, each, strict=True))) for each in (first, last)]
    said = local_spend.records_in_words(*rows)
    assert len(said) == 1
    assert told in said[0]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ((50.0, 55.0, 4.0), (52.0, 54.0, 4.9), []),
        (
            (50.0, 55.0, 9.0),
            (48.0, 54.0, 4.0),
            ["Spend without a known place went from 9.0% to 4.0%."],
        ),
    ],
)
def test_records_that_hardly_changed_or_work_against_the_change_are_no_part_of_it(
    first: tuple[float, ...], last: tuple[float, ...], said: list[str]
) -> None:
    columns = ["share", "share_known", "unknown_share"]
    rows = [pd.Series(dict(zip(columns, each, strict=True))) for each in (first, last)]
    assert local_spend.records_in_words(*rows) == said


def test_goods_services_and_works_stand_beside_all_payments(pack: Pack, lines: pd.DataFrame) -> None:
    own = paid(lines)
    buying = pd.read_csv(DATA / "programmes.csv").set_index("id")["buys"]
    own = own[own["programme"].map(buying).fillna(False).astype(bool)]
    local = own.loc[own["supplier_place"].isin(SIX), "amount_pence"].sum()
    share = 100 * local / own["amount_pence"].sum()
    row = local_spend.retained(pack, LATEST).frame.set_index("year").loc[YEAR]
    assert row["share_bought"] == pytest.approx(share)
    assert abs(row["share"] - share) > 1
    for found in (local_spend.places(pack, LATEST), local_spend.retained(pack, LATEST)):
        assert "all payments" in found.headline
        assert f"{share:.1f}%" in found.sentence


def test_a_share_of_some_programmes_payments_names_whose_they_are(pack: Pack) -> None:
    for build in (local_spend.places, local_spend.retained, supplier_kinds.kinds):
        assert "all payments" not in build(pack, LATEST.with_(role="commissioner")).sentence
        assert "of all payments" in build(pack, LATEST).sentence
        assert "of payments (Commissioner)" in build(pack, LATEST.with_(role="commissioner")).headline
        assert "of payments (SER-D1)" in build(pack, LATEST.with_(commitment="SER-D1")).headline


def test_years_after_the_view_are_not_known_yet(pack: Pack) -> None:
    assert local_spend.retained(pack, View(year="2023/24")).frame["year"].max() == "2023/24"


# -- by type ---------------------------------------------------------------------------------------------


def test_what_a_type_got_and_what_of_it_stays_is_that_of_the_lines(pack: Pack, lines: pd.DataFrame) -> None:
    rows = supplier_kinds.kinds(pack, LATEST).frame.set_index("type")
    own = paid(lines)
    assert set(rows.index) == set(own["supplier_type"])
    for kind, part in own.groupby("supplier_type"):
        local = part.loc[part["supplier_place"].isin(SIX), "amount_pence"].sum()
        assert rows.loc[kind, "pounds"] == part["amount_pence"].sum() / 100
        assert rows.loc[kind, "share"] == pytest.approx(
            100 * part["amount_pence"].sum() / own["amount_pence"].sum()
        )
        assert rows.loc[kind, "retained"] == pytest.approx(100 * local / part["amount_pence"].sum())


# -- concentration ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [LATEST, View(year="2023/24", role="investor")])
def test_the_hhi_follows_from_the_suppliers_that_are_served(pack: Pack, view: View) -> None:
    rows = supplier_concentration.suppliers(pack, view).export()
    withheld = rows["supplier_id"] == "withheld"
    pounds = rows["pounds"].astype(float)
    paid = pounds[~withheld & (pounds > 0)]
    shares = 100 * paid / (paid.sum() + pounds[withheld].sum())
    low = (shares**2).sum()
    high = low + (100 * pounds[withheld].sum() / (paid.sum() + pounds[withheld].sum())) ** 2
    found = supplier_concentration.concentration(pack, view)
    ends = [f"{low:.0f}", f"{high:.0f}"]
    assert f"HHI {' to '.join(dict.fromkeys(ends))}, on" in found.sentence
    assert found.headline.startswith(f"{shares.nlargest(10).sum():.1f}% of spend")
    assert set(rows["type_label"]).isdisjoint({"Individual"})


def test_the_top_ten_and_the_hhi_are_those_of_the_lines(pack: Pack, lines: pd.DataFrame) -> None:
    own = paid(lines)
    sums = own.groupby("supplier_id")["amount_pence"].sum()
    got = sums[sums > 0].sort_values(ascending=False)
    lost = own.loc[own["supplier_id"].isna(), "amount_pence"].sum()
    whole = got.sum() + lost
    found = supplier_concentration.concentration(pack, LATEST)
    table = found.frame[found.frame["rank"].notna()]
    assert list(table["pounds"]) == [pence / 100 for pence in got.head(10)]
    assert found.headline.startswith(f"{100 * got.head(10).sum() / whole:.1f}% of spend")
    low = ((100 * got / whole) ** 2).sum()
    assert f"HHI {low:.0f} to {low + (100 * lost / whole) ** 2:.0f}, on a scale" in found.sentence
    assert f"{100 * lost / whole:.1f}% of spend, in" in found.sentence


def test_one_supplier_of_all_is_an_hhi_of_ten_thousand_and_four_alike_of_a_quarter() -> None:
    none = pd.DataFrame({"pence": pd.Series(dtype="int64"), "lines": pd.Series(dtype="int64")})
    for number, expected in ((1, 10_000), (4, 2_500)):
        named = pd.DataFrame({"pence": [700] * number, "lines": 1})
        told = supplier_concentration.measured(named, none)
        assert (told.low, told.high, told.suppliers) == (pytest.approx(expected), told.low, number)


def test_a_supplier_in_credit_does_not_make_the_hhi_leave_its_scale() -> None:
    named = pd.DataFrame({"pence": [900, 100, -800], "lines": 1})
    told = supplier_concentration.measured(named, named.iloc[:0])
    assert told.low == pytest.approx(90**2 + 10**2)
    assert told.in_credit == 1


def test_withheld_suppliers_and_people_are_never_named(copied_pack: CopiedPack) -> None:
    pack = with_lines(
        copied_pack,
        made(
            [
                {"amount_pence": 50_000, "supplier": "Named Ltd", "supplier_id": "S0001", "supplier_type": "sme"},
                {"amount_pence": 30_000, "supplier": "REDACTED", "supplier_id": None, "supplier_type": "sme"},
                {"amount_pence": 20_000, "supplier": "Jo Quill", "supplier_id": "S0002", "supplier_type": "individual"},
            ]
        ),
    )  # fmt: skip
    found = supplier_concentration.concentration(pack, View(year=YEAR))
    assert list(found.frame["supplier_label"]) == ["Named Ltd", "Withheld: names are not published"]
    assert "Jo Quill" not in found.export().to_csv() + found.sentence + found.alt
    assert "50.0% of spend, in 2 payments, went to suppliers whose name is withheld." in found.sentence


def test_concentration_follows_a_role_by_the_programmes_linked_to_it(pack: Pack, lines: pd.DataFrame) -> None:
    own = paid(lines)
    own = own[own["programme"].isin(list(area_cells.programmes(pack, View(role="investor"), "has_money")))]
    sums = own.groupby("supplier_id")["amount_pence"].sum().sort_values(ascending=False)
    found = supplier_concentration.concentration(pack, View(role="investor", year=YEAR))
    table = found.frame[found.frame["rank"].notna()]
    assert list(table["pounds"]) == [pence / 100 for pence in sums.head(10)]
    assert "payments (Investor)" in found.subtitle
    assert table["pounds"].max() < supplier_concentration.concentration(pack, LATEST).frame["pounds"].max()


# -- contracts -------------------------------------------------------------------------------------------


def wilson(x: float, n: float) -> tuple[float, float]:
    z = 1.959964
    middle, half = x / n + z * z / (2 * n), z * math.sqrt(x / n * (1 - x / n) / n + z * z / (4 * n * n))
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


def test_contracts_above_the_threshold_are_counted_by_year_of_start(pack: Pack) -> None:
    own = pd.read_csv(DATA / "contracts.csv", parse_dates=["start"])
    own = own[own["value_pence"] > 2_000_000]
    own = own.assign(year=own["start"].map(financial_year))
    rows = contracts.contracts(pack, LATEST).frame.set_index("year")
    assert rows.index.max() == YEAR
    for year in rows.index:
        part = own[own["year"] == year]
        scored = int(part["social_value_scored"].sum())
        assert (rows.loc[year, "scored"], rows.loc[year, "contracts"]) == (scored, len(part))
        low, high = wilson(scored, len(part))
        assert rows.loc[year, "lower"] == pytest.approx(low, abs=0.01)
        assert rows.loc[year, "upper"] == pytest.approx(high, abs=0.01)
        assert rows.loc[year, "weighting"] == pytest.approx(part["weighting_percent"].fillna(0).mean())


def test_contracts_of_which_nobody_knows_whether_they_were_scored_are_counted_beside_the_others(
    copied_pack: CopiedPack, small_pack: Pack
) -> None:
    every = False

    def forgotten(rows: pd.DataFrame) -> pd.DataFrame:
        own = pd.to_datetime(rows["start"]).between("2025-04-01", "2026-03-31") & (
            rows["value_pence"].astype(int) > 20_000_00
        )
        three = rows.index[own] if every else rows.index[own][:3]
        return rows.assign(
            social_value_scored=rows["social_value_scored"].mask(rows.index.isin(three), ""),
            weighting_percent=rows["weighting_percent"].mask(rows.index.isin(three), ""),
        )

    before = contracts.contracts(small_pack, LATEST)
    assert (before.frame["unknown"] == 0).all()
    copied_pack.change("contracts", forgotten)
    # As in a pack with contracts from published notices: these need not say it.
    about = json.loads((copied_pack.folder / "datapackage.json").read_text(encoding="utf-8"))
    fields = next(r["schema"]["fields"] for r in about["resources"] if r["name"] == "contracts")
    del next(f for f in fields if f["name"] == "social_value_scored")["constraints"]
    (copied_pack.folder / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    found = contracts.contracts(copied_pack.open(), LATEST)
    counts = [
        f.frame.set_index("year").loc["2025/26", ["contracts", "unknown"]].tolist() for f in (before, found)
    ]
    assert counts[1] == [counts[0][0] - 3, 3]
    row = found.frame.set_index("year").loc["2025/26"]
    least, most = 100 * row["scored"] / counts[0][0], 100 * (row["scored"] + 3) / counts[0][0]
    assert (row["least"], row["most"]) == (pytest.approx(least), pytest.approx(most))
    assert least < row["share"] < most
    assert (
        f"Of 3 contracts more it is not known whether it was scored: with them the share is between {least:.1f}% and {most:.1f}%."
        in found.sentence
    )
    every = True
    copied_pack.change("contracts", forgotten)
    found = contracts.contracts(copied_pack.open(), LATEST)
    assert found.headline == (
        f"Of none of {counts[0][0]} contracts starting in 2025/26 it is known if social value was scored"
    )


def test_a_year_differs_only_where_it_does_whatever_is_not_known() -> None:
    def verdict(unknown: int) -> str:
        rows = pd.DataFrame(
            {
                "year": ["2023/24", "2024/25"],
                "part": False,
                "scored": [20, 60],
                "contracts": 100,
                "unknown": [0, unknown],
            }
        )
        return contracts.verdicts(rows)[1]

    assert [verdict(unknown) for unknown in (0, 40, 400)] == [
        "above the year before",
        "above the year before",
        "no clear change",
    ]


def test_the_published_figure_stands_beside_and_agreement_with_made_up_contracts_is_no_check(
    pack: Pack,
) -> None:
    found = contracts.contracts(pack, LATEST)
    assert found.frame.set_index("year").loc["2022/23", "published"] == 65
    assert "Published elsewhere for 2022/23: 65%" in found.sentence
    assert "That is not a check: the contracts here are illustrative." in found.sentence
    assert set(found.statuses) == {"published", "illustrative"}


@pytest.mark.exhaustive
def test_a_published_figure_outside_the_limits_does_not_agree(copied_whole_pack: CopiedPack) -> None:
    def other(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(value=rows["value"].mask(rows["indicator"] == "COM-I6", "90"))

    copied_whole_pack.change("observations_published", other)
    found = contracts.contracts(copied_whole_pack.open(), LATEST)
    assert found.frame.set_index("year").loc["2022/23", "agrees"] == "no"
    assert "which does not agree with it" in found.sentence


def test_the_published_figure_is_not_put_beside_the_contracts_of_one_commitment(pack: Pack) -> None:
    found = contracts.contracts(pack, View(commitment="COM-A5", year=YEAR))
    assert found.frame["published"].isna().all()
    assert "Published elsewhere" not in found.sentence


def test_without_a_minimum_weighting_nobody_is_said_to_be_below_it(pack: Pack) -> None:
    found = contracts.contracts(pack, LATEST)
    assert found.frame["below"].isna().all()
    assert "promised without a number" in found.sentence


def test_with_a_minimum_weighting_those_below_it_are_counted(copied_pack: CopiedPack) -> None:
    def of_ten(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(target=rows["target"].mask(rows["id"] == "COM-I7", "10"))

    copied_pack.change("indicators", of_ten)
    own = pd.read_csv(SMALL / "contracts.csv", parse_dates=["start"])
    own = own[(own["value_pence"] > 2_000_000) & (own["start"].map(financial_year) == YEAR)]
    found = contracts.contracts(copied_pack.open(), LATEST)
    below = int((own["weighting_percent"].fillna(0) < 10).sum())
    assert found.frame.set_index("year").loc[YEAR, "below"] == below
    assert f"{below} contracts below the minimum of 10 points." in found.sentence


# -- standards and multiplier ----------------------------------------------------------------------------


def test_a_standard_without_a_figure_is_said_to_have_none(pack: Pack) -> None:
    found = supplier_standards.standards(pack, LATEST)
    rows = found.frame.set_index("indicator")
    assert math.isnan(rows.loc["COM-I3", "value"])
    assert "Suppliers with SV or ESG: no figure." in found.sentence
    assert rows.loc["COM-I2", "value"] == pytest.approx(100 * 151 / 337, abs=0.05)
    assert set(found.chart["label"]) == {"Third-sector suppliers", "Real living wage suppliers"}


def test_the_multiplier_is_never_made_up(pack: Pack) -> None:
    found = supplier_standards.multiplier(pack, LATEST)
    assert found.frame.empty
    for word in ("R1", "R2", "R3", "local area declared"):
        assert word in found.empty


def test_a_surveyed_multiplier_is_told_and_one_without_a_round_is_not(copied_pack: CopiedPack) -> None:
    path = copied_pack.folder / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    pattern = next(each for each in about["resources"] if each["name"] == "facts")
    names = ("year", "local_area", "r1_pence", "r2_pence", "r3_pence")
    fields = [
        {"name": name, "type": "integer" if name.startswith("r") else "string", "title": name} for name in names
    ]  # fmt: skip
    own = {
        **pattern,
        "name": "local_multiplier",
        "path": "local_multiplier.csv",
        "schema": {"fields": fields},
    }
    path.write_text(json.dumps({**about, "resources": [*about["resources"], own]}), encoding="utf-8")
    (copied_pack.folder / "local_multiplier.csv").write_text(
        f"{','.join(names)}\n{BEFORE},Six districts,10000,5000,2000\n{YEAR},Six districts,10000,5000,\n"
    )
    found = supplier_standards.multiplier(copied_pack.open(), LATEST)
    assert list(found.frame["lm3"]) == [1.7]
    assert found.headline == f"£1 paid led to £1.70 spent in Six districts, {BEFORE}"


# -- not reached -----------------------------------------------------------------------------------------


def test_districts_stand_beside_their_residents(pack: Pack, lines: pd.DataFrame) -> None:
    areas = pd.read_csv(DATA / "areas.csv")
    residents = areas.groupby("district")["population"].sum()
    own = paid(lines)
    pence = own.groupby("supplier_place")["amount_pence"].sum()[SIX]
    rows = unreached_places.unreached(pack, LATEST).frame.set_index("district")
    for code in SIX:
        share, people = 100 * pence[code] / pence.sum(), 100 * residents[code] / residents.sum()
        assert rows.loc[code, "share"] == pytest.approx(share)
        assert rows.loc[code, "points"] == pytest.approx(share - people)
        assert rows.loc[code, "times"] == pytest.approx(share / people)
        assert rows.loc[code, "per_resident"] == pytest.approx(pence[code] / 100 / residents[code])
    assert rows["per_resident"].is_monotonic_increasing


def test_deprived_areas_without_a_supplier_are_counted(pack: Pack, lines: pd.DataFrame) -> None:
    areas = pd.read_csv(DATA / "areas.csv")
    sums = paid(lines).groupby("supplier_area")["amount_pence"].sum()
    deprived = areas[areas["decile"] == 1]
    without = deprived[~deprived["code"].isin(sums.index[sums > 0])]
    found = unreached_places.unreached(pack, LATEST)
    assert found.frame["deprived"].sum() == len(deprived)
    assert found.frame["without"].sum() == len(without)
    assert f"{len(without)} of {len(deprived)} areas in England's most deprived tenth" in found.sentence
    placed = sums[sums.index.isin(areas["code"])]
    share = 100 * placed[placed.index.isin(deprived["code"])].sum() / placed.sum()
    got = f"The most deprived tenth as a whole ({len(deprived)} areas) got {share:.1f}% of the spend with a known area"
    assert got in found.sentence


def test_an_area_that_only_gave_money_back_has_no_supplier_paid(copied_pack: CopiedPack) -> None:
    area = pd.read_csv(SMALL / "areas.csv").query("decile == 1").iloc[0]
    other = {"amount_pence": 90_000, "supplier_place": "uk"}
    here = {"supplier_place": area["district"], "supplier_area": area["code"]}
    pack = with_lines(copied_pack, made([other, {**here, "amount_pence": -10_000}]))
    rows = unreached_places.unreached(pack, View(year=YEAR)).frame
    assert rows["without"].sum() == rows["deprived"].sum()


# -- nothing to show, and words --------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_MONEY)
def test_a_year_without_payments_says_so(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, View(year="2018/19"))
    assert found.frame.empty
    assert found.empty == "No payment in 2018/19 for this role and commitment."


@pytest.mark.parametrize("name", OF_MONEY)
def test_a_commitment_without_a_programme_says_what_to_do(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, View(commitment="COM-D1", year=YEAR))
    assert found.frame.empty
    assert found.empty.startswith("No programme with money is linked to this role or commitment.")


@pytest.mark.parametrize(
    ("name", "missing", "said"),
    [
        *((name, "payments", "add the table payments") for name in OF_MONEY),
        ("contracts", "contracts", "add the table contracts"),
        ("unreached", "areas", "add the table areas"),
    ],
)
def test_without_its_table_a_finding_says_what_is_missing(
    copied_pack: CopiedPack, name: str, missing: str, said: str
) -> None:
    copied_pack.unlist(missing)
    found = BUILDS[name](copied_pack.open(), LATEST)
    assert found.frame.empty
    assert said in found.empty


@pytest.mark.parametrize("name", OF_MONEY)
def test_without_the_file_of_its_payments_a_finding_is_refused(copied_pack: CopiedPack, name: str) -> None:
    copied_pack.remove("payments")
    with pytest.raises(LinesError, match=r"payments\.parquet: there is no such file"):
        BUILDS[name](copied_pack.open(), LATEST)


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize(
    "view",
    [
        LATEST,
        View(year=PART, compare=YEAR),
        View(year="all"),
        View(year="2018/19"),
        View(role="civic-leader", year=YEAR),
        View(role="commissioner", year=PART),
        View(commitment="COM-D1", year=YEAR),
    ],
    ids=lambda view: f"{view.role} {view.commitment} {view.year}",
)
def test_headlines_are_short_and_no_text_holds_what_is_not_known(pack: Pack, name: str, view: View) -> None:
    found = BUILDS[name](pack, view)
    assert len(found.headline) <= 90, found.headline
    for text in (found.headline, found.subtitle, found.sentence, found.alt, found.empty):
        assert not re.search(r"\bnan\b|<NA>|None\b", text), text
    assert found.empty or (found.sentence and found.alt)
    assert bool(found.empty) == found.frame.empty
    assert ("part year" in found.subtitle) == (view.year == PART)


@pytest.mark.parametrize("name", BUILDS)
def test_every_field_that_a_drawing_reads_is_in_the_rows_of_its_finding(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, LATEST)
    drawing = chart_structures.drawing_of(found.name)
    if drawing not in BUILDERS:
        assert found.chart is None
        return
    for columns in (1, 4):
        spec = json.dumps(BUILDERS[drawing](columns))
        read = set(re.findall(r'"field": "(\w+)"', spec)) | set(re.findall(r"datum\.(\w+)", spec))
        assert read
        assert read - {"at", "place"} <= set(found.chart.columns)
