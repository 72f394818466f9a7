"""Bring your own file: what it seems to be, which column is what, what would come of it, and into the pack.

What reads files is imported only once somebody brings one.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pandas as pd
import pyarrow as pa
import streamlit as st

from svdash import editions, wording
from svdash.access import identity, write_access
from svdash.settings import pack_folder
from svdash.show.kit import page
from svdash.show.kit.plain_text import plain, plain_cells
from svdash.tables import Pack, PackError

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from svdash.importing.columns.published_tables import Proposal
    from svdash.importing.file_overview import Overview
    from svdash.importing.files.source_files import Source
    from svdash.importing.import_jobs import OnLate
    from svdash.importing.questions import Question
    from svdash.importing.reconciliation import Options, Reconciliation
    from svdash.jobs.runner import OnProgress

# No more than the server takes (server.maxUploadSize): the browser would let a larger one go, and the server break it off.
MOST_MEGABYTES: Final = 10
# The last are not read: who brings one is told how to save it again, where a browser would only not take it.
_TYPES: Final = ("csv", "tsv", "txt", "xlsx", "json", "geojson", "gpkg", "zip", "ods", "xls", "xlsb")
_NONE: Final = "(no column)"
_MOST_TOTALS: Final = 12
_LONGEST_NAME: Final = 200
_TRIED, _DONE, _LOOKED, _UNGUESSED = "bring-tried", "bring-done", "bring-looked", "bring-unguessed"
_ASKED: Final = "bring-asked"
_AS_READ: Final = "(not answered)"
_CHANGED: Final = "The pack was changed meanwhile. Nothing was written. Below is what importing the file would do now: import again."
# How a remedy names an option of the command line that has a control here.
_AGAIN: Final = re.compile(r"(?:import again )?with --answer [a-z]+=[a-z0-9-]+(?: \(or [^)]*\))?(?=[.,;])")
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What came of reading a file: a reconciliation, the refused lines as CSV, why it was refused, and what is asked."""

    found: Reconciliation | None
    refused: bytes = b""
    error: str = ""
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """What came of an import, for the next time the part is drawn."""

    words: str
    good: bool


@st.fragment
def bring() -> None:
    """Draw the part; what happens in it redraws only it."""
    page.heading(
        "Bring your own file",
        "Spending, grants, contracts, pay gap returns, deprivation, boundaries: as published, with every row and penny accounted for.",
    )
    notes = _notes()
    while notes:
        if notes[0].good:
            st.success(plain(notes[0].words))
        else:
            page.empty(notes[0].words)
        del notes[0]  # not before it is drawn: with that, Streamlit may end this run
    _panel()


def _notes() -> list[Note]:
    """What came of imports and isn't shown yet: always the same list.

    A run that Streamlit is about to end can't get at the session's state any more, but it can add to a list it holds.
    """
    notes: list[Note] = st.session_state.setdefault(_DONE, [])
    return notes


def _pack() -> Pack:
    """The pack as it is now; that of the page is as old as the page, and only this part may have been redrawn."""
    return editions.writable()


def _panel() -> None:
    from svdash.importing.files.source_files import open_source
    from svdash.importing.reconciliation import ImportFileError

    why = identity.why_not_look()
    if why:
        page.empty(why)
        return
    given = st.file_uploader(
        f"File: CSV, Excel, JSON, GeoJSON, GeoPackage, or a zip of a Shapefile, up to {MOST_MEGABYTES} MB",
        type=list(_TYPES),
        max_upload_size=MOST_MEGABYTES,
        key="bring-file",
    )
    if given is None:
        st.caption(
            "Nothing is kept or changed by looking. The same file twice changes nothing. Larger files: `python -m svdash import`."
        )
        return
    with _laid_down(given.name, given.getvalue()) as path:
        # The first reading takes longest, and what would come of it stands below the columns, out of sight.
        spot = st.empty()
        try:
            _with(open_source(path), spot)
        except (ImportFileError, PackError) as error:
            page.empty(_short(str(error), path, pack_folder().absolute()))


@contextmanager
def _laid_down(name: str, data: bytes) -> Iterator[Path]:
    """The file where importers can read it, as long as this run lasts."""
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        path = Path(folder) / _file_name(name)
        path.write_bytes(data)
        yield path


def _file_name(name: str) -> str:
    """The name of a file as it can be written down: its last part, without what can't be printed, and not too long."""
    last = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    last = last.encode("utf-8", "ignore")[-_LONGEST_NAME:].decode("utf-8", "ignore")
    return last if last.strip(". ") else "file"


