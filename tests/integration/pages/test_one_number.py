"""One noun, one number: what several tables and sentences tell of one quantity, year and place is the same.

A quantity is known by its name, its scope (of which people or pounds), its year and its place. Readers take quantities
out of findings; every open table has a reader, or stands among those that share no quantity, with the reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd
import pytest

from svdash import wording
from svdash.findings import overview_cards
from svdash.findings.equality import gap_verdicts
from svdash.findings.equality.comparison_groups import characteristics
from svdash.findings.finding import Finding, records
from svdash.findings.open_data import open_tables
from svdash.findings.progress import headline_tiles
from svdash.findings.reach import area_cells
from svdash.findings.spec import Spec
from svdash.register import ALL, Framework, View
from svdash.tables import Pack
from tests.copies import DATA, CopiedPack

RETAINED = "share of spend retained in the districts"
LISTED = "share of spend with the Community Suppliers List"
BOUGHT = "goods, services and works"
SCORED = "share of contracts with scored social value"
TENTH = "share in the most deprived tenth"
LEADING = "leading series"
# Indicators that other pages tell as well, under the name and the scope that these use.
ALSO = {"COM-I4": (LISTED, BOUGHT), "COM-I5": (RETAINED, BOUGHT)}
MEAN_GAP, MEDIAN_GAP = "EMP-I7", "EMP-I8"
VIEWS = (
    View(year="2025/26", compare="2024/25"),
    View(year="2024/25", compare="2023/24"),
    View(year="2023/24", compare="2022/23"),
    View(role="commissioner", year="2025/26", compare="2024/25"),
    View(role="employer", year="2025/26", compare="2024/25"),
)
# Tables of a district that tell of the same people, for one large and one small.
WITHIN = tuple(View(year="2025/26", compare="2024/25", district=code) for code in ("E08000012", "E06000006"))
OF_REACH = (
    "lands",
    "deciles",
    "most-deprived",
    "concentration",
    "concentration-years",
    "parity",
    "reach-change",
)


class Quantity(NamedTuple):
    """What is counted, of whom or what, when, and where."""

    name: str
    scope: str
    year: str
    place: str = ""


class Told(NamedTuple):
    """A value or a verdict of a quantity, and the place that tells it."""

    quantity: Quantity
    said: str
    where: str


def disagreements(told: Iterable[Told]) -> list[str]:
    """Say of each quantity with several values or verdicts which they are, and where they stand."""
    found: dict[Quantity, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in told:
        found[each.quantity][each.said].add(each.where)
    return [
        f"{quantity}: "
        + "; ".join(f"{said} in {', '.join(sorted(at))}" for said, at in sorted(values.items()))
        for quantity, values in sorted(found.items())
        if len(values) > 1
    ]


def percent(value: Any) -> str:
    """Write a share as it is compared: to a tenth of a point."""
    return f"{float(value):.1f}"


@dataclass(frozen=True)
class Page:
    """One finding, with the pack and the view that it was asked for."""

    pack: Pack
    view: View
    finding: Finding

    def told(self, name: str, scope: str, year: str, said: str, place: str = "") -> Told:
        return Told(Quantity(name, scope, year, place), said, self.finding.name)

    @property
    def scope(self) -> str:
        """The payments, or the commitments, that the view adds up."""
        return self.view.role

    def rows(self) -> list[dict[str, Any]]:
        return records(self.finding.frame)


Reader = Callable[[Page], Iterator[Told]]


# -- indicators ------------------------------------------------------------------------------------------


def of_indicator(page: Page, code: str, series: str, period: str, value: Any) -> Iterator[Told]:
    """One value of an indicator, under the name that other pages know it by."""
    if pd.isna(value):
        return
    yield page.told(code, series, period, percent(value))
    if code in ALSO and series.endswith("all|all"):
        name, scope = ALSO[code]
        yield page.told(name, f"{ALL}, {scope}", period, percent(value))


def series_of(row: Mapping[str, Any]) -> str:
    return f"{row['organisation']}|{row['characteristic']}|{row['group']}"


def observations(page: Page) -> Iterator[Told]:
    """Values by series and period; quarters of contracts also as the year that they add up to."""
    for row in page.rows():
        yield from of_indicator(page, row["indicator"], series_of(row), row["period"], row["value"])
    if page.finding.frame.empty:
        return
    frame = page.finding.frame
    code = Framework.of(page.pack).concept("contracts-with-scored-social-value")
    quarters = frame[(frame["indicator"] == code) & frame["period"].str.contains(" Q")]
    for year, rows in quarters.drop_duplicates("period").groupby("year"):
        if len(rows) == 4:
            share = 100 * rows["numerator"].sum() / rows["denominator"].sum()
            yield page.told(SCORED, ALL, str(year), percent(share))


def indicator(page: Page) -> Iterator[Told]:
    yield from observations(page)
    code = page.finding.params["indicator"]
    if page.finding.frame.empty or page.finding.params["characteristic"] != leading_of(page.pack, code):
        return
    yield page.told(f"{code}, verdict", LEADING, page.view.year, page.finding.verdict)


def leading_of(pack: Pack, code: str) -> str:
    given = Framework.of(pack).indicator(code)["lead_group"]
    return ALL if pd.isna(given) else str(given).partition("=")[0]


def verdict_code(label: str) -> str:
    return next(code for code, name in wording.VERDICT.items() if name == label)


def latest(page: Page, code: str, text: str) -> Iterator[Told]:
    """The newest value of a leading series, as a line of a summary writes it."""
    hit = re.fullmatch(r"(.+) in (\S+(?: [QH]\d)?)", text)
    if hit:
        yield page.told(f"{code}, latest", LEADING, page.view.year, f"{hit[1]} in {hit[2]}")


def board(page: Page) -> Iterator[Told]:
    for row in page.rows():
        yield from latest(page, row["indicator"], row["latest"])
        label = verdict_code(row["verdict_label"])
        if label not in ("no-data", "no-agreed-measure"):
            yield page.told(f"{row['indicator']}, verdict", LEADING, page.view.year, label)


def crosswalk(page: Page) -> Iterator[Told]:
    """Each indicator as on its own page, in every framework that it serves."""
    served = page.finding.frame[page.finding.frame["verdict"] != ""]
    yield from board(replace(page, finding=replace(page.finding, frame=served)))


def measures(page: Page) -> Iterator[Told]:
    for row in page.rows():
        code = str(row["indicator"]).split(" ")[0]
        yield from latest(page, code, row["latest"])
        if row["verdict"] not in ("no-data", "no-agreed-measure"):
            yield page.told(f"{code}, verdict", LEADING, page.view.year, row["verdict"])


def standards(page: Page) -> Iterator[Told]:
    for row in page.rows():
        if pd.notna(row["value"]):
            yield from of_indicator(page, row["indicator"], "lcrca|all|all", row["period"], row["value"])
            label = verdict_code(row["verdict_label"])
            yield page.told(f"{row['indicator']}, verdict", LEADING, page.view.year, label)


# -- the local economy -----------------------------------------------------------------------------------


def contracts(page: Page) -> Iterator[Told]:
    code = Framework.of(page.pack).concept("contracts-with-scored-social-value")
    for row in page.rows():
        if not row["part"]:
            yield page.told(SCORED, page.scope, row["year"], percent(row["share"]))
    if page.finding.verdict and page.scope == ALL:
        yield page.told(f"{code}, verdict", LEADING, page.view.year, page.finding.verdict)


def in_words(page: Page, name: str, scope: str, year: str, pattern: str) -> Iterator[Told]:
    """Values of a quantity in the headline and the sentence."""
    for hit in re.finditer(pattern, f"{page.finding.headline} {page.finding.sentence}"):
        yield page.told(name, scope, year, percent(hit[1]))


def places(page: Page) -> Iterator[Told]:
    year = page.view.year
    for row in page.rows():
        if row["place"] == "all-districts":
            yield page.told(RETAINED, page.scope, year, percent(row["share"]))
            yield page.told(RETAINED, f"{page.scope}, {BOUGHT}", year, percent(row["share_bought"]))
            yield page.told(RETAINED, f"{page.scope}, of a known place", year, percent(row["share_known"]))
    yield from in_words(page, RETAINED, page.scope, year, r"([\d.]+)% of [\w ]*payments[\w ()]* stayed")
    yield from in_words(
        page,
        RETAINED,
        f"{page.scope}, {BOUGHT}",
        year,
        r"goods, services and works among them it is ([\d.]+)%",
    )


def retained(page: Page) -> Iterator[Told]:
    for row in page.rows():
        yield page.told(RETAINED, page.scope, row["year"], percent(row["share"]))
        yield page.told(RETAINED, f"{page.scope}, {BOUGHT}", row["year"], percent(row["share_bought"]))
        yield page.told(RETAINED, f"{page.scope}, of a known place", row["year"], percent(row["share_known"]))
    year = page.view.year
    yield from in_words(page, RETAINED, page.scope, year, r"Retained locally of [^:]+: ([\d.]+)%")
    yield from in_words(
        page, RETAINED, f"{page.scope}, {BOUGHT}", year, r"goods, services and works only: ([\d.]+)%"
    )


def kinds(page: Page) -> Iterator[Told]:
    for row in page.rows():
        if row["type"] == "community-suppliers-list":
            yield page.told(LISTED, page.scope, page.view.year, percent(row["share"]))
            yield page.told(LISTED, f"{page.scope}, {BOUGHT}", page.view.year, percent(row["share_bought"]))
    yield from in_words(page, RETAINED, page.scope, page.view.year, r"; ([\d.]+)% of [\w ]*payments")


# -- staff and pay ---------------------------------------------------------------------------------------


def staff(page: Page) -> Iterator[Told]:
    for row in page.rows():
        yield from of_indicator(page, row["indicator"], series_of(row), row["period"], row["value"])


def workforce(page: Page) -> Iterator[Told]:
    """Shares of staff, and what is said of them: in words, in the table and in the summary."""
    yield from staff(page)
    yield from compared("workforce")(page)


def pay_returns(page: Page) -> Iterator[Told]:
    for row in page.rows():
        for code, column in ((MEAN_GAP, "mean"), (MEDIAN_GAP, "median")):
            if pd.notna(row[column]):
                yield page.told(code, f"{row['organisation']}|all|all", row["year"], percent(row[column]))


def pay(page: Page) -> Iterator[Told]:
    about = page.finding.about
    if not about or page.finding.frame.empty or about["characteristic"] != "sex":
        return
    labels = Framework.of(page.pack).vocabulary.labels("organisation")
    body = next(code for code, label in labels.items() if label == about["organisation"])
    for row in page.rows():
        for code, column in ((MEAN_GAP, "mean_gap"), (MEAN_GAP, "gap"), (MEDIAN_GAP, "median_gap")):
            if row["group_label"] == "Women" and pd.notna(row.get(column)):
                yield page.told(code, f"{body}|all|all", about["year"], percent(row[column]))


# -- reach -----------------------------------------------------------------------------------------------


def lands(page: Page) -> Iterator[Told]:
    """Every programme beside the residents, of the whole or of one district."""
    for row in page.rows():
        if row["of"] == "people" and pd.notna(row["share"]):
            year = page.finding.about["year"]
            yield page.told(TENTH, str(row["what"]), year, percent(row["share"]), page.view.district)
            yield page.told(
                f"{TENTH}, beside residents", str(row["what"]), year, str(row["side"]), page.view.district
            )


def by_programme(
    wanted: Callable[[Mapping[str, Any]], bool], column: str = "share", year: str = ""
) -> Reader:
    """Read the share in the most deprived tenth of people of one programme; ``year`` is where the finding says of which."""

    def read(page: Page) -> Iterator[Told]:
        about = page.finding.about
        for row in page.rows():
            if wanted(row) and pd.notna(row[column]):
                when = str(row.get("year", about.get(year or "year")))
                yield page.told(TENTH, about["programme"], when, percent(row[column]), page.view.district)

    return read


def deciles(page: Page) -> Iterator[Told]:
    yield from by_programme(lambda row: row["decile"] == 1)(page)
    hit = re.search(r"(above|below|level with)", page.finding.headline)
    if hit and page.finding.about.get("programme") and not page.finding.empty:
        about = page.finding.about
        name = f"{TENTH}, beside residents"
        yield page.told(name, about["programme"], about["year"], hit[1], page.view.district)


def changes(page: Page) -> Iterator[Told]:
    first = by_programme(lambda row: row["decile"] == 1)
    before = by_programme(lambda row: row["decile"] == 1, "share_before", "compared")
    yield from first(page)
    yield from before(page)


# -- progress --------------------------------------------------------------------------------------------


def counted(word: str) -> str:
    return "0" if word.casefold() in ("none", "nothing") else word


def progress(*patterns: tuple[str, str]) -> Reader:
    """Read counts of commitments out of the headline and the sentence."""

    def read(page: Page) -> Iterator[Told]:
        text = f"{page.finding.headline}. {page.finding.sentence}"
        for name, pattern in patterns:
            for hit in re.finditer(pattern, text):
                yield page.told(name, page.scope, page.view.year, counted(hit[1]))

    return read


def gaps(page: Page) -> Iterator[Told]:
    hit = re.match(r"(\d+) of (\d+) breakdowns are measured", page.finding.headline)
    if hit:
        share = percent(100 * int(hit[1]) / int(hit[2]))
        yield page.told("breakdowns measured", page.scope, page.view.year, share)


def gaps_by_year(page: Page) -> Iterator[Told]:
    for row in page.rows():
        if pd.notna(row["value"]):
            yield page.told("breakdowns measured", page.scope, row["period"], percent(row["value"]))


# -- verdicts that are counted ---------------------------------------------------------------------------

BETTER = "success measures better, all tests taken together"
HOLD = "tests that hold when all are taken together"


def number_in(text: str, pattern: str) -> int:
    """A count that a text gives in figures or as none; 0 where it says nothing of it."""
    hit = re.search(pattern, text)
    return int(counted(hit[1])) if hit else 0


def held(page: Page, scope: str, rows: int) -> Iterator[Told]:
    """How many tests hold, as the sentence says it and as the rows of the table do."""
    said = number_in(page.finding.sentence, r"; (\d+|none) holds? when all are taken together")
    said += "1 test: it stands out" in page.finding.sentence
    yield page.told(HOLD, scope, page.view.year, str(said), "sentence")
    yield Told(Quantity(HOLD, scope, page.view.year, "sentence"), str(rows), f"{page.finding.name}, table")


def better_in(headline: str) -> int:
    """How many measures a headline says are better: by a trend, and than the baseline."""
    return number_in(headline, r"^(\d+|None) of") + number_in(headline, r"; (\d+) better")


def better(page: Page) -> Iterator[Told]:
    """Success measures that are better beyond chance: in the title, and in the table."""
    yield from measures(page)
    yield page.told(BETTER, page.scope, page.view.year, str(better_in(page.finding.headline)))
    rows = [
        row
        for row in page.rows()
        if row["verdict"] in ("improving", "better-than-baseline") and row["together"] != "taken alone only"
    ]
    yield Told(Quantity(BETTER, page.scope, page.view.year), str(len(rows)), "measures, table")
    yield from held(page, page.scope, sum(row["together"] == "holds" for row in page.rows()))


def over_time(page: Page) -> Iterator[Told]:
    """Gaps that are narrower or wider: in the title, in the sentence and in the table."""
    if page.finding.empty:
        return
    scope, rows = page.finding.params["characteristic"], page.rows()
    for word, ways in (("narrower", ("narrower", "narrowing")), ("wider", ("wider", "widening"))):
        title = number_in(page.finding.headline, rf"(\d+|none) (?:(?:is|are) )?{word}")
        found = sum(row["verdict"] in ways and row["holds"] and not row["again"] for row in rows)
        name = f"gaps {word} beyond chance"
        yield page.told(name, scope, page.view.year, str(title))
        yield Told(Quantity(name, scope, page.view.year), str(found), "equality-over-time, table")
        said = sum(
            row["verdict"] in ways
            and row["fair"]
            and not row["again"]
            and row["verdict_label"].endswith("beyond chance")
            for row in rows
        )
        yield Told(Quantity(name, scope, page.view.year), str(said), "equality-over-time, in words")
    if all(row["now_period"] for row in rows):
        yield from held(
            page,
            f"gaps by {scope}",
            sum(
                row["holds"] and not row["again"] and not row["then_period"].startswith("average")
                for row in rows
            ),
        )


def compared(part: str) -> Reader:
    """What one part says of a characteristic, as the summary says it too."""

    def read(page: Page) -> Iterator[Told]:
        scope = page.finding.params["characteristic"]
        verdict = page.finding.verdict
        # Of services it is said by role, since programmes belong to roles.
        whose = f"{scope}, {page.scope}" if part == "services" else scope
        yield page.told(f"{part}, verdict", whose, page.view.year, verdict)
        beyond = {"less likely", "more likely", "below residents", "above residents"}
        if page.finding.empty:
            return
        rows = [
            row
            for row in page.rows()
            if not row.get("together") and row.get("year") == page.rows()[0].get("year")
        ]
        yield from held(
            page,
            f"{part} by {whose}",
            sum(
                row["verdict"] in beyond and row["group"] != "not-stated" and not row.get("again")
                for row in rows
            ),
        )

    return read


def look(page: Page) -> Iterator[Told]:
    """What the summary says of every comparison, and how many show a gap."""
    for row in page.rows():
        scope = row["characteristic"]
        whose = f"{scope}, {page.scope}" if row["part"] == "services" else scope
        yield page.told(f"{row['part']}, verdict", whose, page.view.year, row["verdict"])
    real = sum(row["verdict"] == gap_verdicts.REAL for row in page.rows())
    name = "comparisons with a gap beyond chance"
    yield page.told(
        name, page.scope, page.view.year, str(number_in(page.finding.headline, r"^(\d+|None) of"))
    )
    yield Told(Quantity(name, page.scope, page.view.year), str(real), "equality, table")


OVERDUE, ASKED = "commitments overdue", "commitments"
READERS: dict[str, Reader] = {
    "standing": progress((OVERDUE, r"(\d+|None) overdue\.")),
    "attention": progress((OVERDUE, r"(\d+|None) (?:is|are) overdue")),
    "overdue": progress(
        (OVERDUE, r"(\d+) of \d+ commitments overdue"), (ASKED, r"of (\d+) commitments overdue")
    ),
    "exceptions": progress((OVERDUE, r"[Oo]verdue: (\d+)")),
    "unattended": progress((ASKED, r"(?:\d+ of|all) (\d+) commitments")),
    "changes": progress((ASKED, r"\d+ of (\d+) stand where")),
    "measures": better,
    "indicators": board,
    "crosswalk": crosswalk,
    "observations": observations,
    "indicator": indicator,
    "lands": lands,
    "deciles": deciles,
    "most-deprived": by_programme(
        lambda row: row["base"] == "England's deciles" and row["cut"] == "Most deprived 10%"
    ),
    "concentration": by_programme(lambda row: row["point"] == "To the end of decile 1"),
    "concentration-years": by_programme(lambda row: row["basis"] == "decile"),
    "parity": by_programme(lambda row: row["place"] == "Decile 1"),
    "reach-change": changes,
    "equality": look,
    "equality-recruitment": compared("recruitment"),
    "equality-owners": compared("owners"),
    "equality-services": compared("services"),
    "equality-over-time": over_time,
    "equality-workforce": workforce,
    "equality-target": staff,
    "equality-pay-groups": pay,
    "equality-pay-split": pay,
    "equality-pay-returns": pay_returns,
    "data-gaps": gaps,
    "data-gaps-share": gaps_by_year,
    "economy-places": places,
    "economy-retained": retained,
    "economy-kinds": kinds,
    "economy-contracts": contracts,
    "economy-standards": standards,
}
# Tables whose quantities no other one tells, with the reason.
ALONE = {
    "commitments": "the register itself",
    "promises": "the promises from day one alone: a scope of its own",
    "areas": "figures of single areas",
    "area": "figures of single areas",
    "areas-together": "figures of single areas",
    "areas-change": "figures of single areas",
    "areas-by-district": "medians of areas, told nowhere else",
    "cold-spots": "figures of single areas",
    "catchments": "residents near a place, told nowhere else",
    "equality-owners-answers": "answers of suppliers and investees, told nowhere else",
    "equality-gradient": "slopes over all deciles, told nowhere else",
    "economy-concentration": "shares of single suppliers",
    "economy-suppliers": "shares of single suppliers",
    "economy-multiplier": "a survey, told nowhere else",
    "economy-unreached": "shares of districts, told nowhere else",
    "methods": "words",
    "crosswalk-gaps": "names of outcomes and indicators",
    "catalogue": "tables of the pack",
    "updates": "words of leads",
    "board-ratings": "ratings of the Board, which are no count of the pack",
    "board-questions": "words of the Board and of officers",
    "evidence-audit": "claims drawn at random, told nowhere else",
    "evidence-audit-share": "claims drawn at random, told nowhere else",
    "dictionary": "words",
}


def asked(pack: Pack, table: Spec) -> Iterator[dict[str, str]]:
    """Every set of a table's own parameters that a quantity may be read from."""
    usual = {name: each.default or "" for name, each in table.parameters.items()}
    if table.name == "indicator":
        for code in Framework.of(pack).indicators.index:
            yield usual | {"indicator": str(code)}
    elif "programme" in table.parameters:
        for programme in area_cells.programmes(pack, View(), "counts_people"):
            yield usual | {"show": "reach", "programme": programme}
    elif "characteristic" in table.parameters:
        for characteristic in characteristics(pack):
            yield usual | {"characteristic": characteristic}
    else:
        yield usual


