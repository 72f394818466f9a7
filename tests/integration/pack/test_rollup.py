"""Lines become cells: every pound and every person counts once, at the right year and place."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as papq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from svdash.caching import memory
from svdash.lines import line_tables as line_module
from svdash.lines import rollup as module
from svdash.lines.engine import Engine, EngineError, open_engine
from svdash.lines.line_faults import line_faults, line_notes
from svdash.lines.line_tables import read_lines
from svdash.lines.rollup import Cells, rollup
from svdash.tables import LinesError, Pack, PackError, open_pack
from tests.examples import examples

TODAY = dt.date(2026, 6, 1)
PAYMENTS = pa.schema(
    {
        "id": pa.string(), "date": pa.date32(), "supplier": pa.string(), "supplier_id": pa.string(),
        "supplier_type": pa.string(), "programme": pa.string(), "amount_pence": pa.int64(),
        "supplier_area": pa.string(), "supplier_place": pa.string(), "benefit_area": pa.string(),
        "purpose": pa.string(), "contract_id": pa.string(),
    }
)  # fmt: skip
CONTACTS = pa.schema(
    {"date": pa.date32(), "programme": pa.string(), "area": pa.string(), "people": pa.int32()}
)
# Two districts of three MSOAs of four LSOAs each.
AREAS = [
    {
        "code": f"E0100{6400 + number}", "name": f"Area {number}", "msoa": f"Town {number // 4:03d}",
        "district": f"E0800001{number // 12}", "vintage": "2019",
    }
    for number in range(24)
]  # fmt: skip
CODES = [area["code"] for area in AREAS]
TYPES = {pa.string(): "string", pa.date32(): "date", pa.int64(): "integer", pa.int32(): "integer"}


def payment(number=1, **changes):
    """A sound payment with some cells changed."""
    return {
        "id": f"P{number}", "date": dt.date(2024, 5, 1), "supplier": "Baker Ltd", "supplier_id": "S1",
        "supplier_type": "sme", "programme": "skills", "amount_pence": 1050, "supplier_area": CODES[0],
        "supplier_place": "E08000010", "benefit_area": CODES[1], "purpose": "bread", "contract_id": "C1",
    } | changes  # fmt: skip


def contact(**changes):
    """A sound contact with some cells changed."""
    return {"date": dt.date(2024, 5, 1), "programme": "skills", "area": CODES[0], "people": 10} | changes


def described(schema):
    fields = [
        {"name": name, "type": TYPES[kind]} for name, kind in zip(schema.names, schema.types, strict=True)
    ]
    key = {"fields": "programme", "reference": {"resource": "programmes", "fields": "id"}}
    return {"fields": fields, "foreignKeys": [key]}


def write_lines(file, lines, schema):
    table = lines if isinstance(lines, pa.Table) else pa.Table.from_pylist(lines, schema=schema)
    papq.write_table(table, file)


def write_pack(folder, payments=None, contacts=None, areas=AREAS, **authority):
    """A pack of programmes, areas and lines; lines are not listed where none are given."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for name, rows in (("programmes", [{"id": "skills"}, {"id": "buses"}]), ("areas", areas)):
        frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["code", "msoa", "district", "vintage"])
        frame.to_csv(folder / f"{name}.csv", index=False)
        fields = [{"name": column, "type": "string"} for column in frame]
        resources.append({"name": name, "path": f"{name}.csv", "schema": {"fields": fields}})
    for name, lines, schema in (("payments", payments, PAYMENTS), ("contacts", contacts, CONTACTS)):
        if lines is not None:
            write_lines(folder / f"{name}.parquet", lines, schema)
            path = {"path": f"{name}.parquet", "format": "parquet"}
            resources.append({"name": name, **path, "schema": described(schema)})
    descriptor = {"name": "small", "resources": resources, "authority": {"area": "Townshire", **authority}}
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    return folder


@pytest.fixture(autouse=True)
def var(tmp_path, monkeypatch):
    """Where cells are kept during a test."""
    folder = tmp_path / "var"
    monkeypatch.setenv("SVDASH_VAR", str(folder))
    monkeypatch.delenv("SVDASH_ENGINE_URL", raising=False)
    return folder


@pytest.fixture
def pack(tmp_path):
    """Write a pack of these lines and open it."""
    return lambda *args, **kwargs: open_pack(write_pack(tmp_path / "pack", *args, **kwargs))


@pytest.fixture(scope="module")
def duckdb():
    """One engine for tests that only read."""
    with open_engine() as engine:
        yield engine


