"""One comparison in a word: what can be said of it, how large its widest gap is, and of whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from svdash import wording
from svdash.findings.equality import gap_verdicts, recruitment, resident_shares
from svdash.findings.equality.gap_verdicts import (
    ALONE,
    BELOW,
    ELSEWHERE,
    REAL,
    TAKEN_ALONE,
    UNKNOWN,
)
from svdash.findings.finding import Finding, records
from svdash.register import NOT_STATED

# Counts are written rounded to 5: ten may be eight, and a ratio on fewer than ten people is no headline.
_FEW_AS_WRITTEN: Final = 10


@dataclass(frozen=True)
class GapCell:
    """What the grid shows of one comparison.

    ``times`` is the widest gap beyond chance as a ratio, NaN where there is none or where fewer than ten people make it;
    ``sentence`` says the same in a sentence, and ``group`` of whom; both are empty without one.
    """

    verdict: str
    times: float = math.nan
    sentence: str = ""
    group: str = ""

    @property
    def far(self) -> float:
        """How far from equal the gap is: half as likely is as far as twice as likely. 0 where there is none."""
        return abs(math.log(self.times)) if self.times > 0 else 0.0


def of_recruitment(found: Finding) -> GapCell:
    """Return the cell of recruitment: its worst step beyond chance."""
    if found.empty or found.verdict not in (REAL, ALONE):
        return GapCell(found.verdict)
    rows = found.frame[found.frame["year"] == found.frame["year"].iloc[0]]
    one = recruitment.worst(recruitment.single_groups(rows))
    if one is None or one["on_few"]:
        return GapCell(found.verdict)
    beside = str(rows.loc[rows["group"] == one["reference"], "group_label"].iloc[0])
    sentence = (
        f"{one['group_label']}{recruitment.at_step(one)}: {wording.two_figures(one['ratio'])} times as likely"
        f"{recruitment.whole_way(one)} as {beside} ({one['year']})"
    )
    return GapCell(found.verdict, float(one["ratio"]), sentence, str(one["group_label"]))


def beside_residents(part: str, found: Finding) -> GapCell:
    """Return the cell of a part that sets groups beside residents: the group that is furthest below them.

    The comparison group is not spoken of. What is not fair is neither counted nor measured.
    """
    if found.empty or "verdict" not in found.frame:
        return GapCell(ELSEWHERE if found.verdict == ELSEWHERE else UNKNOWN)
    rows = found.frame[found.frame["group"] != NOT_STATED]
    verdict = found.verdict or gap_verdicts.of_groups(rows["verdict"])
    wanted = {REAL: BELOW, ALONE: TAKEN_ALONE[BELOW]}.get(verdict, "")
    short = rows[(rows["verdict"] == wanted) & (rows["times"] > 0)]
    if part == "services":
        short = short[short["group"] != _reference(found)]
    people = "led" if part == "owners" else "numerator"
    short = short[short[people].fillna(0) > _FEW_AS_WRITTEN].sort_values("times", kind="stable")
    if short.empty:
        return GapCell(verdict)
    one = records(short)[0]
    return GapCell(verdict, float(one["times"]), _sentence(part, one), str(one["group_label"]))


def _reference(found: Finding) -> str:
    """Return the comparison group, which stands one time beside itself."""
    itself = found.frame[found.frame["beside_reference"] == 1]
    shared = itself.groupby("group")["programme"].nunique()
    return str(shared.idxmax()) if len(shared) else ""


def _sentence(part: str, row: dict[str, Any]) -> str:
    """Say a gap to residents in a sentence without its full stop."""
    share, residents = wording.share(row["share"]), wording.percent(row["resident_share"])
    group = str(row["group_label"])
    who = {
        "workforce": f"{group}: {share} of staff",
        "owners": f"{group}: lead {share} of the {str(row.get('population_label')).lower()} that answered",
        "services": f"{group}: {share} of those reached by {row.get('programme_label')}",
    }[part]
    return f"{who}, {residents} of {resident_shares.whom(row)} ({wording.two_figures(row['times'])} times)"


def widest(cells: list[GapCell], most: int = 3) -> list[str]:
    """Return the sentences of the widest fair comparisons that hold, the widest first."""
    real = [cell for cell in cells if cell.verdict == REAL and cell.sentence]
    return [cell.sentence for cell in sorted(real, key=lambda cell: -cell.far)[:most]]
