"""An attack on the tables by equality characteristic: services, recruitment over years, owners, pay.

Every published count is read from what is served, with all parameters, and must look the same wherever it stands;
then a solver looks for what each hidden one can be. What is told is taken as told to the last person.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from svdash import disclosure
from svdash.findings.equality import gated_pay, owners, services
from svdash.findings.equality.comparison_groups import characteristics
from svdash.findings.indicators import gated_observations, recruitment_counts
from svdash.findings.open_data import open_tables
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.attack import NO_END, Puzzle, leaks

TABLES = {table.name: table for table in open_tables._FINDINGS}
SILENT = "not-stated"
Cell = tuple[object, ...]


def _asked(pack: Pack, name: str, **view: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """A table for every year and characteristic: both, and what is served."""
    for year in Framework.of(pack).calendar.years:
        for by in characteristics(pack):
            found = TABLES[name].build(pack, View(year=year, **view), {"characteristic": by, "reference": ""})
            if len(found.frame):
                yield year, by, found.frame


def _shown(count: object) -> float | None:
    return None if pd.isna(count) else float(str(count))


def _publish(told: dict[Cell, float | None], name: Cell, count: object) -> None:
    """Note a published count; twice the same, or it would give itself away."""
    assert told.setdefault(name, _shown(count)) == _shown(count), name


# -- services ----------------------------------------------------------------------------------------------


def test_no_hidden_count_of_people_reached_by_group_can_be_worked_back(pack: Pack) -> None:
    exact = pack.table("reached_groups").set_index(["year", "programme", "characteristic", "group"])["people"]
    told: dict[Cell, float | None] = {}
    for role in ("all", "service-provider"):
        for _, by, frame in _asked(pack, "equality-services", role=role):
            for row in frame.to_dict("records"):
                key = (row["year"], row["programme"], by, row["group"])
                _publish(told, ("top", *key), row["numerator"])
    assert {key[1:] for key in told} == set(exact.index)
    gated = services._gated(pack)
    bases = gated[gated["group"] != SILENT].groupby(services.LINE)["exact_denominator"].first()
    puzzle, truth = Puzzle(), {}
    for (year, programme, by), line in exact.groupby(level=[0, 1, 2]):
        whose = (year, programme)
        everybody, answered = ("everybody", *whose), ("answered", *whose, by)
        stated = line[line.index.get_level_values("group") != SILENT]
        puzzle.within(everybody, int(line.sum()), int(line.sum()))
        base = bases.loc[(year, programme, by)]
        puzzle.within(answered, *((base, base) if base < line.sum() else (0, NO_END)))
        for key, count in line.items():
            puzzle.count(("top", *key), None if told["top", *key] is None else float(count))
            if told["top", *key] is None:
                truth["top", *key] = int(count)
        puzzle.adds_up(answered, [("top", *key) for key in stated.index])
        puzzle.adds_up(everybody, [answered, *(("top", *key) for key in line.index.difference(stated.index))])
    assert len(truth) > 10
    assert leaks(puzzle, truth) == []


# -- who leads suppliers and investees -------------------------------------------------------------------------


def test_no_hidden_count_of_organisations_can_be_worked_back(pack: Pack) -> None:
    keys = ["year", "population", "characteristic", "group", "answer"]
    exact = pack.table("ownership").set_index(keys)["organisations"]
    puzzle, truth = Puzzle(), {}
    for _, _, frame in _asked(pack, "equality-owners-answers"):
        for row in frame.to_dict("records"):
            key = tuple(row[name] for name in keys)
            puzzle.count(key, None if pd.isna(row["organisations"]) else float(exact[key]))
            if pd.isna(row["organisations"]):
                truth[key] = int(exact[key])
    totals = owners._gated(pack).drop_duplicates(keys[:-1]).set_index(keys[:-1])["exact_total"]
    for key, line in exact.groupby(level=keys[:-1]):
        puzzle.count(("total", *key), _shown(totals[key]))
        puzzle.adds_up(("total", *key), list(line.index))
    assert len(truth) > 20
    assert leaks(puzzle, truth) == []


# -- pay -----------------------------------------------------------------------------------------------------


def test_people_in_pay_are_told_as_the_gate_shows_them(pack: Pack) -> None:
    keys = ["year", "organisation", "characteristic", "group", "quarter"]
    seen = gated_pay.gated(pack).set_index(keys)
    whole = {(key[0], *key[2:4]): row["people"] for key, row in seen.iterrows() if key[-1] == "all"}
    for year, by, frame in _asked(pack, "equality-pay-groups"):
        for row in frame.to_dict("records"):
            # A year without figures shows those of the one before it.
            if (year, by, row["group"]) in whole:
                assert _shown(row["people"]) == _shown(whole[year, by, row["group"]])


def test_no_hidden_count_of_a_pay_quarter_can_be_worked_back(pack: Pack) -> None:
    keys = ["year", "organisation", "characteristic", "group", "quarter"]
    exact = pack.table("pay").set_index(keys)["people"]
    seen = gated_pay.gated(pack).set_index(keys)
    puzzle, truth = Puzzle(), {}
    for key, row in seen.iterrows():
        puzzle.count(key, _shown(row["exact_people"]))
        if row["marker"] == "[k]" and key[-1] == "all":
            puzzle.within(key, 1, 9)
        if row["marker"] == "[c]" and pd.isna(row["people"]):
            truth[key] = int(exact[key])
    for (year, organisation, by, quarter), line in exact.groupby(
        level=["year", "organisation", "characteristic", "quarter"]
    ):
        silent = line.index.get_level_values("group") == SILENT
        asked, answered = (
            ("asked", year, organisation, quarter),
            ("answered", year, organisation, quarter, by),
        )
        bases = seen.loc[line.index, "exact_base"]
        puzzle.count(answered, _shown(bases[~silent].iloc[0]))
        puzzle.within(asked, 0, NO_END)
        if silent.any() and not pd.isna(bases[silent].iloc[0]):
            puzzle.count(asked, _shown(bases[silent].iloc[0]))
        puzzle.adds_up(answered, list(line.index[~silent]))
        puzzle.adds_up(asked, [answered, *line.index[silent]])
    for key, line in exact.groupby(level=keys[:-1]):
        if line[(*key, "all")] == line.drop((*key, "all")).sum():
            puzzle.adds_up((*key, "all"), [name for name in line.index if name[-1] != "all"])
    assert len(truth) > 20
    assert leaks(puzzle, truth) == []


# -- recruitment, over years ---------------------------------------------------------------------------------


def test_recruitment_is_told_as_the_gate_shows_it_whatever_is_asked(either_pack: Pack) -> None:
    seen = gated_observations.recruited(either_pack)
    known: dict[Cell, set[float]] = {}
    for row in pd.concat([seen.single, seen.pooled]).dropna(subset=["people"]).itertuples():
        known.setdefault((row.characteristic, row.group, row.stage), set()).add(float(row.people))
    told = 0
    for _, by, frame in _asked(either_pack, "equality-recruitment"):
        for row in frame[~frame["overall"].astype(bool)].to_dict("records"):
            for side, stage in (("people_in", row["from_stage"]), ("people_out", row["to_stage"])):
                if not pd.isna(row[side]):
                    assert float(row[side]) in known[by, row["group"], stage]
                    told += 1
    assert told > 200


def test_no_hidden_count_of_recruitment_can_be_worked_back_from_years_and_sums_of_years(
    either_pack: Pack,
    small_pack: Pack,
) -> None:
    exact, seen = recruitment_counts.exact(either_pack), gated_observations.recruited(either_pack)
    counts = exact.set_index([*recruitment_counts.SPAN, *recruitment_counts.KEYS])["people"]
    puzzle, truth = Puzzle(), {}
    for row in pd.concat([seen.single, seen.pooled]).to_dict("records"):
        key = tuple(row[name] for name in (*recruitment_counts.SPAN, *recruitment_counts.KEYS))
        puzzle.count(key, _shown(row["exact_people"]))
        if pd.isna(row["people"]):
            truth[key] = int(counts[key])
    made = _aggregates(either_pack)
    alone = exact[~exact["group"].isin(made)]
    assert len(alone) < len(exact)
    for row in exact[exact["group"].isin(made)].to_dict("records"):
        key = tuple(row[name] for name in (*recruitment_counts.SPAN, *recruitment_counts.KEYS))
        parts = [(*key[:4], group, key[5]) for group in made[row["group"]]]
        puzzle.adds_up(key, parts)
    single = alone[alone["first"] == alone["last"]]
    stages = list(Framework.of(either_pack).vocabulary.labels("stage"))
    for (year, organisation, by, stage), line in single.groupby(
        ["last", "organisation", "characteristic", "stage"]
    ):
        names = {group: (year, year, organisation, by, group, stage) for group in line["group"]}
        # Everybody is asked for every characteristic, and told as a count of its own.
        if by != "all":
            puzzle.adds_up((year, year, organisation, "all", "all", stage), names.values())
        for name in names.values():
            later = (*name[:-1], stages[min(stages.index(stage) + 1, len(stages) - 1)])
            if later in counts.index and later != name:
                puzzle.at_most([later], name)
    for row in exact[exact["first"] != exact["last"]].to_dict("records"):
        own = tuple(row[name] for name in recruitment_counts.KEYS)
        years = [y for y in sorted(set(single["last"])) if row["first"] <= y <= row["last"]]
        puzzle.adds_up((row["first"], row["last"], *own), [(y, y, *own) for y in years])
    assert len(truth) > (50 if either_pack is small_pack else 100)
    assert leaks(puzzle, truth) == []


def _aggregates(pack: Pack) -> dict[str, list[str]]:
    """Groups together, as the vocabulary's own rows name them."""
    words = pack.table("vocabulary")
    words = words[words["list"] == "aggregate"]
    return {
        code.split("=")[1]: parts.split("; ")
        for code, parts in zip(words["code"], words["label"], strict=True)
    }


