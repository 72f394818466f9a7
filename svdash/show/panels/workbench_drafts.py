"""The drafts of the workbench: which there are, which is opened, and that what is typed is kept by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from svdash import wording
from svdash.access import identity, server_places
from svdash.records import ConflictError, RecordsError, is_there
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import workbench_text
from svdash.workbench.definition import DefinitionError, Written, read
from svdash.workbench.indicator_draft import IndicatorDraft, definition_hash

if TYPE_CHECKING:
    from datetime import datetime

    from svdash.records.indicator_versions import IndicatorLog, KeptVersion, Standing

WRITERS: Final = (identity.ANALYST, identity.EDITOR)
# The draft's name in the address.
CHOSEN: Final = "indicator"
_NAME: Final = re.compile(r"[0-9a-f]{12}")
_SEEN: Final = "_workbench-seen-{}"
_BEGUN: Final = "_workbench-begun"
_FELL: Final = "_workbench-fell-{}"
_UNTITLED: Final = "Without a title yet"


@dataclass(frozen=True)
class OpenedDraft:
    """A draft that is open: as it is typed, and as it is recorded.

    Attributes:
        standing: where it stands in the records now; ``None`` for one that was never saved.
        seen: the version that this reader began from; ``None`` for none.
    """

    draft: IndicatorDraft
    standing: Standing | None
    seen: KeptVersion | None

    @property
    def is_behind(self) -> bool:
        """Whether somebody saved it since this reader began."""
        newest = self.standing.newest.revision.number if self.standing else None
        return newest != (self.seen.revision.number if self.seen else None)


def log() -> IndicatorLog:
    """Return the indicators on record. Raises ``RecordsError`` if the database can't be reached."""
    from svdash.records import History, connect
    from svdash.records.indicator_versions import IndicatorLog as Log

    return Log(History(connect()))


def every() -> tuple[Standing, ...]:
    """Return where each indicator stands, the one saved last first; none where nothing was recorded yet."""
    return log().every() if is_there() else ()


def asked_for(standing: tuple[Standing, ...]) -> OpenedDraft | None:
    """Return the draft that the address names; ``None`` where it names none. One that nobody saved yet is empty."""
    wanted = st.query_params.get(CHOSEN, "")
    found = next((each for each in standing if each.newest.id == wanted), None)
    if found is None and not _NAME.fullmatch(wanted):
        return None
    newest = found.newest if found else None
    seen: KeptVersion | None = st.session_state.setdefault(_SEEN.format(wanted), newest)
    draft = IndicatorDraft(wanted) if seen is None else _draft(seen)
    typed = IndicatorDraft(
        wanted,
        draft.by,
        workbench_text.standing(draft),
        workbench_text.files(draft),
        newest.version.stage if newest else "",
        draft.revision,
        workbench_text.turn(wanted),
    )
    return OpenedDraft(typed, found, seen)


def _draft(kept: KeptVersion) -> IndicatorDraft:
    version, revision = kept.version, kept.revision
    return IndicatorDraft(kept.id, revision.by, version.text, version.files, version.stage, revision.number)


def headline(standing: tuple[Standing, ...], opened: OpenedDraft | None) -> str:
    """Return the page's title: what is open and where it stands, or how many there are."""
    if opened is not None and opened.standing is not None:
        return f"{opened.standing.newest.version.named}: {state(opened.standing)}"
    if opened is not None:
        return "A new indicator: nothing is saved yet"
    waiting = sum(each.newest.version.stage == "prototype" for each in standing)
    if not standing:
        return "No indicator is being tried out yet"
    prototypes = f", {wording.counted(waiting, 'prototype')} among them" if waiting else ""
    return f"{wording.counted(len(standing), 'indicator')} on the workbench{prototypes}"


def choose(standing: tuple[Standing, ...], opened: OpenedDraft | None) -> None:
    """Draw the list to choose a draft from, and the button that begins one."""
    options = {"": "All indicators on the workbench", **_labels(standing)}
    chosen = opened.draft.id if opened else ""
    if chosen not in options:
        options[chosen] = "New indicator"
    controls.select(CHOSEN, "Indicator", options, chosen, "", width=560)
    st.button("Begin a new indicator", key="workbench-new", type="primary", on_click=_begun)


