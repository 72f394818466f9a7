"""Where is this from, how is it worked out, can I have it? The pack described to those who use it."""

from __future__ import annotations

from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import TOLD_BY, Finding
from svdash.findings.indicators import indicator_trends
from svdash.findings.progress.commitment_register import matching
from svdash.findings.spec import Parameter, Spec, of_view
from svdash.register import Framework, View
from svdash.tables import PackError, boundary_shapes


@kept
def tables(edition: Edition, view: View) -> Finding:
    """Every table of the pack with source, status, licence, date and rows."""
    rows = [
        {
            "name": name,
            "title": about["title"],
            "description": about["description"],
            "status": about["status"],
            "access": _served_how(edition, name),
            "source": "; ".join(s["title"] for s in about["sources"]),
            "licence": "; ".join(licence["title"] for licence in about["licenses"]),
            "updated": about["updated"],
            "by": about["updatedBy"],
            "rows": _rows(edition, name),
            "withheld": 0 if name in edition.lines or name not in edition.tables else edition.withheld(name),
        }
        for name in edition.names
        for about in [edition.resource(name)]
    ]
    frame = pd.DataFrame(rows).astype({"rows": "Int64"})
    withheld = int(frame["withheld"].sum())
    rows_told = int(frame.loc[frame["name"].isin(edition.tables), "rows"].sum())
    shapes = not frame["name"].isin(edition.tables).all()
    return Finding(
        name="catalogue",
        row_key=("title",),
        headline=f"{wording.count(len(edition.tables), 'table')}, {wording.number(rows_told)} rows"
        + (f", and {wording.number(int(frame['rows'].sum()) - rows_told)} boundaries" if shapes else ""),
        subtitle="Every table of the data pack, with its source and status",
        frame=frame,
        columns={
            "title": "Table",
            "status": "Status",
            "rows": "Rows",
            "source": "Source",
            "licence": "Licence",
            "updated": "Updated",
            "by": "By",
            "access": "Served",
            "withheld": "Rows withheld as faulty",
        },
        sentence=f"{wording.count(withheld, 'row').capitalize()} withheld because of faults.",
        view=view,
    )


# What documents say that carry such figures away from the pages.
MADE_UP: Final = (
    "Figures marked illustrative are made up for demonstration: they are not official statistics."
)


@kept
def demonstration(edition: Edition) -> str:
    """Say that figures are made up to show the product, and which are not; empty where no table of the pack is."""
    status = {name: str(edition.resource(name)["status"]) for name in edition.names}
    if "illustrative" not in status.values():
        return ""
    told = [TOLD_BY[name].split(" and ") for name in status if status[name] == "official" and name in TOLD_BY]
    official = list(dict.fromkeys(what for each in told for what in each))
    real = [*official, *(["figures marked published"] if "published" in status.values() else [])]
    said = "Illustrative: figures made up for demonstration."
    return f"{said} Not made up: {wording.every(real)}." if real else said


def _served_how(edition: Edition, name: str) -> str:
    if name in edition.lines:
        return "as sums by area, programme and year"
    if edition.resource(name)["access"] != "open":
        return "through disclosure control"
    return "open" if name in edition.tables else "open, on the map"


def _rows(edition: Edition, name: str) -> int | None:
    """Count the rows; ``None`` where the file can't be read, which is not zero."""
    if name not in edition.tables:
        return len(boundary_shapes.shapes(edition))
    try:
        return edition.count(name)
    except PackError:
        return None


_DICTIONARY: Final = {
    "name": "Column",
    "title": "Name",
    "type": "Type",
    "required": "Required",
    "allowed": "Allowed",
    "description": "Meaning",
    "status": "Status",
}


@kept
def dictionary(edition: Edition, view: View, table: str) -> Finding:
    """The data dictionary of one table, read from the data package."""
    about = edition.resource(table)
    rows = [
        {
            "name": field["name"],
            "title": field.get("title", ""),
            "type": field["type"],
            "required": bool(field.get("constraints", {}).get("required", False)),
            "allowed": _allowed(edition, field),
            "description": field.get("description", ""),
            "status": field.get("status", about["status"]),
        }
        for field in about.get("schema", {}).get("fields", [])
    ]
    return Finding(
        name="dictionary",
        row_key=("name",),
        params={"table": table},
        headline=f"{about['title']}: {wording.count(len(rows), 'column')}",
        subtitle=about["description"],
        # Boundaries have no columns: their dictionary is empty, and a table all the same.
        frame=pd.DataFrame(rows, columns=list(_DICTIONARY)),
        columns=_DICTIONARY,
        view=view,
    )