# -- the attack can find something ---------------------------------------------------------------------------


@pytest.mark.parametrize(("secondary", "found"), [(False, True), (True, False)])
def test_the_attack_finds_the_leak_of_a_gate_that_only_hides_small_counts(
    secondary: bool, found: bool
) -> None:
    rows = pd.DataFrame({"group": list("abc"), "line": "one", "people": [3, 700, 297]})
    careless = disclosure.protect(rows, "people", rows=["line"] if secondary else [])
    puzzle = Puzzle()
    for group, count in zip(rows["group"], careless["exact_people"], strict=True):
        puzzle.count(group, _shown(count))
    puzzle.within("all", 1000, 1000)
    puzzle.adds_up("all", "abc")
    truth = {g: n for g, n in zip(rows["group"], rows["people"], strict=True) if puzzle.high[g] == NO_END}
    assert bool(leaks(puzzle, truth)) == found


def test_the_attack_finds_what_small_counts_alone_would_leave_in_the_pack(pack: Pack) -> None:
    """The naive gate over recruitment: only counts of 1 to 4 are hidden, and everybody who was asked is known."""
    keys = ["year", "organisation", "characteristic", "stage"]
    puzzle, truth = Puzzle(), {}
    for key, line in pack.table("recruitment").groupby(keys):
        puzzle.within(key, int(line["people"].sum()), int(line["people"].sum()))
        puzzle.adds_up(key, [(*key, group) for group in line["group"]])
        for group, people in zip(line["group"], line["people"], strict=True):
            puzzle.count((*key, group), None if 1 <= people <= 4 else float(people))
            if 1 <= people <= 4:
                truth[*key, group] = int(people)
    assert len(leaks(puzzle, truth)) > 5