def _begun() -> None:
    from svdash.records.indicator_versions import new_id

    controls.choose(CHOSEN, new_id())


def _labels(standing: tuple[Standing, ...]) -> dict[str, str]:
    """Return what the list calls each draft, by the draft's name: no two are called the same.

    A browser sends the label of what is open with everything that is typed, so of two labels alike the other draft would open.
    """
    titles = Counter(each.newest.version.title for each in standing)
    names = {each.newest.id: _named(each, titles) for each in standing}
    alike = Counter(names.values())
    return {draft: f"{name} · {draft}" if alike[name] > 1 else name for draft, name in names.items()}


def _named(each: Standing, titles: Mapping[str, int]) -> str:
    """Return a draft's title and where it stands; without a title of its own, also when it was begun."""
    version = each.newest.version
    own = version.title and titles[version.title] == 1
    begun = "" if own else f" · begun {wording.moment(_begun_at(each))}"
    return plain(f"{version.named}{begun} · {state(each)}")


def _begun_at(each: Standing) -> datetime:
    """Return when a draft was saved first, which is asked of the records once."""
    known: dict[str, datetime] = st.session_state.setdefault(_BEGUN, {})
    draft = each.newest.id
    if draft not in known:
        known[draft] = log().of(draft)[0].revision.at
    return known[draft]


def state(each: Standing) -> str:
    """Say where an indicator stands, and whether a change of it is being worked on."""
    if not each.is_changed or each.in_force is None:
        return each.newest.version.stage
    return f"{each.in_force.version.stage}; a change is {each.newest.version.stage}"


def listed(standing: tuple[Standing, ...]) -> None:
    """Draw all indicators of the workbench as a table to choose from."""
    if not standing:
        page.empty(
            "Begin a new indicator: bring a file or take a table of the data pack, write down what is counted, and see what it "
            "shows. What you write is saved automatically, and nobody but analysts and editors sees it until it is agreed."
        )
        return
    _told_of_changes(standing)
    ids = [each.newest.id for each in standing]
    rows = pd.DataFrame([_row(each) for each in standing])
    key = controls.grid("workbench-drafts", ids, "")
    st.dataframe(
        rows, hide_index=True, width="stretch", key=key, selection_mode="single-row",
        on_select=lambda: controls.choose(CHOSEN, controls.ticked(key, ids)),
    )  # fmt: skip
    page.note("Tick a row to open it, or choose it in the list above.")


def _told_of_changes(standing: tuple[Standing, ...]) -> None:
    """Say which agreed indicators are being changed, first to whoever agreed or looked at them."""
    person = identity.person()
    for each in standing:
        if not each.is_changed or each.in_force is None:
            continue
        agreed, newest = each.in_force, each.newest
        theirs = (agreed.revision.by, agreed.version.reviewer)
        mine = person is not None and any(person.goes_by(name) for name in theirs)
        to = "You agreed it or looked at it" if mine else f"{agreed.revision.by} agreed it"
        changed = (
            f"{newest.revision.by} changed {agreed.version.named} at {wording.moment(newest.revision.at)}"
        )
        page.empty(
            f"{changed}. {to}: what was agreed holds until the change is agreed too. Open it to see what differs in text and in numbers."
        )


def _row(each: Standing) -> dict[str, Any]:
    newest = each.newest
    return {
        "Identifier": newest.version.code or "not yet",
        "Title": newest.version.title or _UNTITLED,
        "Stage": state(each),
        "Last saved by": newest.revision.by,
        "When": wording.moment(newest.revision.at),
    }


def keep(opened: OpenedDraft, draft: IndicatorDraft, written: Written | None) -> OpenedDraft:
    """Save what was typed, where it is another text or other files than this reader began from; return the draft as it is then.

    Where somebody else saved the draft meanwhile, nothing is saved until one of the two is chosen; what was typed stays.

    Args:
        opened: as the page found it.
        draft: with the text and the files as they stand in the form now.
        written: the definition that the text is, where it can be read.
    """
    before = _draft(opened.seen) if opened.seen else IndicatorDraft(draft.id)
    is_typed = (draft.text, dict(draft.files)) != (before.text, dict(before.files))
    newest = opened.standing.newest if opened.standing else None
    if opened.is_behind and newest is not None:
        if not is_typed or (draft.text, dict(draft.files)) == (newest.version.text, newest.version.files):
            taken(newest)
            st.rerun()
        _parted(opened, newest, draft, written)
    elif is_typed:
        opened = _saved(opened, draft, written, draft.revision)
    _told_of_fall(opened)
    return opened