def _short(text: str, path: Path, pack: Path) -> str:
    """A message without the folder that only this run has, and with the pack for its folder."""
    text = text.replace(f"{path.parent}/", "").replace(f"{pack}: the pack", "The pack")
    return text.replace(str(pack), "the pack")


def _with(source: Source, spot: DeltaGenerator) -> None:
    from svdash.importing import FORMATS

    names = list(FORMATS)
    key = f"bring-format-{source.sha256[:12]}"
    likely, ended = _likely(source, key)
    name = st.selectbox(
        "Format" if likely is None else "Format, as guessed",
        names,
        index=None if likely is None else names.index(likely),
        format_func=lambda each: f"{each}: {FORMATS[each].reads}",
        key=key,
        placeholder="Say what the file is",
    )
    if name is None:
        page.empty(f"{ended or 'The file does not show what it is.'} Choose its format above.")
        return
    options, columns = _placed(name, source, _options(name, source))
    if columns is not None:
        options = replace(options, columns=_columns(name, source, columns))
    _outcome(name, source, options, spot)


def _likely(source: Source, key: str) -> tuple[str | None, str]:
    """The format of a file as guessed; and why it can't be guessed, where what looked at it came to an early end.

    A person may choose the format then, and the file isn't looked at again for what they know.
    """
    from svdash.importing.format_guess import guess
    from svdash.importing.import_jobs import EndedError

    if st.session_state.get(_UNGUESSED) == source.sha256 and st.session_state.get(key) is not None:
        return None, ""
    try:
        return _looked(guess, source, source=source), ""
    except EndedError as error:
        st.session_state[_UNGUESSED] = source.sha256
        return None, _short(str(error), source.path, pack_folder().absolute())


def _placed(name: str, source: Source, options: Options) -> tuple[Options, Proposal | None]:
    """Return the options with the sheet and the row of the headings, asked of a person where the file leaves them open.

    Raises:
        ImportFileError: it is not answered yet, or the file can't be read so either.
    """
    from svdash.importing.columns.published_tables import HeadingsError, SheetsError

    try:
        return options, _proposed(name, source, options)
    except SheetsError:
        sheet = None if options.sheet is not None else _sheet(source)
        if sheet is None:
            raise
        return _placed(name, source, replace(options, sheet=sheet))
    except HeadingsError:
        row = None if options.headings is not None else _headings_row(source)
        if row is None:
            raise
        return _placed(name, source, replace(options, headings=row))


def _headings_row(source: Source) -> int | None:
    """Ask for the row of the headings."""
    return st.number_input(
        "Row of the headings, as a spreadsheet numbers it",
        min_value=1,
        value=None,
        step=1,
        key=f"bring-headings-{source.sha256[:12]}",
        placeholder="Such as 3",
    )


def _sheet(source: Source) -> str | None:
    """Ask for the sheet of a workbook of several."""
    from svdash.importing.format_guess import sheets

    return st.selectbox(
        "Sheet",
        _looked(sheets, source, source=source),
        index=None,
        key=f"bring-sheet-{source.sha256[:12]}",
        placeholder="Choose one",
    )


def _proposed(name: str, source: Source, options: Options) -> Proposal | None:
    """Which column seems to be what; of all options it depends on the answers, the sheet and the row of the headings alone."""
    from svdash.importing.format_guess import proposal
    from svdash.importing.reconciliation import Options

    given = Options(
        programme=options.programme,
        sheet=options.sheet,
        headings=options.headings,
        answers=options.answers,
        constants=options.constants,
    )
    return _looked(proposal, name, source, given, source=source)


def _looked(function: Callable[..., T], *args: Any, source: Source) -> T:
    """What a function tells of the file: asked once for each file, pack and choice, since a workbook takes its time.

    Of errors only those are kept that a person answers, by a sheet or a row; others may be gone the next time.
    """
    from svdash.importing import import_jobs
    from svdash.importing.columns.published_tables import HeadingsError, SheetsError

    pack = _pack()
    of = (source.sha256, source.name, pack.fingerprint)
    if st.session_state.get(_LOOKED, (None,))[0] != of:
        st.session_state[_LOOKED] = (of, {})
    seen: dict[tuple[Any, ...], Any] = st.session_state[_LOOKED][1]
    key = (function.__name__, *(each for each in args if each is not source))
    if key not in seen:
        try:
            with _bar("Looking at the file", st.empty()) as told:
                seen[key] = import_jobs.inspect(function, *args, source=source, on_progress=told)
        except (SheetsError, HeadingsError) as error:
            seen[key] = type(error)(_short(str(error), source.path, pack.path))
    if isinstance(seen[key], SheetsError | HeadingsError):
        raise type(seen[key])(str(seen[key]))
    return cast("T", seen[key])