class ArrowEngine(Engine):
    """Another engine: Narwhals over pyarrow."""

    def scan(self, path, *, rows=None):
        table = papq.read_table(path)
        if rows is not None:
            table = table.append_column(rows, pa.array(range(2, table.num_rows + 2), pa.int64()))
        return nw.from_native(table).lazy()

    def collect(self, lines):
        return lines.collect().to_arrow().to_pandas(date_as_object=False)

    def close(self):
        """Nothing is held."""


class NoEngine(Engine):
    """An engine that must not be asked."""

    def scan(self, path, *, rows=None):  # noqa: ARG002
        raise AssertionError("the lines were read")

    def collect(self, lines):  # noqa: ARG002
        raise AssertionError("the lines were worked on")

    def close(self):
        """Nothing is held."""


def kept(var):
    """The one folder of cells."""
    (folder,) = (var / "cells").iterdir()
    return folder


def again(pack):
    """The pack as another process would see it: nothing of it is remembered."""
    memory.shared.clear()
    return Pack(pack.path, pack.descriptor, pack.fingerprint, pack.stamps, pack.digests)


def plain(frame):
    """Rows as tuples, missing as None."""
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]


def same(one: Cells, other: Cells):
    for name in module._TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


# -- money ------------------------------------------------------------------------------------------

LINE = st.fixed_dictionaries(
    {
        "date": st.none() | st.dates(dt.date(2022, 1, 1), dt.date(2024, 12, 31)),
        "programme": st.none() | st.sampled_from(["skills", "buses", "ünïcode"]),
        "amount_pence": st.none() | st.integers(-(2**53) - 1, 2**53 + 1),
        "supplier_area": st.none() | st.sampled_from([CODES[0], CODES[1], "E01035000"]),
        "benefit_area": st.none() | st.sampled_from([CODES[0], "E01035000"]),
        "supplier_place": st.none() | st.sampled_from(["E08000010", "uk"]),
        "supplier_type": st.none() | st.sampled_from(["sme", "large"]),
        "supplier_id": st.none() | st.sampled_from(["S1", "S2"]),
        "supplier": st.none() | st.sampled_from(["Baker Ltd", ""]),
    }
)


def by_pandas(lines, keys):
    """Sums and numbers of lines by key with pandas, whose integers may be of any size here."""
    columns = {name: pd.Series([line.get(name) for line in lines], dtype=object) for name in PAYMENTS.names}
    starts = [day and day.year - (day.month < 4) for day in columns["date"]]
    columns["year"] = pd.Series(
        [start and f"{start}/{(start + 1) % 100:02d}" for start in starts], dtype=object
    )
    pence = pd.Series([line["amount_pence"] or 0 for line in lines], dtype=object)
    frame = pd.DataFrame(columns)
    groups = frame.assign(pence=pence).groupby(keys, dropna=False, sort=False)["pence"]
    sums = groups.agg(pence=sum, lines="size").reset_index()
    return sorted(plain(sums), key=repr)


@examples(1 / 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, max_size=12))
def test_sums_of_money_equal_those_of_pandas_to_the_penny(lines, duckdb, tmp_path):
    file = tmp_path / "lines.parquet"
    write_lines(file, lines, PAYMENTS)
    read = read_lines(duckdb, "payments", file)
    payments = module.payments_by_area(duckdb, read, frozenset(CODES))
    for kind in ("supplier", "benefit"):
        cells = payments.loc[payments["kind"] == kind, ["year", "programme", "area", "pence", "lines"]]
        assert sorted(plain(cells), key=repr) == by_pandas(lines, ["year", "programme", f"{kind}_area"])
    for made, keys in (
        (module.payments_by_kind, ["year", "programme", "supplier_place", "supplier_type"]),
        (
            module.payments_by_supplier,
            ["year", "programme", "supplier_id", "supplier", "supplier_type", "supplier_place"],
        ),
    ):
        assert sorted(plain(made(duckdb, read)), key=repr) == by_pandas(lines, keys)


def test_cells_have_the_columns_and_types_that_are_promised(pack):
    cells = rollup(pack([payment()], [contact()]))
    for name, columns in module._COLUMNS.items():
        assert getattr(cells, name).dtypes.astype(str).to_dict() == columns
        assert len(getattr(cells, name)) > 0


