"""Where is this from, how is it worked out, can I have it?"""

import streamlit as st

from svdash.findings.open_data import data_catalogue
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page_parts import Part
from svdash.show.panels import bring_file, data_panels, snapshot_list

now = page.question("Where is this from, and how is it worked out?")
with controls.line():
    part = page_parts.choose(
        {
            "tables": Part("Tables"),
            "dictionary": Part("Columns", {"table": ""}),
            "methods": Part("How worked out"),
            "downloads": Part("Download"),
            "bring": Part("Bring your own file"),
            "snapshots": Part("Snapshots", snapshot_list.CONTROLS),
            "marks": Part("Marks and credits"),
        },
        # An address that names a table means its columns.
        first="dictionary" if st.query_params.get("table") else "tables",
    )
    table = data_panels.pick_table(now) if part == "dictionary" else ""

if part not in ("dictionary", "methods"):
    page.answer(data_catalogue.tables(now.edition, now.view).headline)

match part:
    case "tables":
        page.finding(data_catalogue.tables(now.edition, now.view), headed=False)
    case "dictionary":
        page.finding(data_catalogue.dictionary(now.edition, now.view, table))
    case "methods":
        page.finding(data_catalogue.methods(now.edition, now.view))
    case "downloads":
        data_panels.downloads(now)
    case "bring":
        bring_file.bring()
    case "snapshots":
        snapshot_list.show(now)
    case "marks":
        data_panels.marks(now)
