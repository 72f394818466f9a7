"""Figures that can't be: they contradict each other or the world, whatever each cell looks like by itself.

Each rule goes by names of fields, so it works in any pack, and takes what it compares with from the pack: the order of
stages from the vocabulary, units from the register, keys from the schema, the day of a table from the descriptor. A
resource leaves rules aside by their names: ``"unchecked": ["adds-up"]``. What is found is named by `check` and on every
page by table, row and column. Which of two numbers is wrong only who wrote them knows, so all rows that contradict each
other are withheld, as rows with any other fault are: they are in no sum, no share and no verdict. With a group all groups
beside it go, since shares of the others would be of too few people. An area keeps its row without rank and decile: lines
name it. What may be right all the same is named and shown: a figure whose date or source alone is wrong, and groups that
are off by no more than rounding makes. No number of a table is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from svdash import wording
from svdash.tables.faults import Fault
from svdash.tables.row_rules import first_days
from svdash.tables.schema import Table
from svdash.tables.table_checks import Checked
from svdash.tables.values import Mask, parse_one

# Days on which something happened, or was as it is recorded: none of them is after the table was last changed.
HAPPENED: Final = ("as_at", "reported_on", "evidence_date", "awarded", "agreed_on", "updated")
# Pay quarters are equal but for people who can't be divided; who states no pay or no group may shift them a little.
UNEQUAL_PEOPLE, UNEQUAL_SHARE = 3, 0.05
MOST_PERCENT: Final = 100
# Publishers round counts of people so: sums of groups that are off by no more are named, and may be right.
ROUNDED_TO: Final = 5
ALL: Final = "all"
NOT_STATED: Final = "not-stated"
Withheld = Literal["row"] | tuple[str, ...]


@dataclass(frozen=True)
class Contradiction:
    """Rows that break a rule: the rule's name, which rows, the column to correct, problem and remedy.

    Attributes:
        withheld: the cells of the rows that are taken out: all of them by default; none where the figure may be right.
    """

    rule: str
    mask: Mask
    column: str
    problem: str
    remedy: str
    withheld: Withheld = "row"


@dataclass(frozen=True)
class Found:
    """What contradicts itself in a table.

    Attributes:
        faults: one a rule and column, at its first row.
        impossible: rows to withhold.
        blanks: rows and columns of cells to withhold in rows that stay.
    """

    faults: tuple[Fault, ...]
    impossible: Mask
    blanks: tuple[tuple[Mask, tuple[str, ...]], ...] = ()

    def withhold(self, table: Checked) -> None:
        """Take rows and cells out of the table."""
        table.bad |= self.impossible
        for mask, columns in self.blanks:
            # A frame of its own: other versions of a pack share the one that was read.
            table.frame = table.frame.assign(**{name: table.frame[name].mask(mask) for name in columns})


def find(name: str, checked: Mapping[str, Checked], about: Mapping[str, Mapping[str, Any]]) -> Found:
    """Return what contradicts itself in a table, once its links are settled. It changes nothing.

    Args:
        name: the table to look at.
        checked: tables by name, with all that it refers to.
        about: what the descriptor says of each.
    """
    table, found, blanks = checked[name], list[Fault](), list[tuple[Mask, tuple[str, ...]]]()
    impossible = np.zeros(len(table.rows), dtype=bool)
    if table.closed or not table.table.tabular:
        return Found((), impossible)
    unchecked = about[name].get("unchecked", [])
    for each in _contradictions(table, checked, about[name]):
        if not (isinstance(unchecked, list) and each.rule in unchecked):
            found.extend(_faults_of(table, each))
            if each.withheld == "row":
                impossible |= each.mask & ~table.bad
            elif each.withheld and each.mask.any():
                blanks.append((each.mask, each.withheld))
    return Found(tuple(found), impossible, tuple(blanks))


def _faults_of(table: Checked, found: Contradiction) -> Iterator[Fault]:
    rows = table.rows[found.mask & ~table.bad]
    if len(rows):
        more = f" (in {wording.number(len(rows))} rows, of which this is the first)" if len(rows) > 1 else ""
        problem = f"{found.problem}{more}"
        yield Fault(table.table.name, int(rows[0]), found.column, None, problem, found.remedy)


def _contradictions(
    table: Checked, checked: Mapping[str, Checked], about: Mapping[str, Any]
) -> Iterator[Contradiction]:
    frame = _without(table.frame, pd.Series(table.bad, index=table.frame.index))
    kinds = {each.name: each.type for each in table.table.fields}
    if kinds.get("rank") == kinds.get("decile") == "integer":
        yield from _rank_outside_decile(table.table, frame)
    if kinds.get("people") == "integer" and {"characteristic", "group"} <= set(kinds):
        frame = _without(frame, _beside_faults(table))
        yield from _stages(table.table, frame, checked)
        yield from _sums(table.table, frame, checked)
        if kinds.get("quarter") == "string":
            yield from _quarters(table.table, frame)
    if kinds.get("numerator") == kinds.get("denominator") == "integer" and {
        "indicator",
        "characteristic",
        "group",
    } <= set(kinds):
        yield from _make_up(table.table, _without(frame, _beside_faults(table)), checked)
    if kinds.get("value") == "number" and kinds.get("indicator") == "string":
        yield from _percent(frame, checked)
    yield from _without_source(table.table, frame, about)
    yield from _in_future(table.table, frame, about)


def _without(frame: pd.DataFrame, left_out: pd.Series[Any]) -> pd.DataFrame:
    """Return a frame with some rows blank; in most tables there are none, and all the cells need not be written anew."""
    return frame.where(~left_out, axis=0) if left_out.any() else frame


def _mask(series: pd.Series[Any]) -> Mask:
    return np.asarray(series.fillna(value=False).to_numpy(dtype=bool))


def _rank_outside_decile(table: Table, frame: pd.DataFrame) -> Iterator[Contradiction]:
    """A decile is a tenth of all ranks there are, which the schema gives as the largest."""
    rank = table.field("rank")
    if rank is None or rank.maximum is None:
        return
    ranks, deciles = frame["rank"].to_numpy("float64", na_value=np.nan), frame["decile"]
    # Where the ranks can't be parted by ten, publishers may round either way: one rank beside the border is of both.
    least, most = (np.ceil((ranks + beside) * 10 / float(rank.maximum)) for beside in (-1, 1))
    given = deciles.astype("float64").to_numpy(na_value=np.nan)
    wrong = pd.Series((given < least) | (given > most), index=frame.index)
    problem = f"the decile is not that of the rank among {int(rank.maximum)}"
    cells = ("rank", "decile")
    yield Contradiction(
        "decile-of-rank", _mask(wrong), "decile", problem, "Correct one of the two.", withheld=cells
    )


# -- counts of people ---------------------------------------------------------------------------------------


def _others(table: Table, *names: str) -> list[str]:
    """Return the fields of the key without some of them."""
    return [name for name in table.primary_key if name not in names]


def _beside_faults(table: Checked) -> pd.Series[Any]:
    """Return the rows whose line has a row with a fault of its own: what is not read can't be added up."""
    keys = _others(table.table, "group", "stage", "quarter")
    rows = table.frame
    if not keys or not table.bad.any():
        return pd.Series(data=False, index=rows.index)
    here = pd.MultiIndex.from_frame(rows[keys])
    return pd.Series(here.isin(here[table.bad]), index=rows.index)