def test_31_march_and_1_april_fall_into_different_years(pack):
    lines = [payment(1, date=dt.date(2023, 3, 31)), payment(2, date=dt.date(2023, 4, 1), amount_pence=7)]
    cells = rollup(pack(lines, [contact(date=line["date"]) for line in lines]))
    assert plain(cells.supplier_totals[["year", "pence"]]) == [("2022/23", 1050), ("2023/24", 7)]
    assert plain(cells.geography[["year"]]) == [("2022/23",), ("2023/24",)]


def test_the_year_that_ends_a_century_is_written_with_two_digits(pack):
    cells = rollup(pack([payment(date=dt.date(2100, 3, 31)), payment(2, date=dt.date(2099, 3, 31))]))
    assert cells.suppliers["year"].tolist() == ["2098/99", "2099/00"]


def test_each_payment_counts_once_at_its_supplier_and_once_at_its_benefit(pack):
    payments = rollup(pack([payment(1), payment(2, benefit_area=None)])).payments
    assert payments.groupby("kind")["pence"].sum().to_dict() == {"benefit": 2100, "supplier": 2100}
    assert payments.groupby("kind")["lines"].sum().to_dict() == {"benefit": 2, "supplier": 2}


def test_a_payment_without_a_place_is_counted_in_a_cell_without_an_area(pack):
    payments = rollup(pack([payment(supplier_area=None, benefit_area=None)])).payments
    assert payments["area"].isna().all()
    assert payments["pence"].tolist() == [1050, 1050]
    assert payments["known"].tolist() == [False, False]


def test_a_payment_without_date_programme_or_amount_is_counted(pack):
    suppliers = rollup(pack([payment(date=None, programme=None, amount_pence=None)])).suppliers
    assert plain(suppliers) == [(None, None, "E08000010", "sme", 0, 1)]


def test_an_area_that_the_pack_lacks_keeps_its_code_and_is_marked(pack):
    payments = rollup(pack([payment(supplier_area="E01035000")])).payments
    assert plain(payments[["kind", "area", "known"]]) == [
        ("supplier", "E01035000", False),
        ("benefit", CODES[1], True),
    ]


def test_credit_notes_are_taken_off_the_sum(pack):
    cells = rollup(pack([payment(1), payment(2, amount_pence=-1051)]))
    assert plain(cells.suppliers[["pence", "lines"]]) == [(-1, 2)]


def test_a_sum_too_large_for_whole_pence_is_refused_and_not_rounded(pack):
    with pytest.raises(EngineError, match="out of range"):
        rollup(pack([payment(1, amount_pence=2**62), payment(2, amount_pence=2**62)]))


def test_text_columns_may_be_blank_throughout_or_kept_as_categories(pack):
    table = pa.Table.from_pylist([payment(), payment(2)], schema=PAYMENTS)
    blank = table.schema.get_field_index("benefit_area")
    table = table.set_column(blank, "benefit_area", pa.nulls(2))
    table = table.set_column(5, "programme", table["programme"].dictionary_encode())
    payments = rollup(pack(table)).payments
    assert plain(payments[["kind", "programme", "area", "lines"]]) == [
        ("supplier", "skills", CODES[0], 2),
        ("benefit", "skills", None, 2),
    ]


# -- people -----------------------------------------------------------------------------------------


def spread(counts, **changes):
    """Contacts with so many people in each area, from the first on."""
    return [contact(area=code, people=count, **changes) for code, count in zip(CODES, counts, strict=False)]


def geography(cells):
    return plain(cells.geography)


def test_counts_large_enough_stay_at_lsoas(pack):
    cells = rollup(pack(contacts=spread([5] * 24)))
    assert geography(cells) == [("skills", "2024/25", "lsoa", 0.0)]
    assert cells.people["place"].tolist() == CODES


def test_a_fifth_of_cells_suppressed_is_still_fine_and_one_more_is_not(pack, tmp_path):
    fifth = rollup(pack(contacts=spread([4] * 4 + [5] * 16)))
    assert geography(fifth) == [("skills", "2024/25", "lsoa", 0.2)]
    more = rollup(open_pack(write_pack(tmp_path / "more", contacts=spread([4] * 5 + [5] * 15))))
    assert more.geography["geography"].tolist() == ["msoa"]


def test_a_count_of_five_is_not_suppressed_and_one_of_four_is(pack, tmp_path):
    assert rollup(pack(contacts=spread([5]))).geography["share_suppressed"].tolist() == [0.0]
    small = rollup(open_pack(write_pack(tmp_path / "small", contacts=spread([4]))))
    assert geography(small) == [("skills", "2024/25", "district", 1.0)]


