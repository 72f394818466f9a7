"""Makes the illustrative lines: payments, contracts, contacts and places, from a seed.

    python tools/make_lines.py [--data data] [--out data]

It reads areas.csv, boundaries.geojson, programmes.csv and towns.csv, and writes payments.parquet,
contacts.parquet, contracts.csv and places.csv. What they look like stands in line_parameters.py. The same
input gives the same bytes: each programme, year and subject draws from a stream of its own, so that a change
to one leaves the others as they were. Nothing in them is real but the
published totals; they also agree with the illustrative indicators, so that no two pages contradict each other.
"""

from __future__ import annotations

import argparse
import csv
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import line_parameters as p
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]
import shapely

HOUSE = Path(__file__).resolve().parent.parent
KM_PER_DEGREE = 111.32
DEPRIVED = 3  # deciles 1 to 3 are what "more disadvantaged areas" is taken to mean
YEARS = len(p.FIRST_YEARS)

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Point = tuple[float, float]

PAYMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("date", pa.date32()),
        ("supplier", pa.string()),
        ("supplier_id", pa.string()),
        ("supplier_type", pa.string()),
        ("programme", pa.string()),
        ("amount_pence", pa.int64()),
        ("supplier_area", pa.string()),
        ("supplier_place", pa.string()),
        ("benefit_area", pa.string()),
        ("purpose", pa.string()),
        ("contract_id", pa.string()),
    ]
)
CONTACTS = pa.schema(
    [("date", pa.date32()), ("programme", pa.string()), ("area", pa.string()), ("people", pa.int32())]
)


def stream(*keys: object) -> np.random.Generator:
    """A stream of random numbers of its own for each set of keys."""
    return np.random.default_rng([p.SEED, zlib.crc32("|".join(map(str, keys)).encode())])


def pick(rng: np.random.Generator, shares: Mapping[Any, float], number: int) -> Any:
    """So many keys of a table of shares, drawn with replacement, as an array of the keys' type."""
    weights = np.array(list(shares.values()), dtype=float)
    return np.array(list(shares))[rng.choice(len(weights), size=number, p=weights / weights.sum())]


# Places