def _told_of_fall(opened: OpenedDraft) -> None:
    """Say that a prototype is proposed again, since what was written in it can't be read, for as long as it is so."""
    key = _FELL.format(opened.draft.id)
    stage = opened.standing.newest.version.stage if opened.standing else ""
    if stage != "proposed":
        st.session_state.pop(key, None)
    elif key in st.session_state:
        st.warning(
            "It was a prototype, and what was written since can't be worked out: it is proposed again. Correct the definition, "
            "then make it a prototype once more, and have it looked at."
        )


def _saved(
    opened: OpenedDraft, draft: IndicatorDraft, written: Written | None, parent: int | None
) -> OpenedDraft:
    """Save a draft; say so where that fails. What was typed stays in its fields."""
    from svdash.records.indicator_versions import Standing

    try:
        by = recording.writer(*WRITERS)
        kept = log().save(draft.id, _given(draft, written), parent, by=by, view=page.this_view())
    except ConflictError:
        # Somebody was quicker: the page says who, and asks which of the two stays.
        st.rerun()
    except RecordsError as problem:
        recording.say(
            f"Not saved: {server_places.for_visitors(str(problem))} What you typed stays here.", "error"
        )
        return opened
    st.session_state[_SEEN.format(draft.id)] = kept
    if draft.stage == "prototype" and kept.version.stage == "proposed":
        st.session_state[_FELL.format(draft.id)] = True
    in_force = opened.standing.in_force if opened.standing else None
    saved = OpenedDraft(_draft(kept), Standing(kept, in_force), kept)
    if headline((), saved) != headline((), opened):
        # The title of the page stands above what was just typed.
        st.rerun()
    return saved


def _given(draft: IndicatorDraft, written: Written | None) -> Mapping[str, Any]:
    said = (
        {
            "title": written.definition.title,
            "code": written.definition.id,
            "digest": definition_hash(written.definition),
        }
        if written
        else _said(draft.text)
    )
    return {"text": draft.text, "files": dict(draft.files), **said}


def _said(text: str) -> Mapping[str, str]:
    """Return what a text that is at fault says of its title and identifier, as far as that stands on lines of its own."""
    try:
        definition = read(text).definition
    except DefinitionError:
        found = dict(re.findall(r"(?m)^(title|id):[ \t]*(\S.*?)[ \t]*$", text))
        return {"title": found.get("title", "")[:150], "code": found.get("id", "")[:40]}
    # It can be read, and what it names is not there: it has no figures, so it is not one that could be agreed.
    return {"title": definition.title, "code": definition.id}


def taken(newest: KeptVersion) -> None:
    """Go on from what is recorded now."""
    st.session_state[_SEEN.format(newest.id)] = newest
    workbench_text.replaced(IndicatorDraft(newest.id), newest.version.text, newest.version.files)


def _parted(opened: OpenedDraft, newest: KeptVersion, draft: IndicatorDraft, written: Written | None) -> None:
    """Say that somebody saved the draft meanwhile, and ask which of the two texts stays."""
    who = f"{newest.revision.by} saved this draft at {wording.moment(newest.revision.at)}, after you had opened it"
    recording.say(
        f"{who}. What you typed is below and is not saved yet. Choose which of the two stays.", "warning"
    )
    with st.container(horizontal=True):
        theirs = st.button("Take theirs", key="workbench-theirs", help="What you typed is gone then")
        mine = st.button("Save mine after theirs", key="workbench-mine", help="Theirs stays in the history")
    with st.expander("What they saved"):
        st.code(newest.version.text, language="yaml")
    if theirs:
        taken(newest)
        st.rerun()
    if mine:
        _saved(opened, draft, written, newest.revision.number)
        st.rerun()