def test_small_counts_move_up_to_msoas(pack):
    cells = rollup(pack(contacts=spread([2] * 24)))
    assert geography(cells) == [("skills", "2024/25", "msoa", 0.0)]
    assert plain(cells.people[["place", "people", "known"]]) == [(f"Town {n:03d}", 8, True) for n in range(6)]


def test_smaller_counts_still_move_up_to_districts(pack):
    cells = rollup(pack(contacts=spread([1, 0, 0, 0] * 5)))
    assert geography(cells) == [("skills", "2024/25", "district", 1.0)]
    assert plain(cells.people[["place", "people"]]) == [("E08000010", 3), ("E08000011", 2)]


def test_counts_are_summed_before_they_are_judged(pack):
    twice = spread([3] * 24) + spread([3] * 24)
    assert geography(rollup(pack(contacts=twice))) == [("skills", "2024/25", "lsoa", 0.0)]


def test_each_programme_and_year_has_a_geography_of_its_own(pack):
    lines = (
        spread([9] * 24) + spread([1] * 24, date=dt.date(2025, 5, 1)) + spread([2] * 12, programme="buses")
    )
    cells = rollup(pack(contacts=lines))
    assert [row[:3] for row in geography(cells)] == [
        ("buses", "2024/25", "msoa"),
        ("skills", "2024/25", "lsoa"),
        ("skills", "2025/26", "district"),
    ]
    shown = cells.people.groupby(["programme", "year"])["geography"].agg(["nunique", "size"])
    assert plain(shown) == [(1, 6), (1, 24), (1, 2)]


def test_places_that_nobody_came_from_are_present_with_zero(pack):
    people = rollup(pack(contacts=[contact(people=30)])).people
    assert people["place"].tolist() == CODES
    assert people["people"].tolist() == [30] + [0] * 23
    assert people["known"].all()


def test_people_without_a_place_are_counted_in_a_cell_without_one(pack):
    people = rollup(pack(contacts=[*spread([9] * 24), contact(area=None, people=3)])).people
    assert people["people"].sum() == 24 * 9 + 3
    assert plain(people[people["place"].isna()]) == [("2024/25", "skills", "lsoa", None, False, 3)]


@pytest.mark.parametrize(("count", "place"), [(9, "E01035000"), (2, None)])
def test_people_of_an_unknown_area_keep_its_code_only_where_lsoas_are_shown(pack, count, place):
    people = rollup(pack(contacts=[*spread([count] * 24), contact(area="E01035000", people=8)])).people
    assert plain(people.loc[~people["known"], ["place", "people"]]) == [(place, 8)]


def test_nothing_finer_than_the_chosen_geography_is_written(pack, var):
    rollup(pack(contacts=spread([1] * 24)))
    people = pd.read_parquet(kept(var) / "people.parquet")
    assert set(people["place"]) == {"E08000010", "E08000011"}


def test_a_negative_number_of_people_is_not_counted(pack):
    assert rollup(pack(contacts=[contact(people=-5), contact(people=30)])).people["people"].sum() == 30


def test_contacts_without_a_date_are_counted_in_a_cell_without_a_year(pack):
    cells = rollup(pack(contacts=[contact(date=None, people=30)]))
    assert plain(cells.geography) == [("skills", None, "lsoa", 0.0)]
    assert cells.people["people"].tolist() == [30] + [0] * 23


def test_places_are_of_the_vintage_whose_codes_the_contacts_use(pack):
    later = [{**AREAS[0], "code": "E01034001", "vintage": "2025"}, {**AREAS[1], "vintage": "2025"}]
    old = rollup(pack(contacts=spread([9] * 24), areas=AREAS + later))
    assert old.people["place"].tolist() == CODES


def test_places_of_the_later_vintage_stand_where_the_contacts_use_it(pack):
    later = [{**AREAS[0], "code": "E01034001", "vintage": "2025"}, {**AREAS[1], "vintage": "2025"}]
    new = rollup(pack(contacts=[contact(area="E01034001"), contact(area=CODES[1])], areas=AREAS + later))
    assert new.people["place"].tolist() == [CODES[1], "E01034001"]


def test_a_pack_without_areas_counts_its_people_in_one_cell(pack):
    cells = rollup(pack(contacts=spread([9] * 24), areas=[]))
    assert plain(cells.people[["geography", "place", "known", "people"]]) == [("district", None, False, 216)]


# -- what is kept -----------------------------------------------------------------------------------