def _of_line(frame: pd.DataFrame, keys: list[str], wrong: pd.Series[Any]) -> Mask:
    """Return all rows that share their keys with a row that is wrong."""
    if not keys:
        return _mask(wrong)
    flags = wrong.astype("int64").groupby([frame[key] for key in keys], dropna=False).transform("max")
    return _mask(flags.fillna(0).astype("int64") > 0)


def _stages(table: Table, frame: pd.DataFrame, checked: Mapping[str, Checked]) -> Iterator[Contradiction]:
    """Nobody is appointed who was not offered the place: people can't become more from stage to stage."""
    stage, words = table.field("stage"), checked.get("vocabulary")
    if stage is None or stage.vocabulary is None or words is None:
        return
    if not {"list", "code", "order"} <= set(words.frame):
        return
    listed = words.frame[words.frame["list"] == stage.vocabulary].dropna(subset=["code", "order"])
    order = listed.drop_duplicates("code").set_index("code")["order"]
    rows = frame.assign(at=frame["stage"].map(order)).dropna(subset=["at", "people"]).sort_values("at")
    keys = _others(table, "stage")
    if not keys or rows.empty:
        return
    least = rows.groupby(keys, dropna=False)["people"].cummin().reindex(frame.index)
    more = frame["people"].astype("Float64") > least.astype("Float64")
    problem = "the number of people grows from one stage to the next"
    remedy = f"Correct the people of a stage, in the order {', '.join(map(str, order.sort_values().index))}."
    line = _others(table, "stage", "group")
    yield Contradiction("stages", _of_line(frame, line, more.fillna(value=False)), "people", problem, remedy)