def walk(pack: Pack, view: View) -> Iterator[Told]:
    """Yield every quantity that a view's tables and tiles tell; of one district, those of people reached alone."""
    for table in open_tables.every_table(pack):
        if table.name not in READERS or (view.district != ALL and table.name not in OF_REACH):
            continue
        for own in asked(pack, table):
            found = table.build(pack, view, own)
            yield from READERS[table.name](Page(pack, view, found))
    for tile in headline_tiles.tiles(pack, view) if view.district == ALL else []:
        if tile.params.get("delivery") == "overdue":
            yield Told(Quantity(OVERDUE, view.role, view.year), tile.number, "tiles")
            yield Told(Quantity(ASKED, view.role, view.year), re.findall(r"\d+", tile.detail)[0], "tiles")
        if tile.label == "Measures really better":
            yield Told(Quantity(BETTER, view.role, view.year), tile.number, "tiles")
    yield from cards(pack, view)


def cards(pack: Pack, view: View) -> Iterator[Told]:
    """What the overview's cards count."""
    for card in overview_cards.board(pack, view).cards:
        if card.name == "measures":
            number = str(better_in(card.headline))
            yield Told(Quantity(BETTER, view.role, view.year), number, "overview card")
        if card.name == "equality":
            marks = sum(line.mark == "gap" for group in card.groups for line in group.lines)
            name = "comparisons with a gap beyond chance"
            yield Told(Quantity(name, view.role, view.year), str(marks), "overview card")