def test_a_pack_without_lines_has_empty_cells_of_the_right_columns(pack, var):
    cells = rollup(pack(), NoEngine())
    for name, columns in module._COLUMNS.items():
        assert getattr(cells, name).dtypes.astype(str).to_dict() == columns
        assert getattr(cells, name).empty
    assert not var.exists()


def test_files_without_a_line_give_empty_cells(pack):
    cells = rollup(pack([], []))
    assert all(getattr(cells, name).empty for name in module._TABLES)


def test_cells_are_read_again_without_the_engine(pack, var, monkeypatch):
    opened = pack([payment()], spread([9] * 24))
    first = rollup(opened)
    before = {file: file.stat().st_mtime_ns for file in kept(var).iterdir()}
    monkeypatch.setattr(line_module, "open_engine", lambda _: pytest.fail("the engine was opened"))
    same(rollup(again(opened)), first)
    assert {file: file.stat().st_mtime_ns for file in kept(var).iterdir()} == before


def test_cells_are_remembered_and_what_a_caller_changes_stays_with_the_caller(pack):
    opened = pack([payment()])
    mine = rollup(opened).payments
    mine["pence"] = 0
    assert rollup(opened, NoEngine()).payments["pence"].tolist() == [1050, 1050]


@pytest.mark.parametrize("name", ["people.parquet", "payments.parquet", "sums.json"])
@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_damaged_cells_are_worked_out_again_and_put_in_place(pack, var, caplog, name, how):
    opened = pack([payment()], spread([9] * 24))
    first = rollup(opened)
    file = kept(var) / name
    data = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:-9] if how == "cut" else data[:60] + bytes([data[60] ^ 1]) + data[61:])
    same(rollup(again(opened)), first)
    assert "is damaged" in caplog.text
    same(rollup(again(opened), NoEngine()), first)
    assert file.read_bytes() == data


def test_a_stray_file_in_place_of_the_cells_is_put_aside(pack, var):
    opened = pack([payment()])
    first = rollup(opened)
    folder = kept(var)
    folder.rename(var / "elsewhere")
    folder.write_text("not a folder")
    same(rollup(again(opened)), first)
    assert folder.is_dir()


def test_other_lines_make_other_cells(pack, var):
    assert rollup(pack([payment()])).payments["pence"].sum() == 2100
    assert rollup(pack([payment(amount_pence=1)])).payments["pence"].sum() == 2
    assert len(list((var / "cells").iterdir())) == 2


def test_other_areas_make_other_cells(pack):
    assert rollup(pack([payment()])).payments["known"].tolist() == [True, True]
    assert rollup(pack([payment()], areas=AREAS[1:])).payments["known"].tolist() == [False, True]


def test_a_later_version_of_the_rollup_leaves_earlier_cells_aside(pack, var, monkeypatch):
    opened = pack([payment()])
    rollup(opened)
    monkeypatch.setattr(module, "CELLS_VERSION", module.CELLS_VERSION + 1)
    rollup(again(opened))
    assert len(list((var / "cells").iterdir())) == 2


def test_lines_changed_while_they_are_read_are_refused_and_nothing_is_kept(pack, var):
    opened = pack([payment()])

    class Meanwhile(ArrowEngine):
        def collect(self, lines):
            write_lines(opened.file("payments"), [payment(), payment(2)], PAYMENTS)
            return super().collect(lines)

    with pytest.raises(PackError, match="Open the pack again"):
        rollup(opened, Meanwhile())
    assert not (var / "cells").exists()


def test_sums_are_used_where_they_cannot_be_kept_and_the_folder_is_named_with_the_setting(
    pack, tmp_path, monkeypatch, caplog
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "file"))
    assert rollup(pack([payment()])).payments["pence"].sum() == 2100
    assert re.search(r"file.cells.*Set SVDASH_VAR", caplog.text)


def test_nothing_but_the_cells_is_left_in_the_folder(pack, var):
    rollup(pack([payment()], [contact()]))
    assert [entry.name for entry in var.iterdir()] == ["cells"]
    assert sorted(file.name for file in kept(var).iterdir()) == sorted(
        [*(f"{name}.parquet" for name in module._TABLES), "sums.json"]
    )


def test_cells_that_another_process_kept_meanwhile_stay(pack, var):
    opened = pack([payment()])

    class Overtaken(ArrowEngine):
        def collect(self, lines):
            if not var.exists():
                rollup(again(opened))
                self.kept = kept(var).stat().st_ino
            return super().collect(lines)

    engine = Overtaken()
    assert rollup(opened, engine).payments["pence"].sum() == 2100
    assert kept(var).stat().st_ino == engine.kept