@contextmanager
def _bar(words: str, spot: DeltaGenerator) -> Iterator[OnProgress]:
    """What draws how much is done, in per cent, as long as something works; nothing is drawn before it is called."""
    try:
        yield lambda percent: _draw(spot, percent, words)
    finally:
        spot.empty()


def _draw(spot: DeltaGenerator, percent: int, words: str) -> None:
    """Draw a bar; below zero per cent it waits for its turn."""
    if percent < 0:
        spot.progress(0, f"{words}: waits until another file is read")
    else:
        spot.progress(percent, f"{words}: {percent}%" if percent else words)


def _options(name: str, source: Source) -> Options:
    """Ask for what a format may be told besides its columns."""
    from svdash.importing.reconciliation import Options

    key = f"{name}-{source.sha256[:12]}"
    told: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if name in ("spend", "360giving", "ocds"):
            told["programme"] = _programme(key)
        if name in ("spend", "360giving"):
            told["since"] = st.date_input(
                "Also earlier lines (--since)",
                value=None,
                min_value=date(2000, 1, 1),
                key=f"bring-since-{key}",
                help="The pack begins on this day, if it begins later now.",
            )
            told["overlap"] = st.selectbox(
                "Lines of an earlier file (--overlap)",
                ["refuse", "keep", "supersede"],
                key=f"bring-overlap-{key}",
                help="What to do where an earlier file has most of the lines.",
            )
        if name == "boundaries":
            told["simplify"] = st.number_input(
                "Simplify, metres (--simplify)", 1.0, 1000.0, None, key=f"bring-simplify-{key}"
            )
        if name in ("spend", "360giving"):
            said = st.text_input(
                "Date of all lines (--constant)",
                key=f"bring-date-{key}",
                placeholder="2024-04",
                help="Only where no column has one: a day or a month.",
            )
            told["constants"] = (("date", said.strip()),) if said and said.strip() else ()
        told["replace"] = st.checkbox(
            "Replace (--replace)",
            key=f"bring-replace-{key}",
            help="Replace illustrative lines, or figures that differ.",
        )
    return Options(**told, answers=_answers(source))


def _questions_so_far(source: Source) -> list[str]:
    """What was asked of the file so far in this session: always the same list."""
    asked: dict[str, list[str]] = st.session_state.setdefault(_ASKED, {})
    return asked.setdefault(source.sha256, [])


def _answer_key(kind: str, source: Source) -> str:
    return f"bring-answer-{kind}-{source.sha256[:12]}"


def _answers(source: Source) -> tuple[tuple[str, str], ...]:
    """What a person answered to what was asked of the file; the controls stand below what came of it."""
    given = [(kind, st.session_state.get(_answer_key(kind, source))) for kind in _questions_so_far(source)]
    return tuple((kind, answer) for kind, answer in given if answer is not None and answer != _AS_READ)


def _ask(source: Source, kinds: Iterable[str]) -> None:
    """Draw a control for everything that is asked of the file, or was before."""
    from svdash.importing.questions import KINDS

    asked = _questions_so_far(source)
    asked += [kind for kind in kinds if kind not in asked]
    for kind in asked:
        words = {_AS_READ: _AS_READ, **KINDS[kind].answers}
        st.selectbox(
            KINDS[kind].title,
            list(words),
            format_func=words.__getitem__,
            key=_answer_key(kind, source),
            help=f"On the command line: --answer {kind}=…",
        )


def _programme(key: str) -> str | None:
    now = page.here()
    if "programmes" not in now.edition.tables:
        return None
    rows = now.edition.table("programmes")
    names = dict(zip(rows["id"], rows["name"], strict=True))
    chosen: str | None = st.selectbox(
        "Programme of all lines (--programme)",
        list(names),
        index=None,
        format_func=lambda code: str(names[code]),
        key=f"bring-programme-{key}",
        placeholder="As the file says",
    )
    return chosen