def test_every_open_table_is_read_or_said_to_stand_alone(pack: Pack) -> None:
    names = {table.name for table in open_tables.every_table(pack) if not table.name.startswith("pack-")}
    assert names == set(READERS) | set(ALONE)
    assert not set(READERS) & set(ALONE)


@pytest.fixture(
    scope="module",
    params=[
        # At a desk everybody, one role and one district.
        pytest.param((VIEWS[0], VIEWS[3], WITHIN[1]), id="some views"),
        pytest.param((*VIEWS, *WITHIN), id="every view", marks=pytest.mark.exhaustive),
    ],
)
def told(pack: Pack, request: pytest.FixtureRequest) -> list[Told]:
    return [each for view in request.param for each in walk(pack, view)]


def test_a_quantity_has_one_value_and_one_verdict_on_all_pages(told: list[Told]) -> None:
    assert disagreements(told) == []


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        (RETAINED, ALL),
        (RETAINED, f"{ALL}, {BOUGHT}"),
        (RETAINED, "commissioner"),
        (LISTED, f"{ALL}, {BOUGHT}"),
        (SCORED, ALL),
        ("COM-I6, verdict", LEADING),
        ("COM-I1, verdict", LEADING),
        ("EMP-I5", "lcrca-merseytravel|sex|women"),
        ("EMP-I6", "lcrca-merseytravel|ethnic-group|minority"),
        (MEAN_GAP, "lcrca|all|all"),
        (TENTH, "Concessionary travel"),
        (TENTH, "Housing First"),
        (f"{TENTH}, beside residents", "Concessionary travel"),
        (OVERDUE, ALL),
        (ASKED, ALL),
        ("breakdowns measured", ALL),
        (BETTER, ALL),
        (HOLD, "gaps by sex"),
        ("gaps wider beyond chance", "sex"),
        ("recruitment, verdict", "area-deprivation"),
        ("owners, verdict", "sex"),
        ("services, verdict", f"disability, {ALL}"),
        ("comparisons with a gap beyond chance", ALL),
    ],
)
def test_what_is_compared_is_told_in_several_places(told: list[Told], name: str, scope: str) -> None:
    where = {each.where for each in told if (each.quantity.name, each.quantity.scope) == (name, scope)}
    assert len(where) > 1