SCRIPT = """
import sys, time
from pathlib import Path
from svdash.tables import open_pack
from svdash.lines.rollup import rollup
import duckdb, narwhals
ready, go = Path(sys.argv[2]), Path(sys.argv[3])
ready.touch()
while not go.exists():
    time.sleep(0.001)
cells = rollup(open_pack(sys.argv[1]))
print(cells.payments["pence"].sum(), cells.people["people"].sum())
"""


def test_two_processes_that_start_at_once_both_succeed(tmp_path, var):
    folder = write_pack(tmp_path / "pack", [payment()], spread([9] * 24))
    go, ready = tmp_path / "go", [tmp_path / f"ready{number}" for number in range(2)]
    house = Path(module.__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), str(own), str(go)],
            cwd=house, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for own in ready
    ]  # fmt: skip
    until = time.monotonic() + 60
    while not all(own.exists() for own in ready) and time.monotonic() < until:
        time.sleep(0.01)
    go.touch()
    for process in started:
        told, errors = process.communicate(timeout=60)
        assert (told.split(), errors, process.returncode) == (["2100", "216"], "", 0)
    assert len(list((var / "cells").iterdir())) == 1


def test_progress_is_told_step_by_step(pack):
    told = []
    rollup(pack([payment()], [contact()]), progress=lambda *step: told.append(step))
    assert [step[0] for step in told] == [0, 1, 2, 3, 4]
    assert {step[1] for step in told} == {4}
    assert told[-1][2] == "done"


# -- engines ----------------------------------------------------------------------------------------


def test_another_engine_gives_the_same_cells_and_faults(pack, tmp_path, monkeypatch):
    lines = [
        payment(1),
        payment(2, supplier_area=None, amount_pence=-3),
        payment(3, programme="bogus", date=None),
    ]
    opened = pack(lines, [*spread([2] * 24), contact(area=None, programme="buses", people=-1)])
    cells, faults = rollup(opened), line_faults(opened, today=TODAY)
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "other"))
    same(rollup(again(opened), ArrowEngine()), cells)
    assert len(faults) == 3
    assert line_faults(again(opened), ArrowEngine(), today=TODAY) == faults


@pytest.mark.parametrize(
    "url",
    ["", "postgres://host", "duckdb", "duckdb:///a.db", "duckdb://host", "duckdb://?memory=lots",
     "duckdb://?threads=0", "duckdb://?colour=red", "spark://", "spark://host", "spark-local[x]", "spark-locals"],
)  # fmt: skip
def test_an_unknown_address_of_an_engine_is_refused_with_the_forms_there_are(url):
    with pytest.raises(ValueError, match=r"duckdb://.*spark://host:port") as caught:
        open_engine(url)
    assert repr(url) in str(caught.value)


def test_limits_of_duckdb_come_from_its_address(tmp_path):
    with open_engine("duckdb://?memory=256MB&threads=1") as engine:
        query = "select current_setting('threads'), current_setting('memory_limit')"
        assert engine._connection.sql(query).fetchall() == [(1, "244.1 MiB")]


@pytest.mark.parametrize("url", ["spark://host:7077", "spark-local", "spark-local-cluster[2,1,1024]"])
def test_spark_without_its_package_says_what_to_install(url, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineError, match="pip install pyspark"):
        open_engine(url)


@pytest.mark.spark
def test_spark_without_java_says_what_to_install(tmp_path, monkeypatch):
    pytest.importorskip("pyspark", reason="no Spark: pip install -r requirements-spark.txt")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(EngineError, match=r"local\[1\].*Java is installed"):
        open_engine("spark-local[1]")
    assert not list(tmp_path.iterdir())


def test_the_engine_of_the_settings_is_used(pack, monkeypatch):
    monkeypatch.setenv("SVDASH_ENGINE_URL", "abacus://")
    with pytest.raises(ValueError, match="abacus"):
        rollup(pack([payment()]))


def test_a_file_name_with_an_asterisk_stands_for_itself(tmp_path, duckdb):
    write_lines(tmp_path / "a*[1]?.parquet", [payment()], PAYMENTS)
    write_lines(tmp_path / "ab1c.parquet", [payment(), payment(2)], PAYMENTS)
    write_lines(tmp_path / "abc1d.parquet", [payment(), payment(2)], PAYMENTS)
    assert len(duckdb.collect(duckdb.scan(tmp_path / "a*[1]?.parquet"))) == 1