def read_areas(data: Path) -> tuple[pd.DataFrame, shapely.STRtree]:
    """The areas with a point inside each, sorted by code, and their shapes in the same order.

    Raises:
        SystemExit: a boundary is missing, or has no area.
    """
    areas = pd.read_csv(data / "areas.csv", dtype={"vintage": "str"}).sort_values("code", ignore_index=True)
    found = json.loads((data / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {
        each["properties"]["code"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in found
    }
    odd = sorted(set(areas["code"]) ^ set(shapes))
    if odd:
        raise SystemExit(
            f"{data}: {odd[0]} (and {len(odd) - 1} more) stands in only one of areas.csv and "
            "boundaries.geojson. Give both the same areas."
        )
    ordered = [shapes[code] for code in areas["code"]]
    inside = shapely.point_on_surface(ordered)
    areas["latitude"], areas["longitude"] = shapely.get_y(inside), shapely.get_x(inside)
    return areas, shapely.STRtree(ordered)


def bump(areas: pd.DataFrame, spots: Iterable[p.Spot]) -> Floats:
    """Factor of each area by its distance to the spots."""
    factor = np.ones(len(areas))
    for spot in spots:
        north = (areas["latitude"].to_numpy() - spot.latitude) * KM_PER_DEGREE
        east = (areas["longitude"].to_numpy() - spot.longitude) * KM_PER_DEGREE
        east *= np.cos(np.radians(spot.latitude))
        factor *= 1 + (spot.factor - 1) * np.exp(-(north**2 + east**2) / spot.km**2)
    return factor


def tilted(areas: pd.DataFrame, ratio: float) -> Floats:
    """Factor by decile: ``ratio`` in decile 1, 1 in decile 10."""
    return np.asarray(ratio ** ((10 - areas["decile"].to_numpy(dtype=float)) / 9))


def landing(areas: pd.DataFrame, programme: str, year: int) -> Floats:
    """Share of a programme that falls to each area in a year (0 is the first). Sums to 1."""
    pattern = p.PATTERNS[programme]
    first, last = pattern.tilt
    weights = areas["population"].to_numpy(dtype=float) * tilted(
        areas, first * (last / first) ** (year / (YEARS - 1))
    )
    weights *= areas["district"].map(pattern.districts).fillna(1.0).to_numpy(dtype=float)
    weights *= bump(areas, pattern.spots)
    weights *= np.exp(stream("grain", programme).normal(0, pattern.grain, len(areas)))
    if pattern.sites:
        rng = stream("sites", programme, year)
        chosen = rng.choice(len(areas), size=pattern.sites, replace=False, p=weights / weights.sum())
        weights = np.zeros(len(areas))
        weights[chosen] = rng.gamma(1.5, size=pattern.sites)
    return np.asarray(weights / weights.sum())


# Suppliers


def group_of(pool: str, kind: str) -> str:
    """The window that a supplier falls under."""
    if not any(spend.buys and spend.pool == pool for spend in p.SPEND.values()):
        return "granted"
    return "third-sector" if kind in p.THIRD_SECTOR else "other"


def make_suppliers(areas: pd.DataFrame) -> pd.DataFrame:
    """Every supplier: id, name, type, pool, place, area, weight, group and order, and a lot for gaps."""
    stems = [start + end for start in p.NAME_STARTS for end in p.NAME_ENDS]
    stems = list(stream("names").permutation(stems))
    offices = {community: _addresses(areas, community=community) for community in (True, False)}
    parts = [_pool(areas, name, pool, stems, offices) for name, pool in p.POOLS.items()]
    suppliers = pd.concat(parts, ignore_index=True)
    suppliers.insert(0, "id", [f"S{number:04d}" for number in range(1, len(suppliers) + 1)])
    suppliers["order"] = suppliers.groupby("group")["turn"].rank(method="first").astype(int) - 1
    for group, window in p.WINDOWS.items():
        there = int((suppliers["group"] == group).sum())
        wanted = max(begin + number for begin, number in zip(window.begins, window.numbers, strict=True))
        if there != wanted:
            raise SystemExit(f"The pools have {there} suppliers of group {group}, the windows use {wanted}.")
    return suppliers


def _pool(
    areas: pd.DataFrame, name: str, pool: p.Pool, stems: list[str], offices: Mapping[bool, Floats]
) -> pd.DataFrame:
    rng = stream("pool", name)
    types = rng.permutation(np.repeat(list(pool.types), list(pool.types.values())))
    number = len(types)
    words = [
        f"{stems.pop()} {rng.choice(list(pool.trades))} {rng.choice(list(p.NAME_FORMS[kind]))}"
        for kind in types
    ]
    regional = (rng.random(number) < pool.regional) | (types == p.LISTED)
    at = np.array([rng.choice(len(areas), p=offices[kind in p.THIRD_SECTOR]) for kind in types])
    turn = rng.random(number)
    return pd.DataFrame(
        {
            "name": words,
            "type": types,
            "pool": name,
            "place": np.where(regional, areas["district"].to_numpy()[at], pick(rng, p.AWAY, number)),
            "area": np.where(regional, areas["code"].to_numpy()[at], ""),
            "weight": np.exp(rng.normal(0, pool.spread, number)),
            "group": [group_of(name, kind) for kind in types],
            # The first and the last in the order come and go; steady ones stand between them.
            "turn": 0.3 + 0.2 * turn if pool.steady else turn,
            "lot": rng.random(number),
        }
    )


def _addresses(areas: pd.DataFrame, *, community: bool) -> Floats:
    """Where suppliers have their offices: business in centres, community groups nearer to need."""
    centres = bump(areas, p.BUSINESS_SPOTS)
    pull = np.sqrt(centres) * tilted(areas, p.COMMUNITY_TILT) if community else centres
    weights = areas["population"].to_numpy(dtype=float) * pull
    return np.asarray(weights / weights.sum())


def paid_in(suppliers: pd.DataFrame, year: int) -> pd.DataFrame:
    """The suppliers that are paid in a year."""
    begins = suppliers["group"].map({name: window.begins[year] for name, window in p.WINDOWS.items()})
    numbers = suppliers["group"].map({name: window.numbers[year] for name, window in p.WINDOWS.items()})
    return suppliers[(suppliers["order"] >= begins) & (suppliers["order"] < begins + numbers)]


# Payments


def working_days(year: int) -> tuple[Ints, Floats]:
    """Weekdays of a financial year as days since 1970, with the share of payments made on each."""
    start = p.FIRST_YEARS[year]
    days = np.arange(f"{start}-04-01", f"{start + 1}-04-01", dtype="datetime64[D]")
    days = days[np.is_busday(days) & (days <= np.datetime64(p.LAST_DAY))]
    months = (days.astype("datetime64[M]").astype(int) - 3) % 12
    weights = np.array(p.MONTH_WEIGHTS)[months]
    weights[days.astype("datetime64[M]") == np.datetime64(p.LAST_DAY, "M")] *= p.LAST_MONTH_RECEIVED
    return days.astype("int64"), np.asarray(weights / weights.sum())


def programme_payments(areas: pd.DataFrame, paid: pd.DataFrame, programme: str, year: int) -> pd.DataFrame:
    """The lines of a programme in a year, without ids, contracts and final amounts.

    ``sign`` says what part of ``above`` counts: all of an invoice's, less than nothing of a credit note's.
    """
    spend = p.SPEND[programme]
    number = round(spend.lines * spend.thousands[year] / spend.thousands[0])
    if not number:
        return pd.DataFrame()
    rng = stream("payments", programme, year)
    chosen, sure = _chosen(rng, paid[paid["pool"] == spend.pool], spend, number)
    days, shares = working_days(year)
    credit = np.zeros(number, dtype=bool)
    credit[rng.choice(number, size=round(number * p.CREDIT_SHARE), replace=False)] = True
    benefit = areas["code"].to_numpy()[rng.choice(len(areas), size=number, p=landing(areas, programme, year))]
    unknown = (chosen["lot"] < p.UNKNOWN_PLACE[year]) & ~chosen["type"].isin(p.ALWAYS_PLACED)
    lines = pd.DataFrame(
        {
            "day": rng.choice(days, size=number, p=shares),
            "supplier": chosen["name"],
            "supplier_id": chosen["id"],
            "supplier_type": chosen["type"],
            "programme": programme,
            "above": np.exp(rng.normal(0, spend.spread, number))
            * chosen["type"].map(p.TYPE_SIZE).to_numpy(float),
            "sign": np.where(credit, -p.CREDIT_SIZE, 1.0),
            "supplier_area": chosen["area"].mask(unknown | (chosen["area"] == "")),
            "supplier_place": chosen["place"].mask(unknown, "not-known"),
            "benefit_area": pd.Series(benefit).mask(rng.random(number) < spend.unplaced),
            "purpose": rng.choice(list(p.PURPOSES[programme]), size=number),
        }
    )
    return redact(lines, areas, stream("redacted", programme, year), np.where(sure, 0.0, spend.redacted))


def _chosen(
    rng: np.random.Generator, pool: pd.DataFrame, spend: p.Spend, number: int
) -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[np.bool_]]]:
    """The supplier of each line, and which lines are there so that each one bought from is paid at all."""
    weights = pool["weight"].to_numpy(dtype=float)
    at = rng.choice(len(pool), size=number, p=weights / weights.sum())
    sure = np.zeros(number, dtype=bool)
    if spend.buys:
        places = rng.choice(number, size=len(pool), replace=False)
        at[places], sure[places] = np.arange(len(pool)), True
    return pool.iloc[at].reset_index(drop=True), sure


def redact(
    lines: pd.DataFrame, areas: pd.DataFrame, rng: np.random.Generator, shares: Floats
) -> pd.DataFrame:
    """Withhold the supplier of some lines: name, identifier, area and most districts."""
    number = len(lines)
    hidden = rng.random(number) < shares
    kinds = np.where(rng.random(number) < p.REDACTED_INDIVIDUAL, "individual", "vcse")
    weights = areas["population"].to_numpy(dtype=float)
    districts = areas["district"].to_numpy()[rng.choice(len(areas), size=number, p=weights / weights.sum())]
    places = np.where(rng.random(number) < p.REDACTED_UNPLACED, "not-known", districts)
    return lines.assign(
        supplier=lines["supplier"].mask(hidden, p.REDACTED_NAME),
        supplier_id=lines["supplier_id"].mask(hidden),
        supplier_type=lines["supplier_type"].mask(hidden, pd.Series(kinds)),
        supplier_area=lines["supplier_area"].mask(hidden),
        supplier_place=lines["supplier_place"].mask(hidden, pd.Series(places)),
    )


def fit(lines: pd.DataFrame, margins: Sequence[tuple[pd.Series, Mapping[Any, float]]]) -> Floats:
    """Pence of each line, so that all totals asked for are met.

    Raking: what an invoice has above £500 is scaled for one set of totals after the other, until none of
    them moves any more.

    Args:
        lines: ``above`` and ``sign`` of each.
        margins: sets of classes, one for each line, with the pence that a class adds up to.

    Raises:
        SystemExit: a total is less than £500 for each of its invoices, or the totals contradict each other.
    """
    floor = np.where(lines["sign"] > 0, p.FLOOR_PENCE, 0.0)
    part = lines["above"].to_numpy(dtype=float) * lines["sign"].to_numpy(dtype=float)
    for _ in range(p.MOST_ROUNDS):
        moved = 0.0
        for classes, totals in margins:
            for name, total in totals.items():
                own = (classes == name).to_numpy()
                factor = (total - floor[own].sum()) / part[own].sum()
                if not 0 < factor < np.inf:
                    raise SystemExit(f"£{total / 100:,.0f} can't be paid in {own.sum()} lines of {name}.")
                part[own] *= factor
                moved = max(moved, abs(factor - 1))
        if moved < p.CLOSE:
            return np.asarray(floor + part)
    raise SystemExit(f"The totals of {lines['programme'].nunique()} programmes contradict each other.")


def priced(lines: pd.DataFrame, year: int) -> pd.DataFrame:
    """The lines of a year with their amounts: each programme pays what it should, and where it should."""
    rng = stream("totals", year)
    targets = {
        name: round(spend.thousands[year] * 100_000 * (1 + rng.uniform(-0.005, 0.005)))
        for name, spend in p.SPEND.items()
    }
    pence = pd.Series(0.0, index=lines.index)
    bought = lines["programme"].map({name: spend.buys for name, spend in p.SPEND.items()}).astype(bool)
    for chosen in (bought, ~bought):
        own = lines[chosen]
        totals = {name: targets[name] for name in own["programme"].unique()}
        margins: list[tuple[pd.Series, Mapping[Any, float]]] = [(own["programme"], totals)]
        if chosen is bought:
            everything = sum(totals.values())
            local, listed = own["supplier_place"].str.startswith("E"), own["supplier_type"] == p.LISTED
            for flag, share in ((local, p.LOCAL_SHARE[year]), (listed, p.LISTED_SHARE[year])):
                margins.append((flag, {True: share * everything, False: (1 - share) * everything}))
        pence[chosen] = fit(own, margins)
    step = (
        lines["programme"]
        .map({name: spend.round_to for name, spend in p.SPEND.items()})
        .to_numpy(dtype=float)
    )
    rounded = np.rint(pence.to_numpy() / step) * step
    invoice = (lines["sign"] > 0).to_numpy()
    rounded = np.where(invoice, np.maximum(rounded, p.FLOOR_PENCE), np.minimum(rounded, -step))
    return lines.assign(amount_pence=rounded.astype("int64")).drop(columns=["above", "sign"])


def make_payments(areas: pd.DataFrame, suppliers: pd.DataFrame) -> pd.DataFrame:
    """All lines by date, with identifiers, without contracts."""
    years = []
    for year in range(YEARS):
        paid = paid_in(suppliers, year)
        parts = [programme_payments(areas, paid, name, year) for name in p.SPEND]
        years.append(priced(pd.concat(parts, ignore_index=True), year))
    lines = pd.concat(years, ignore_index=True).sort_values("day", kind="stable", ignore_index=True)
    lines.insert(0, "id", [f"P{number:06d}" for number in range(1, len(lines) + 1)])
    return lines


# Contracts


def _day(year: int, month: int) -> int:
    """Days from 1970 to the first of a month; months may run beyond 12."""
    return (date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - date(1970, 1, 1)).days


def _months(day: int) -> tuple[int, int]:
    found = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    return found.year, found.month


def terms(rng: np.random.Generator, first_paid: int) -> tuple[Ints, int]:
    """First days of the contracts that follow one another, and how many months each runs.

    A supplier paid in the first quarter was under contract before; others begin with their first payment.
    """
    length = int(pick(rng, p.TERMS, 1)[0])
    year, month = _months(first_paid)
    if first_paid < _day(p.FIRST_YEARS[0], 7):
        month, year = 4 - int(rng.integers(0, length)), p.FIRST_YEARS[0]
    horizon = (p.LAST_DAY - date(1970, 1, 1)).days
    starts = [_day(year, month + length * count) for count in range(12)]
    return np.array([start for start in starts if start <= horizon], dtype="int64"), length


def _worth(rng: np.random.Generator, paid: int, start: int, length: int) -> int:
    """Pence a contract was let for, from what was paid while we look, in whole hundreds of pounds."""
    year, month = _months(start)
    end, opened = _day(year, month + length), _day(p.FIRST_YEARS[0], 4)
    closed = (p.LAST_DAY - date(1970, 1, 1)).days + 1
    seen = (min(end, closed) - max(start, opened)) / (end - start)
    return int(-(-paid * rng.uniform(1.0, 1.15) / max(seen, 0.15) // 10_000) * 10_000)


def let_contracts(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The contracts behind the lines, and for each line the position of its contract (missing: none)."""
    procured = [name for name, spend in p.SPEND.items() if spend.buys]
    bought = (
        lines["programme"].isin(procured)
        & lines["supplier_id"].notna()
        & (lines["supplier_type"] != "public")
    )
    bought &= lines["amount_pence"].abs() >= p.SPOT_PURCHASE_PENCE
    days, pence = lines["day"].to_numpy(dtype="int64"), lines["amount_pence"].to_numpy(dtype="int64")
    which = np.full(len(lines), np.nan)
    rows: list[tuple[Any, Any, int, int]] = []
    pairs = lines.loc[bought, ["supplier_id", "programme"]]
    for (supplier, programme), group in pairs.groupby(["supplier_id", "programme"]):
        rng, at = stream("contract", supplier, programme), group.index.to_numpy()
        starts, length = terms(rng, int(days[at].min()))
        term = np.searchsorted(starts, days[at], side="right") - 1
        for position in np.unique(term):
            under = at[term == position]
            if pence[under].sum() >= p.SMALLEST_CONTRACT_PENCE:
                which[under] = len(rows)
                value = _worth(rng, int(pence[under].sum()), int(starts[position]), length)
                rows.append((supplier, programme, int(starts[position]), value))
    contracts = pd.DataFrame(rows, columns=["supplier_id", "programme", "start", "value_pence"])
    return contracts, pd.Series(which, index=lines.index)


def financial_year(days: pd.Series) -> pd.Series:
    """First calendar year of the financial year that holds each day since 1970."""
    dates = pd.to_datetime(days, unit="D")
    return dates.dt.year - (dates.dt.month < 4)


def settle_numbers(contracts: pd.DataFrame) -> pd.DataFrame:
    """Let as many contracts above £20,000 start in each year as the table says.

    Those too many in a year begin in the quarter before it, from the last year back: some of every month of its first
    half, so that contracts start in every quarter.

    Raises:
        SystemExit: a year has too few.
    """
    contracts = contracts.copy()
    above = contracts["value_pence"] > p.THRESHOLD_PENCE
    for year in sorted(p.LET_ABOVE, reverse=True):
        counted = contracts[above & (financial_year(contracts["start"]) == year)]
        surplus = len(counted) - p.LET_ABOVE[year][0]
        if surplus < 0:
            raise SystemExit(f"Only {len(counted)} contracts above £20,000 start in {year}: ask for fewer.")
        half = counted[counted["start"] < _day(year, 10)]
        half = half.sort_values(["start", "supplier_id", "programme"], kind="stable")
        if surplus > len(half):
            raise SystemExit(f"{surplus} contracts of {year} are too many, and its first half has fewer.")
        moved = half.index[np.arange(surplus) * len(half) // max(surplus, 1)]
        contracts.loc[moved, "start"] = [_day(year, 1 + position % 3) for position in range(surplus)]
    return contracts


def quota(rng: np.random.Generator, shares: Mapping[float, float], number: int) -> Floats:
    """So many keys of a table of shares, each as often as its share asks for, in random order."""
    ends = np.rint(np.cumsum(list(shares.values())) / sum(shares.values()) * number).astype(int)
    return np.asarray(rng.permutation(np.repeat(list(shares), np.diff(ends, prepend=0))))


def score(contracts: pd.DataFrame) -> pd.DataFrame:
    """Which contracts had social value scored, and with what weighting in percent."""
    years, above = financial_year(contracts["start"]), contracts["value_pence"] > p.THRESHOLD_PENCE
    early = contracts["start"] < (p.FIRST_SCORED - date(1970, 1, 1)).days
    weighting = pd.Series(np.nan, index=contracts.index)
    for year, weightings in p.WEIGHTINGS.items():
        for large in (True, False):
            group = contracts.index[(above == large) & (years == year) & ~early]
            rng = stream("scored", year, large)
            share = p.SCORED_EARLIER if large else p.SCORED_BELOW[year]
            number = p.LET_ABOVE[year][1] if large and year in p.LET_ABOVE else round(share * len(group))
            chosen = _over_the_year(rng, contracts.loc[group, "start"], number)
            weighting[chosen] = quota(rng, weightings, number)
    return contracts.assign(social_value_scored=weighting.notna(), weighting_percent=weighting)


def _over_the_year(rng: np.random.Generator, starts: pd.Series, number: int) -> list[int]:
    """So many contracts of a year, spread over it: procurement changes from year to year, not from week to week."""
    place = np.argsort(starts.to_numpy() + rng.normal(0, p.SCORED_WITHIN_DAYS, len(starts)), kind="stable")
    turns = np.arange(len(starts) + 1) * number // max(len(starts), 1)
    return [int(label) for label in starts.index[place[np.diff(turns) > 0]]]


def make_contracts(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The contracts by start, and the lines with the contract that each was paid under."""
    contracts, which = let_contracts(lines)
    contracts = score(settle_numbers(contracts)).sort_values(
        ["start", "supplier_id", "programme"], kind="stable"
    )
    names = pd.Series([f"C{number:04d}" for number in range(1, len(contracts) + 1)], index=contracts.index)
    contracts.insert(0, "contract_id", names)
    return contracts.reset_index(drop=True), lines.assign(contract_id=which.map(names))


# Contacts


def split_people(areas: pd.DataFrame, programme: str, year: int) -> Ints:
    """How many people of each area, in the order of the areas."""
    reach, rng = p.REACH[programme], stream("people", programme, year)
    weights, decile = landing(areas, programme, year), areas["decile"].to_numpy()
    limits, totals = [10], [reach.placed[year]]
    if reach.disadvantaged is not None:
        limits.append(DEPRIVED)
        totals.append(round(reach.disadvantaged[year] * reach.people[year]))
    if reach.tenth is not None:
        limits.append(1)
        totals.append(reach.tenth[year])
    counts = np.zeros(len(areas), dtype="int64")
    for upper, total, lower, below in zip(limits, totals, [*limits[1:], 0], [*totals[1:], 0], strict=True):
        own = (decile <= upper) & (decile > lower)
        counts[own] = rng.multinomial(total - below, weights[own] / weights[own].sum())
    return counts


def programme_contacts(areas: pd.DataFrame, programme: str, year: int) -> pd.DataFrame:
    """The lines of a programme's contacts in a year."""
    reach, rng = p.REACH[programme], stream("contacts", programme, year)
    parcels = max(reach.parcels, 1)
    quarters = reach.received.get(year, (1, 2, 3, 4))
    shares = np.array([reach.quarters[quarter - 1] for quarter in quarters])
    cells = rng.multinomial(
        split_people(areas, programme, year), np.repeat(shares / shares.sum() / parcels, parcels)
    )
    at, parcel = np.nonzero(cells)
    people = cells[at, parcel]
    if not reach.parcels:
        at, parcel, people = (
            np.repeat(at, people),
            np.repeat(parcel, people),
            np.ones(people.sum(), dtype="int64"),
        )
    missing = reach.people[year] - reach.placed[year]
    without = max(1, round(len(people) * missing / reach.placed[year]))
    people = np.concatenate([people, _parted(rng, missing, without)])
    parcel = np.concatenate([parcel, rng.choice(cells.shape[1], size=without, p=cells.sum(0) / cells.sum())])
    starts = np.array([_day(p.FIRST_YEARS[year], 1 + 3 * quarter) for quarter in quarters])
    codes = np.concatenate([areas["code"].to_numpy()[at], np.full(without, None)])
    return pd.DataFrame(
        {"day": starts[parcel // parcels], "programme": programme, "area": codes, "people": people}
    )


def _parted(rng: np.random.Generator, people: int, lines: int) -> Ints:
    """People over lines, at least one on each."""
    return np.asarray(1 + rng.multinomial(people - lines, np.full(lines, 1 / lines)))


def make_contacts(areas: pd.DataFrame) -> pd.DataFrame:
    """All contacts, by date, programme and area."""
    parts = [programme_contacts(areas, name, year) for year in range(YEARS) for name in p.REACH]
    return pd.concat(parts).sort_values(
        ["day", "programme", "area", "people"], kind="stable", ignore_index=True
    )


# Service places


def read_localities(data: Path) -> dict[str, Point]:
    """Latitude and longitude of every locality that a place may be in."""
    with (data / "towns.csv").open(encoding="utf-8", newline="") as source:
        towns = {
            row["name"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(source)
        }
    return {**p.LOCALITIES, **towns}


def area_at(shapes: shapely.STRtree, point: Point) -> int | None:
    """Position of the area that a point (latitude, longitude) lies in; None outside all."""
    found = shapes.query(shapely.Point(point[1], point[0]), predicate="within")
    return int(found[0]) if len(found) else None


def scatter(
    rng: np.random.Generator, areas: pd.DataFrame, shapes: shapely.STRtree, middle: Point
) -> tuple[Point, int]:
    """A point near the middle, in the same district, with the position of its area.

    Raises:
        SystemExit: the middle lies outside all areas.
    """
    home = area_at(shapes, middle)
    if home is None:
        raise SystemExit(f"{middle} lies in no area of the city region. Correct the locality.")
    for _ in range(p.MOST_ROUNDS):
        north, east = np.round(np.array(middle) + rng.uniform(-p.SCATTER, p.SCATTER, 2), 5)
        at = area_at(shapes, (north, east))
        if at is not None and areas["district"].iloc[at] == areas["district"].iloc[home]:
            return (float(north), float(east)), at
    return middle, home


def make_places(
    areas: pd.DataFrame, shapes: shapely.STRtree, localities: Mapping[str, Point]
) -> pd.DataFrame:
    """Service places, with the area and district that each lies in."""
    rows: list[dict[str, Any]] = []
    for service in p.SERVICES:
        for locality in service.localities:
            rng = stream("place", service.kind, locality)
            (latitude, longitude), at = scatter(rng, areas, shapes, localities[locality])
            rows.append(
                {
                    "id": f"L{len(rows) + 1:02d}",
                    "name": f"{service.title}, {locality}",
                    "programme": service.programme,
                    "kind": service.kind,
                    "latitude": latitude,
                    "longitude": longitude,
                    "area": areas["code"].iloc[at],
                    "district": areas["district"].iloc[at],
                }
            )
    return pd.DataFrame(rows)


# Files


def write_parquet(frame: pd.DataFrame, schema: Any, file: Path, plain: Sequence[str] = ()) -> None:
    """Write a table; ``plain`` columns have no dictionary, because each of their values comes once."""
    frame = frame.rename(columns={"day": "date"})
    columns = [_column(frame[field.name], field.type) for field in schema]
    papq.write_table(
        pa.Table.from_arrays(columns, schema=schema),
        file,
        compression="zstd",
        compression_level=12,
        use_dictionary=[name for name in schema.names if name not in plain],
        store_schema=False,
    )


def _column(values: pd.Series, kind: Any) -> Any:
    if pa.types.is_string(kind):
        return pa.array(values.astype(object).where(values.notna(), None), kind)
    return (
        pa.array(values.to_numpy(dtype="int64")).cast(pa.int32() if kind != pa.int64() else kind).cast(kind)
    )


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as the pack's CSV: UTF-8, line feeds, true and false, empty cells for what is missing."""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))


def _cell(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) and value == round(value) else str(value)


def check_programmes(data: Path) -> None:
    """Every programme of programmes.csv has what it says there, and nothing else is made up.

    Raises:
        SystemExit: the parameters and the list differ.
    """
    programmes = pd.read_csv(data / "programmes.csv").set_index("id")
    bought = [name for name, spend in p.SPEND.items() if spend.buys]
    for flag, made in (("has_money", p.SPEND), ("buys", bought), ("counts_people", p.REACH)):
        odd = sorted(set(programmes.index[programmes[flag]]) ^ set(made))
        if odd:
            raise SystemExit(
                f"{data / 'programmes.csv'}: {odd[0]} has another {flag} there than in line_parameters.py. "
                "Make the two agree."
            )


def make(data: Path, out: Path) -> None:
    """Read what is given, make the four tables, write them."""
    check_programmes(data)
    areas, shapes = read_areas(data)
    places = make_places(areas, shapes, read_localities(data))
    contracts, payments = make_contracts(make_payments(areas, make_suppliers(areas)))
    out.mkdir(parents=True, exist_ok=True)
    write_csv(places, out / "places.csv")
    write_csv(
        contracts.assign(start=pd.to_datetime(contracts["start"], unit="D").dt.date), out / "contracts.csv"
    )
    write_parquet(payments, PAYMENTS, out / "payments.parquet", plain=("id", "amount_pence"))
    write_parquet(make_contacts(areas), CONTACTS, out / "contacts.parquet")
    for name in ("payments.parquet", "contacts.parquet", "contracts.csv", "places.csv"):
        print(f"{out / name}: {(out / name).stat().st_size:,} bytes")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the lines."""
    parser = argparse.ArgumentParser(description="Make the illustrative lines of the data pack from a seed.")
    parser.add_argument(
        "--data", type=Path, default=HOUSE / "data", help="folder with areas.csv and the rest"
    )
    parser.add_argument("--out", type=Path, help="folder to write to (default: the one read)")
    given = parser.parse_args(arguments)
    make(given.data, given.out or given.data)


if __name__ == "__main__":
    main()