def test_shares_in_the_most_deprived_tenth_are_those_of_the_rows_of_the_pack(told: list[Told]) -> None:
    lines = pd.read_parquet(DATA / "contacts.parquet")
    when = pd.to_datetime(lines["date"])
    lines = lines.assign(start=when.dt.year - (when.dt.month < 4))
    placed = lines.merge(pd.read_csv(DATA / "areas.csv"), left_on="area", right_on="code")
    names = pd.read_csv(DATA / "programmes.csv").set_index("name")["id"]
    seen = set()
    for each in told:
        if each.quantity.name != TENTH:
            continue
        own = (placed["programme"] == names[each.quantity.scope]) & (
            placed["start"] == int(each.quantity.year[:4])
        )
        own &= each.quantity.place in (ALL, "") or placed["district"].eq(each.quantity.place)
        rows = placed[own]
        share = 100 * rows.loc[rows["decile"] == 1, "people"].sum() / rows["people"].sum()
        assert float(each.said) == pytest.approx(share, abs=0.05001), each
        seen.add((each.quantity.scope, each.quantity.year, each.quantity.place, each.said))
    assert ("Housing First", "2025/26", ALL, "65.2") in seen
    assert ("Households into Work", "2025/26", ALL, "57.9") in seen
    assert len(seen) > 40


