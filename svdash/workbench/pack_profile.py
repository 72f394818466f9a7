"""The profile of an open table of the data pack, as of a file that somebody brought."""

from __future__ import annotations

from svdash.editions import Edition
from svdash.lines.locked_tables import locked
from svdash.settings import var_folder
from svdash.workbench.formula import Kind
from svdash.workbench.indicator_sources import kinds_of
from svdash.workbench.known_places import Places
from svdash.workbench.profile import Profile, profile


def profile_of(edition: Edition, name: str) -> Profile:
    """Return the profile of a table that may be looked at row by row."""
    import pyarrow as pa

    kinds: dict[str, Kind] = kinds_of(edition, name)
    rows = pa.Table.from_pandas(edition.table(name)[list(kinds)], preserve_index=False)
    with locked(var_folder() / "workbench") as connection:
        connection.register("pack_table", rows)
        return profile(connection, "pack_table", list(kinds.items()), Places.of(edition))