def _columns(name: str, source: Source, columns: Proposal) -> tuple[tuple[str, str], ...]:
    """Draw the mapping to be changed, and return the columns that a person chose otherwise than proposed."""
    from svdash.importing.format_guess import fields_of

    st.markdown("**Which column is what**: proposed; change what is wrong. It is remembered with the import.")
    chosen: list[tuple[str, str]] = []
    places = [-1, *range(len(columns.headings))]
    spots = st.columns(3)
    for number, each in enumerate(fields_of(name)):
        first = columns.columns.get(each.name, -1)
        with spots[number % len(spots)]:
            place = st.selectbox(
                each.name.replace("_", " ") + (" (needed)" if each.required else ""),
                places,
                index=places.index(first),
                format_func=lambda at: _NONE if at < 0 else columns.headings[at] or f"column {at + 1}",
                key=f"bring-{name}-{each.name}-{source.sha256[:12]}-{first}",
            )
        if place is not None and place != first:
            chosen.append((each.name, "" if place < 0 else f"#{place + 1}"))
    return tuple(chosen)


# -- what comes of it ---------------------------------------------------------------------------------


def _outcome(name: str, source: Source, options: Options, spot: DeltaGenerator) -> None:
    """Draw what would come of the file, how far it is read meanwhile in its spot, and the button that imports it."""
    pack = _pack()
    of = (name, source.sha256, source.name, options)
    tried: tuple[tuple[object, ...], str, Outcome] | None = st.session_state.get(_TRIED)
    changed = tried is not None and tried[0] == of and tried[1] != pack.fingerprint
    if tried is not None and tried[:2] == (of, pack.fingerprint):
        outcome = tried[2]
    else:
        with _bar("Reading the file", spot) as told:
            outcome = _run(name, source, pack, replace(options, dry_run=True), told)
        # Without a reconciliation the cause may be gone the next time: memory, or another file than this one.
        st.session_state[_TRIED] = None if outcome.found is None else (of, pack.fingerprint, outcome)
    if outcome.found is not None:
        _accounts(outcome.found)
        if outcome.refused:
            st.download_button(
                "Refused lines, with the reason (CSV)",
                outcome.refused,
                file_name=f"{Path(source.name).stem}-refused.csv",
                mime="text/csv",
                on_click="ignore",
                key="bring-refused",
            )
    if outcome.error:
        page.empty(outcome.error)
    _ask(source, outcome.questions)
    if outcome.error:
        return
    why = write_access.why_not(pack)
    if why:
        page.empty(f"It can't be imported from here. {why}")
    elif st.button("Import into the pack", type="primary", key="bring-import"):
        if changed:
            _notes().append(Note(_CHANGED, good=False))
        else:
            _import(name, source, pack, options)
        # The whole page stands on the pack, and after a failure too it may be another.
        st.rerun(scope="app")


def _import(name: str, source: Source, pack: Pack, options: Options) -> None:
    """Import a file, and leave a note of what came of it, also for a reader who has turned the page meanwhile."""
    notes = _notes()

    def late(came: Reconciliation | Exception) -> None:
        good = not isinstance(came, Exception)
        words = (
            _short(str(came), source.path, pack.path) if isinstance(came, Exception) else _reconciled(came)
        )
        _log.warning("An import went on to its end after its reader had left the page: %s", words)
        notes.append(Note(words, good=good))

    with _bar("Importing", st.empty()) as told:
        outcome = _run(name, source, pack, options, told, late)
        # Before the bar goes: with the next thing that is drawn, Streamlit may end this run.
        good = outcome.found is not None and not outcome.error
        notes.append(Note(_reconciled(outcome.found) if outcome.found and good else outcome.error, good=good))
    if good:
        st.session_state[_TRIED] = None


def _run(
    name: str,
    source: Source,
    pack: Pack,
    options: Options,
    on_progress: OnProgress,
    on_late: OnLate = lambda _: None,
) -> Outcome:
    """Import a file, or try to. Nothing of the session is asked for once it is read: Streamlit may end the run there."""
    from svdash.importing import import_jobs
    from svdash.importing.questions import AskedError
    from svdash.importing.reconciliation import ImportFileError, ImportRefusedError

    # The file itself may be called so.
    refused = source.path.with_name("refused.csv" if source.name != "refused.csv" else "refused lines.csv")
    error = ""
    questions: list[str] = []
    found: Reconciliation | None = None
    try:
        found = import_jobs.run_import(
            name, source, pack, replace(options, refused=refused), on_progress, on_late
        )
    except ImportRefusedError as problem:
        found, error = problem.reconciliation, _here(str(problem), problem.reconciliation.questions)
    except AskedError as problem:
        error, questions = _here(str(problem), [problem.question]), [problem.question.key]
    except (ImportFileError, PackError) as problem:
        error = str(problem)
    lines = refused.read_bytes() if refused.is_file() else b""
    if found is not None:
        questions += [each.key for each in found.questions]
        questions += [tally.question for tally in found.refused.values() if tally.question]
    return Outcome(found, lines, _short(error, source.path, pack.path), tuple(dict.fromkeys(questions)))