def test_one_noun_with_two_scopes_is_two_quantities_and_with_one_scope_a_disagreement() -> None:
    year = "2025/26"
    women = [
        Told(Quantity("women", "with Merseytravel", year), "43.1", "workforce"),
        Told(Quantity("women", "without Merseytravel", year), "54.1", "pay"),
    ]
    assert disagreements(women) == []
    same = Told(Quantity("women", "with Merseytravel", year), "54.1", "pay")
    assert len(disagreements([women[0], same])) == 1
    assert "43.1 in workforce; 54.1 in pay" in disagreements([women[0], same])[0]


def test_a_figure_that_contradicts_the_payments_is_found(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        own = (rows["indicator"] == "COM-I5") & (rows["year"] == "2025/26")
        return rows.assign(value=rows["value"].mask(own, "12.3"))

    copied_pack.change("observations_illustrative", edit)
    pack = copied_pack.open()
    assert pack.faults == ()
    found = disagreements(walk(pack, VIEWS[0]))
    assert any("12.3 in" in each and RETAINED in each for each in found)


def test_a_verdict_that_contradicts_the_register_of_contracts_is_found(pack: Pack) -> None:
    table = next(each for each in open_tables.every_table(pack) if each.name == "economy-contracts")
    found = table.build(pack, VIEWS[0], {})
    page = Page(pack, VIEWS[0], found)
    verdict = next(each for each in contracts(page) if each.quantity.name == "COM-I6, verdict")
    other = Told(verdict.quantity, "worsening", "another page")
    assert len(disagreements([verdict, other])) == 1