def test_closing_an_engine_leaves_no_files_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = open_engine()
    assert list(tmp_path.glob("svdash-*"))
    engine.close()
    assert not list(tmp_path.glob("svdash-*"))


# -- faults -----------------------------------------------------------------------------------------


def said(found):
    return [str(fault) for fault in found]


def test_sound_lines_have_no_faults(pack):
    assert line_faults(pack([payment()], [contact()]), today=TODAY) == []
    assert line_faults(pack(), today=TODAY) == []


REGION = (
    "is not one of this pack's areas: it is outside Townshire. Correct the code, or leave the cell empty."
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"programme": "skils"},
            "column programme: 'skils' is not in programmes.id. Did you mean 'skills'? Known: buses, skills.",
        ),
        ({"programme": None}, "column programme: the line names no programme. Give the code of one."),
        ({"supplier_area": "E01000001"}, f"column supplier_area: 'E01000001' {REGION}"),
        ({"benefit_area": "W01000001"}, f"column benefit_area: 'W01000001' {REGION}"),
        (
            {"benefit_area": "E01033769"},
            (
                "column benefit_area: 'E01033769' is not one of this pack's areas: it is a code made for 2021, and "
                "they are LSOAs of 2011. Look up the LSOA of 2011 for it, or bring areas of 2021."
            ),
        ),
        (
            {"supplier_area": "L1 1AA"},
            (
                "column supplier_area: 'L1 1AA' is not a code of an LSOA. Write one such as E01000001, or leave the "
                "cell empty where it is not known."
            ),
        ),
        (
            {"amount_pence": None},
            "column amount_pence: the line has no amount. Give it in pence; that of a credit note is negative.",
        ),
        ({"date": None}, "column date: the line has no date. Give its date."),
        (
            {"date": dt.date(2022, 3, 31)},
            (
                "column date: '2022-03-31' is in the years before the Framework, which begins on 2022-04-01. "
                "Correct the date, or leave earlier lines out."
            ),
        ),
        ({"date": dt.date(2026, 6, 2)}, "column date: '2026-06-02' is in the future. Correct the date."),
        ({"id": None}, "column id: the line has no id. Give each payment an id of its own."),
        (
            {"id": "P1"},
            (
                "column id: 'P1' is the id of 2 lines, of which this is the first. Give each payment its own, or "
                "delete those that were entered twice."
            ),
        ),
    ],
)
def test_each_fault_of_a_payment_is_named_with_its_row_and_remedy(pack, changes, sentence):
    found = said(line_faults(pack([payment(1), payment(2, **changes)]), today=TODAY))
    row = 2 if changes == {"id": "P1"} else 3
    assert found == [f"payments, row {row}, {sentence}"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"people": -3},
            "column people: the number of people is negative, so the line is not counted. Correct it.",
        ),
        ({"people": None}, "column people: the line has no number of people. Give it, or delete the line."),
        ({"area": "E01000001"}, f"column area: 'E01000001' {REGION}"),
        ({"date": dt.date(2026, 6, 2)}, "column date: '2026-06-02' is in the future. Correct the date."),
    ],
)
def test_each_fault_of_a_contact_is_named_with_its_row_and_remedy(pack, changes, sentence):
    found = said(line_faults(pack(contacts=[contact(), contact(**changes)]), today=TODAY))
    assert found == [f"contacts, row 3, {sentence}"]


@pytest.mark.parametrize("day", [dt.date(2022, 4, 1), TODAY], ids=["the first day of the Framework", "today"])
def test_the_first_and_the_last_possible_day_are_no_faults(pack, day):
    assert line_faults(pack([payment(date=day)]), today=TODAY) == []


def test_the_first_day_of_the_framework_is_the_descriptors(pack):
    opened = pack([payment(date=dt.date(2021, 5, 1))], framework_from="2021-04-01")
    assert line_faults(opened, today=TODAY) == []


def test_a_first_day_that_is_no_date_is_a_fault_of_the_descriptor(pack):
    assert said(line_faults(pack(framework_from="April"))) == [
        (
            "datapackage.json, column authority.framework_from: 'April' is not a date. Write the Framework's first "
            "day as 2022-04-01."
        )
    ]