def _here(text: str, questions: Iterable[Question] = ()) -> str:
    """A message with the controls of the page in the place of options of the command line."""
    from svdash.importing.questions import KINDS, ways

    for each in questions:
        text = text.replace(ways(each.key, each.choices), f"Answer below: “{KINDS[each.key].title}”.")
    return _AGAIN.sub("answer below", text)


def _reconciled(found: Reconciliation) -> str:
    tables = wording.every(found.tables)
    if not found.changed:
        return f"{found.file}: the pack has all of it already. Nothing changed in {tables}."
    return f"{found.file}: {wording.counted(found.used.rows, 'row')} imported into {tables}."


def _accounts(found: Reconciliation) -> None:
    """Draw a reconciliation: rows and amounts, the reasons, and what is worth knowing."""
    rows = {"Read": found.incoming.rows, "Used": found.used.rows, "Refused": found.refused_rows}
    frame = pd.DataFrame(
        {"Of the file": list(rows), "Rows": [wording.number(number) for number in rows.values()]}
    )
    if found.money:
        amounts = (found.incoming.pence, found.used.pence, found.refused_pence)
        frame["Amount"] = [wording.exact_money(pence) for pence in amounts]
    st.markdown(
        plain(f"What importing it would do: {found.form}." if found.form else "What importing it would do:")
    )
    st.table(frame, hide_index=True, border="horizontal", width="content", alt="Reconciliation of the file")
    if found.refused:
        reasons = [
            {"Refused because": tally.words, "Rows": wording.number(tally.rows)}
            | ({"Amount": wording.exact_money(tally.pence)} if found.money else {})
            | {"First row": wording.number(tally.first), "What to do": _here(tally.remedy)}
            for tally in sorted(found.refused.values(), key=lambda each: -each.rows)
        ]
        st.table(_plain(reasons), hide_index=True, border="horizontal", alt="Reasons of refusal")
    _seen(found)
    notes = [*found.notes, *(each.words for each in found.questions)]
    if notes:
        page.points(notes)


def _plain(rows: list[dict[str, str]]) -> pa.Table:
    """Rows for a table that is drawn, with the file's words as they stand."""
    return plain_cells(pa.Table.from_pylist(rows))


def _seen(found: Reconciliation) -> None:
    """Draw what shows a fault at a glance: days, months, suppliers, totals of the file, sheets that were not read."""
    if found.overview is not None:
        _overview(found.overview, found.used.pence)
    if found.totals:
        totals = [
            {
                "Total in row": f"{wording.number(each.row)}",
                "The file says": wording.exact_money(each.stated),
                "Our lines": "can't be compared" if each.ours is None else wording.exact_money(each.ours),
            }
            for each in found.totals[:_MOST_TOTALS]
        ]
        _listed("Totals of the file", totals)
    if found.sheets_not_read:
        st.markdown(plain(f"Not read: {', '.join(found.sheets_not_read)}."))


def _overview(seen: Overview, pence: int) -> None:
    """Draw first and last day, months and largest suppliers."""
    days, _, _ = seen.sentences(pence)
    st.markdown(plain(days))
    by_month = seen.by_month
    frame = pd.DataFrame(
        {
            "Month": [_brief(each.name) for each in by_month],
            "Pounds": [each.pence / 100 for each in by_month],
            "Lines": [each.rows for each in by_month],
        }
    )
    told = ", ".join(f"{each.name} {wording.exact_money(each.pence)}" for each in by_month)
    # Beside each other where there is room, and months short: long ones take the height that the bars need.
    for spot, column in zip(st.columns(2), ("Pounds", "Lines"), strict=True):
        spot.bar_chart(
            frame,
            x="Month",
            y=column,
            x_label="",
            height=220,
            sort=False,
            alt=f"{column} by month. {told if column == 'Pounds' else ''}",
        )
    largest = [
        {
            "Largest suppliers": each.name,
            "Lines": f"{wording.number(each.rows)}",
            "Amount": wording.exact_money(each.pence),
        }
        for each in seen.suppliers
    ]
    _listed("Largest suppliers", largest)


def _brief(month: str) -> str:
    """Write “April 2024” as “Apr 24”; a year stays one."""
    name, _, year = month.partition(" ")
    return f"{name[:3]} {year[-2:]}" if year else month


def _listed(title: str, rows: list[dict[str, str]]) -> None:
    st.table(_plain(rows), hide_index=True, border="horizontal", width="content", alt=title)