def raw(edition: Edition, view: View, table: str) -> Finding:
    """One open table of the pack as it is, with its status beside every row."""
    about = edition.resource(table)
    fields = {field["name"]: field.get("title") or field["name"] for field in about["schema"]["fields"]}
    frame = edition.table(table)
    decimals = {name: _decimals(frame[name]) for name in fields if pd.api.types.is_float_dtype(frame[name])}
    return Finding(
        name=f"pack-{table}",
        headline=str(about["title"]),
        subtitle=str(about["description"]),
        frame=frame.assign(table_status=about["status"]),
        columns={**fields, "table_status": "Status of the table"},
        decimals=decimals,
        statuses=(str(about["status"]),),
        view=view,
    )


def _decimals(column: pd.Series) -> int:
    """Return how many decimals the numbers of a column have, six at most: a place is told to a tenth of a metre by as many."""
    return next((n for n in range(6) if column.dropna().eq(column.dropna().round(n)).all()), 6)


def _allowed(edition: Edition, field: dict[str, object]) -> str:
    constraints = field.get("constraints", {})
    if not isinstance(constraints, dict):
        return "any"
    if "enum" in constraints:
        return ", ".join(map(str, constraints["enum"]))
    if "vocabulary" in field:
        codes = list(Framework.of(edition).vocabulary.labels(str(field["vocabulary"])))
        several = ", several separated by “; ”" if "separator" in field else ""
        return f"{wording.listing(codes, 6)} (list “{field['vocabulary']}”{several})"
    limits = {
        "pattern": "pattern",
        "minimum": "from",
        "maximum": "to",
        "maxLength": "at most this many characters:",
    }
    told = [f"{words} {constraints[name]}" for name, words in limits.items() if name in constraints]
    return ", ".join(told) or "any"


@kept
def methods(edition: Edition, view: View) -> Finding:
    """How each indicator of the view is worked out."""
    framework = Framework.of(edition)
    rows = framework.indicators_of(view)
    frame = rows.assign(
        denominator=rows["denominator"].fillna("none: a count or a sum"),
        caveat=rows["caveat"].fillna("none noted"),
    ).reset_index(drop=True)
    return Finding(
        name="methods",
        row_key=("id",),
        headline=f"{wording.count(len(frame), 'indicator')}: how each is worked out"
        if len(frame)
        else "No indicator here",
        subtitle="Definition, polarity, target and limits of each indicator",
        frame=frame,
        columns={
            "id": "Id",
            "title": "Indicator",
            "measure": "Measure",
            "level": "Level",
            "unit": "Unit",
            "polarity": "Better is",
            "numerator": "Numerator",
            "denominator": "Denominator",
            "method": "How worked out",
            "caveat": "Caveat",
        },
        sentence=indicator_trends.LADDER,
        view=view,
        empty="" if len(frame) else "No indicator for this role and commitment.",
    )


def search(edition: Edition, words: str) -> pd.DataFrame:
    """Search register, success measures and indicators; every word must occur.

    Returns ``id``, ``title``, ``kind`` (commitment, measure, indicator) and ``indicator`` (where it leads to).
    """
    framework = Framework.of(edition)
    found = matching(framework.commitments, words)[["id", "title"]].assign(kind="commitment", indicator="")
    leads = framework.indicators[framework.indicators["lead"]].set_index("measure")["id"]
    measures = framework.measures.assign(
        kind="measure", indicator=framework.measures["id"].map(leads).astype("str").fillna("")
    )
    indicators = framework.indicators.assign(
        kind="indicator", indicator=framework.indicators["id"], summary=framework.indicators["method"]
    )
    others = pd.concat([measures, indicators])[["id", "title", "summary", "kind", "indicator"]]
    text = others["id"].str.cat(others[["title", "summary"]], sep=" ", na_rep="").str.casefold()
    keep = pd.Series(True, index=others.index)
    for word in words.casefold().split():
        keep &= text.str.contains(word, regex=False)
    return pd.concat([found, others[keep].drop(columns="summary")], ignore_index=True)


SPECS: Final = (
    of_view("methods", "How each indicator is worked out", methods),
    of_view("catalogue", "Tables of the data pack", tables, filtered=False),
    Spec(
        "dictionary",
        "Data dictionary of one table",
        lambda edition, view, given: dictionary(edition, view, given["table"]),
        filtered=False,
        parameters={"table": Parameter("Name of the table", lambda edition: edition.names)},
    ),
)