def test_a_code_of_2011_may_have_been_replaced_where_the_areas_are_of_2021(pack):
    areas = [{**area, "vintage": "2025"} for area in AREAS] + [
        {**AREAS[0], "code": "E01034001", "vintage": "2025"}
    ]
    opened = pack([payment(supplier_area="E01000001"), payment(2, supplier_area="E01035000")], areas=areas)
    found = line_faults(opened, today=TODAY)
    assert [fault.value for fault in found] == ["E01000001", "E01035000"]
    assert all("replaced in 2021" in fault.problem for fault in found)


def test_a_value_that_many_lines_share_is_one_fault_with_their_number(pack):
    lines = [payment(1), *(payment(number, programme="bogus") for number in range(2, 1500))]
    (fault,) = line_faults(pack(lines), today=TODAY)
    assert (fault.row, fault.value) == (3, "bogus")
    assert fault.problem == "is not in programmes.id (in 1,498 lines, of which this is the first)"


def test_a_hundred_examples_of_a_rule_are_named_and_the_rest_counted(pack):
    lines = [payment(number, amount_pence=None) for number in range(250)]
    found = line_faults(pack(lines), today=TODAY)
    assert [fault.row for fault in found] == [*range(2, 102), None]
    assert found[-1].problem == "150 more lines have the fault that row 101 has"


def test_a_hundred_doubled_ids_are_named_and_the_rest_counted(pack):
    lines = [payment(number % 101) for number in range(202)]
    found = line_faults(pack(lines), today=TODAY)
    assert [fault.value for fault in found[:2]] == ["P0", "P1"]
    assert len(found) == 101
    assert found[-1].problem == "1 more id has the fault that row 101 has"


def test_credit_notes_and_missing_places_are_notes_and_no_faults(pack):
    lines = [payment(1), payment(2, amount_pence=-123_456), payment(3, amount_pence=-1, benefit_area=None)]
    opened = pack(lines, [contact(area=None)])
    assert line_faults(opened, today=TODAY) == []
    assert line_notes(opened) == [
        "payments: 1 of 3 lines have no benefit_area; they count, without a place.",
        "payments: 2 lines are negative (credit notes), £1,234.57 in all; they are subtracted.",
        "contacts: 1 of 1 lines have no area; they count, without a place.",
    ]


def test_a_missing_column_is_a_fault_and_the_others_are_still_checked(pack):
    table = pa.Table.from_pylist([payment(programme="bogus")], schema=PAYMENTS)
    opened = pack(table.drop_columns(["amount_pence", "purpose"]))
    found = line_faults(opened, today=TODAY)
    assert {fault.column for fault in found} == {"amount_pence", "purpose", "programme"}
    with pytest.raises(PackError, match="column amount_pence: the column is missing"):
        rollup(opened)


def test_amounts_that_are_not_whole_numbers_are_a_fault_and_are_not_summed(pack):
    table = pa.Table.from_pylist([payment()], schema=PAYMENTS)
    at = table.schema.get_field_index("amount_pence")
    opened = pack(table.set_column(at, "amount_pence", pa.array([10.5])))
    (fault,) = line_faults(opened, today=TODAY)
    assert fault.problem == "the column is stored as Float64, not as integer"
    with pytest.raises(PackError, match=r"payments.parquet.*stored as Float64"):
        rollup(opened)


def test_a_file_of_lines_that_is_not_there_is_a_fault_of_the_pack_and_has_no_sum(pack):
    before = pack([payment()])
    before.file("payments").unlink()
    opened = open_pack(before.path)
    assert [(fault.table, fault.value) for fault in opened.faults] == [("payments", "payments.parquet")]
    assert line_faults(opened, today=TODAY) == []
    with pytest.raises(LinesError, match=r"payments\.parquet: there is no such file"):
        rollup(opened)


@pytest.mark.parametrize("data", [b"", b"PAR1 but no more"])
def test_a_file_that_is_no_parquet_is_a_fault_and_stops_the_rollup(pack, data):
    opened = pack([payment()])
    opened.file("payments").write_bytes(data)
    (fault,) = line_faults(opened, today=TODAY)
    assert (fault.table, fault.value) == ("payments", "payments.parquet")
    with pytest.raises(PackError, match=r"payments\.parquet"):
        rollup(opened)


def test_a_file_damaged_in_its_middle_is_a_fault_and_stops_the_rollup(pack):
    opened = pack([payment(number) for number in range(5000)])
    file = opened.file("payments")
    data = bytearray(file.read_bytes())
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    data[4:footer] = bytes(255 - byte for byte in data[4:footer])
    file.write_bytes(data)
    assert line_faults(opened, today=TODAY)
    with pytest.raises(PackError):
        rollup(opened)