def _sums(table: Table, frame: pd.DataFrame, checked: Mapping[str, Checked]) -> Iterator[Contradiction]:
    """The groups of every characteristic are the same people: those who state none are a group too."""
    within = _others(table, "characteristic", "group")
    if not within:
        return
    rows = frame[frame["people"].notna() & ~_aggregates(frame, checked)]
    counted = rows.groupby([*within, "characteristic"], dropna=False)["people"].agg(["sum", "size"])
    sums = counted.rename(columns={"sum": "people"}).reset_index()
    whole = sums[sums["characteristic"] == ALL].set_index(within)["people"]
    most = _most_frequent(sums, within)
    usual = most["people"]
    keys = pd.MultiIndex.from_frame(sums[within]) if len(within) > 1 else pd.Index(sums[within[0]])
    wanted = pd.Series(usual.reindex(keys).to_numpy(), index=sums.index).astype("Int64")
    if len(whole):
        everybody = pd.Series(whole.reindex(keys).to_numpy(), index=sums.index).astype("Int64")
        wanted = everybody.fillna(wanted)
    off = (sums["people"] - wanted).abs()
    # Where two characteristics contradict each other and nothing says which is right, neither is shown.
    each = sums.groupby(within, dropna=False)["people"]
    torn = pd.Series(most["times"].reindex(keys).to_numpy(), index=sums.index).eq(1)
    torn &= each.transform("nunique").gt(1)
    torn &= ~_has_whole(sums, within)
    off = off.mask(torn, each.transform("max") - each.transform("min"))
    rounded = off <= ROUNDED_TO / 2 * (sums["size"] + 1)
    problem = "the groups don't add up to the number of people that the other characteristics have"
    remedy = (
        "Correct the people of a group, or add a group for the people who are missing, such as not-stated."
    )
    line = _others(table, "group", "stage", "quarter")
    here = pd.MultiIndex.from_frame(frame[[*within, "characteristic"]])
    parts: list[tuple[pd.Series[Any], Withheld]] = [(off.gt(0) & rounded, ()), (off.gt(0) & ~rounded, "row")]
    for wrong, withheld in parts:
        broken = pd.MultiIndex.from_frame(sums.loc[wrong, [*within, "characteristic"]])
        marked = pd.Series(here.isin(broken), index=frame.index)
        yield Contradiction(
            "adds-up", _of_line(frame, line, marked), "people", problem, remedy, withheld=withheld
        )


def _make_up(table: Table, frame: pd.DataFrame, checked: Mapping[str, Checked]) -> Iterator[Contradiction]:
    """The groups of a make-up, such as of all staff, are those who stated one: so many as the base of each says.

    That an indicator by a characteristic is a make-up is told by its other lines: half and more of those with one base
    for all groups add up to it.
    """
    line = _others(table, "group")
    rows = frame[frame["numerator"].notna() & frame["denominator"].notna() & ~_aggregates(frame, checked)]
    rows = rows[(rows["group"] != NOT_STATED) & (rows["characteristic"] != ALL)]
    if not {"indicator", "characteristic"} <= set(line) or rows.empty:
        return
    sums = rows.groupby(line, dropna=False).agg(
        people=("numerator", "sum"),
        base=("denominator", "max"),
        least=("denominator", "min"),
        size=("group", "size"),
    )
    sums = sums[(sums["base"] == sums["least"]) & (sums["size"] > 1)].astype("int64")
    off = (sums["people"] - sums["base"]).abs()
    adds = (off == 0).groupby(level=["indicator", "characteristic"])
    known = adds.transform("mean") >= 1 / 2
    rounded = off <= ROUNDED_TO / 2 * (sums["size"] + 1)
    here = pd.MultiIndex.from_frame(frame[line])
    problem = "the groups don't add up to their denominator, as they do in other periods"
    remedy = "Correct the numerator of a group, or the denominator of all."
    parts: list[tuple[pd.Series[Any], Withheld]] = [
        (known & off.gt(0) & rounded, ()),
        (known & ~rounded, "row"),
    ]
    for wrong, withheld in parts:
        broken = np.asarray(here.isin(sums.index[wrong]))
        yield Contradiction("adds-up", broken, "numerator", problem, remedy, withheld=withheld)


def _most_frequent(sums: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    """Return for each line the ``people`` that most characteristics sum up to, the fewest of several, and how many ``times``."""
    times = sums.groupby([*within, "people"], dropna=False).size().rename("times").reset_index()
    ordered = times.sort_values(["times", "people"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(within).set_index(within)


def _has_whole(sums: pd.DataFrame, within: list[str]) -> pd.Series[Any]:
    """Return whether the same people are counted without a characteristic too."""
    return (
        (sums["characteristic"] == ALL).groupby([sums[key] for key in within], dropna=False).transform("any")
    )


def _aggregates(frame: pd.DataFrame, checked: Mapping[str, Checked]) -> pd.Series[Any]:
    """Return which rows are of groups that put others together, by the vocabulary's list ``aggregate``."""
    words = checked.get("vocabulary")
    if words is None or not {"list", "code"} <= set(words.frame):
        return pd.Series(data=False, index=frame.index)
    codes = list(words.frame.loc[words.frame["list"] == "aggregate", "code"].dropna())
    named = frame["characteristic"].astype("str") + "=" + frame["group"].astype("str")
    return named.isin(codes)


def _quarters(table: Table, frame: pd.DataFrame) -> Iterator[Contradiction]:
    """Four pay quarters have as many people each, by their definition, and make up everybody."""
    keys = _others(table, "quarter", "group")
    rows = frame[frame["people"].notna()]
    if not keys or rows.empty:
        return
    sums = rows.pivot_table("people", keys, "quarter", aggfunc="sum").astype("float64")
    quarters = [name for name in sums if name != ALL]
    spread = sums[quarters].max(axis=1) - sums[quarters].min(axis=1)
    uneven = (spread > UNEQUAL_PEOPLE) & (spread > UNEQUAL_SHARE * sums[quarters].mean(axis=1))
    wrong = uneven | (sums[ALL].notna() & sums[ALL].ne(sums[quarters].sum(axis=1)) if ALL in sums else False)
    broken = sums.index[wrong.fillna(value=False)]
    here = pd.MultiIndex.from_frame(frame[keys]) if len(keys) > 1 else pd.Index(frame[keys[0]])
    problem = "pay quarters are not equal, or don't add up to everybody"
    remedy = "Give a quarter of the people to each, in the order of their pay."
    yield Contradiction("quarters", np.asarray(here.isin(broken)), "people", problem, remedy)


# -- figures ------------------------------------------------------------------------------------------------


def _percent(frame: pd.DataFrame, checked: Mapping[str, Checked]) -> Iterator[Contradiction]:
    """A share lies between 0 and 100 per cent; a gap may be below zero, but not below -100."""
    register = checked.get("indicators")
    if register is None or not {"id", "unit"} <= set(register.frame):
        return
    rows = register.frame.dropna(subset="id").drop_duplicates("id").set_index("id")
    percent = frame["indicator"].map(rows["unit"]).eq("percent")
    shares = frame["indicator"].map(rows["denominator"]).notna() if "denominator" in rows else percent
    value = frame["value"]
    wrong = percent & ((value > MOST_PERCENT) | (value < -MOST_PERCENT))
    remedy = "Correct the value: it is in per cent of the whole."
    yield Contradiction("percent", _mask(wrong), "value", "the value can't be a percentage", remedy)
    below = (
        percent & shares & frame["numerator"].notna() & (value < 0) if "numerator" in frame else wrong & False
    )
    yield Contradiction("percent", _mask(below), "value", "the value is a share below zero", remedy)


def _without_source(table: Table, frame: pd.DataFrame, about: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Who publishes a figure says where it is from."""
    if about.get("status") not in ("official", "published") or table.field("source") is None:
        return
    blank = frame["source"].isna() & frame.notna().any(axis=1)
    problem = "a published figure has no source"
    remedy = "Name the publication that it comes from."
    yield Contradiction("source", _mask(blank), "source", problem, remedy, withheld=())


def _in_future(table: Table, frame: pd.DataFrame, about: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Nothing has happened after the day on which its table was last changed."""
    given = about.get("updated")
    until = parse_one("date", given) if isinstance(given, str) else None
    if until is None:
        return
    remedy = f"Correct the date, or “updated” of {table.name} in the descriptor."
    # Of a year that has not begun nobody can have been counted.
    counted: Withheld = "row" if table.field("people") or table.field("value") else ()
    for each in table.fields:
        if each.name in HAPPENED and each.type == "date":
            problem = f"the date is after the table was last updated, on {until:%Y-%m-%d}"
            mask = _mask(frame[each.name] > until)
            yield Contradiction("future", mask, each.name, problem, remedy, withheld=())
        elif each.name in ("year", "period") and each.type == "string":
            began = first_days(frame[each.name])
            problem = f"the {each.name} begins after the table was last updated, on {until:%Y-%m-%d}"
            yield Contradiction("future", _mask(began > until), each.name, problem, remedy, withheld=counted)
