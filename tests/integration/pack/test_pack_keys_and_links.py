"""Keys within a table, and what tables say of each other."""

from __future__ import annotations

from svdash.tables import split

ROLE = {"name": "role", "vocabulary": "role"}
ROLES = {"name": "roles", "vocabulary": "role", "separator": "; "}
WORDS = (
    {"fields": [{"name": "list"}, {"name": "code"}, {"name": "label", "constraints": {"required": True}}]},
    "list,code,label\nrole,employer,Employer\nrole,investor,Investor\nvision,greener,Greener\n",
)
NEEDED = {"name": "n", "type": "integer"}


def fields(*entries, **more):
    return {"fields": [{"name": each} if isinstance(each, str) else each for each in entries], **more}


def foreign(column, table, target):
    return {"fields": [column], "reference": {"resource": table, "fields": [target]}}


def messages(pack):
    return [str(fault) for fault in pack.faults]


def test_a_repeated_value_in_a_unique_column_names_the_row_that_has_it_first(one):
    pack = one(
        "id\na\nb\na\n\na\n", {"name": "id", "constraints": {"unique": True}}, "n:integer", primaryKey="id"
    )
    doubled = [(fault.row, fault.column, fault.value, fault.problem) for fault in pack.faults if fault.value]
    assert doubled == [(4, "id", "a", "is already in row 2"), (6, "id", "a", "is already in row 2")]


def test_a_primary_key_of_two_columns_may_repeat_either_alone(one):
    pack = one("a,n\nx,1\nx,2\ny,1\nx,1\n", "a", "n:integer", primaryKey=["a", "n"])
    assert [(fault.row, fault.column, fault.value) for fault in pack.faults] == [(5, "a, n", "x, 1")]
    assert pack.table("t")["a"].tolist() == ["x", "x", "y"]


def test_blanks_in_a_unique_column_do_not_repeat_each_other(one):
    pack = one("a,b\n,1\n,2\n", {"name": "a", "constraints": {"unique": True}}, "b")
    assert pack.faults == ()


def test_a_primary_key_is_required(one):
    pack = one("a,b\n,1\n,2\n", "a", "b", primaryKey="a")
    assert [(fault.row, fault.problem) for fault in pack.faults] == [
        (2, "the cell is blank but needs a value"),
        (3, "the cell is blank but needs a value"),
    ]


def test_a_foreign_key_without_a_row_is_named_with_the_nearest(packed):
    pack = packed(
        {
            "parent": (fields("id"), "id\nEMP-D1\nEMP-D2\n"),
            "child": (
                fields("parent", foreignKeys=[foreign("parent", "parent", "id")]),
                "parent\nEMP-D2\nEMPD1\n",
            ),
        }
    )
    assert messages(pack) == [
        "child, row 3, column parent: 'EMPD1' is not in parent.id. Did you mean 'EMP-D1'?"
    ]
    assert pack.table("child")["parent"].tolist() == ["EMP-D2"]


def test_a_key_that_several_rows_mistype_is_one_fault_and_takes_them_all_out(packed):
    pack = packed(
        {
            "parent": (fields("id"), "id\nEMP-D1\n"),
            "child": (
                fields("parent", foreignKeys=[foreign("parent", "parent", "id")]),
                "parent\nEMPD1\nEMP-D1\nother\nEMPD1\nEMPD1\n",
            ),
        }
    )
    assert [(fault.row, fault.value, fault.problem) for fault in pack.faults] == [
        (2, "EMPD1", "is not in parent.id (in 3 rows, of which this is the first)"),
        (4, "other", "is not in parent.id"),
    ]
    assert pack.table("child")["parent"].tolist() == ["EMP-D1"]
    assert pack.withheld("child") == 4


def test_unknown_keys_are_counted_after_the_first_thousand(packed):
    children = "".join(f"no{number}\n" for number in range(1_050)) * 2
    pack = packed(
        {
            "parent": (fields("id"), "id\nx\n"),
            "child": (
                fields("parent", foreignKeys=[foreign("parent", "parent", "id")]),
                "parent\n" + children,
            ),
        }
    )
    assert len(pack.faults) == 1_001
    assert pack.faults[-1].problem == "rows from this one on with the same fault as row 1001: 100"
    assert pack.withheld("child") == 2_100


def test_a_code_that_several_cells_mistype_among_others_is_one_fault(packed):
    parents = {"name": "parents", "separator": "; ", "references": {"resource": "parent", "field": "id"}}
    pack = packed(
        {
            "parent": (fields("id"), "id\nEMP-D1\nEMP-D2\n"),
            "child": (fields(parents), "parents\nEMPD1\nEMP-D2; EMPD1\nEMPD1; EMP-D2\nEMPD1; EMPD2\n"),
        }
    )
    assert [(fault.row, fault.value) for fault in pack.faults] == [(2, "EMPD1"), (5, "EMPD1; EMPD2")]
    assert pack.faults[0].problem == "is not in parent.id (in 3 rows, of which this is the first)"


def test_a_blank_foreign_key_refers_to_nothing_and_is_sound(packed):
    pack = packed(
        {
            "parent": (fields("id"), "id\na\n"),
            "child": (
                fields("x", "parent", foreignKeys=[foreign("parent", "parent", "id")]),
                "x,parent\n1,\n",
            ),
        }
    )
    assert pack.faults == ()


def test_a_foreign_key_of_two_columns_needs_both_in_one_row(packed):
    key = {"fields": ["a", "n"], "reference": {"resource": "parent", "fields": ["a", "n"]}}
    pack = packed(
        {
            "parent": (fields("a", NEEDED), "a,n\nx,1\ny,2\n"),
            "child": (fields("a", NEEDED, foreignKeys=[key]), "a,n\nx,1\nx,2\ny,\n"),
        }
    )
    assert [(fault.row, fault.column, fault.value) for fault in pack.faults] == [(3, "a, n", "x, 2")]


def test_integer_keys_are_compared_as_numbers(packed):
    pack = packed(
        {
            "parent": (fields(NEEDED), "n\n007\n"),
            "child": (fields(NEEDED, foreignKeys=[foreign("n", "parent", "n")]), "n\n7\n"),
        }
    )
    assert pack.faults == ()


def test_rows_that_rest_on_a_withheld_row_are_withheld_in_turn_and_say_so(packed):
    pack = packed(
        {
            "a": (fields("id", NEEDED), "id,n\nx,oops\ny,2\n"),
            "b": (fields("id", "a", foreignKeys=[foreign("a", "a", "id")]), "id,a\nbx,x\nby,y\n"),
            "c": (fields("b", foreignKeys=[foreign("b", "b", "id")]), "b\nby\nbx\n"),
        }
    )
    assert pack.table("c")["b"].tolist() == ["by"]
    assert messages(pack)[1:] == [
        (
            "b, row 2, column a: 'x' refers to row 2 of a, which is withheld for a fault of its own. "
            "Correct row 2 of a first."
        ),
        (
            "c, row 3, column b: 'bx' refers to row 2 of b, which is withheld for a fault of its own. "
            "Correct row 2 of b first."
        ),
    ]
    assert [pack.withheld(name) for name in "abc"] == [1, 1, 1]


def test_rows_that_rest_on_the_same_withheld_row_are_counted_in_one_fault(packed):
    pack = packed(
        {
            "a": (fields("id", NEEDED), "id,n\nx,oops\ny,2\n"),
            "b": (fields("a", foreignKeys=[foreign("a", "a", "id")]), "a\ny\nx\nx\nx\n"),
        }
    )
    (fault,) = pack.faults[1:]
    assert (fault.row, fault.value) == (3, "x")
    assert fault.problem.endswith("for a fault of its own; so do 2 more")
    assert pack.withheld("b") == 3


def test_too_many_withheld_rows_that_others_rest_on_are_counted_after_the_first_thousand(packed):
    parents = "".join(f"{number},oops\n" for number in range(1_050))
    pack = packed(
        {
            "a": (fields("id", NEEDED), f"id,n\n{parents}"),
            "b": (fields("a", foreignKeys=[foreign("a", "a", "id")]), "a\n" + parents.replace(",oops", "")),
        }
    )
    assert [fault.problem for fault in pack.faults if fault.table == "b" and fault.row is None] == [
        "refers to 50 more rows of a that are withheld"
    ]
    assert pack.withheld("b") == 1_050


def test_a_chain_within_one_table_is_followed_to_its_end(packed):
    rows = "id,parent,n\na,,oops\nb,a,1\nc,b,1\nd,,1\n"
    table = fields("id", "parent", NEEDED, foreignKeys=[foreign("parent", "", "id")])
    pack = packed({"t": (table, rows)})
    assert pack.table("t")["id"].tolist() == ["d"]


def test_rows_that_refer_to_each_other_in_a_circle_are_sound(packed):
    table = fields("id", "parent", foreignKeys=[foreign("parent", "", "id")])
    pack = packed({"t": (table, "id,parent\na,b\nb,a\n")})
    assert pack.faults == ()


def test_tables_that_refer_to_each_other_can_be_read_in_any_order(packed):
    tables = {
        "a": (fields("id", "b", NEEDED, foreignKeys=[foreign("b", "b", "id")]), "id,b,n\n1,1,oops\n2,2,2\n"),
        "b": (fields("id", "a", foreignKeys=[foreign("a", "a", "id")]), "id,a\n1,1\n2,2\n"),
    }
    pack = packed(tables)
    assert pack.table("b")["id"].tolist() == ["2"]
    assert pack.table("a")["id"].tolist() == ["2"]


def test_what_a_row_of_the_wrong_width_identifies_is_withheld_and_not_unknown(packed):
    pack = packed(
        {
            "parent": (fields("id", "x"), "id,x\na\nb,1\n"),
            "child": (fields("parent", foreignKeys=[foreign("parent", "parent", "id")]), "parent\na\n"),
        }
    )
    assert "refers to row 2 of parent, which is withheld" in messages(pack)[1]


def test_a_table_that_can_not_be_read_withholds_what_refers_to_it_with_one_fault_a_column(packed):
    pack = packed(
        {
            "parent": (fields("id"), None),
            "child": (
                fields("x", "parent", foreignKeys=[foreign("parent", "parent", "id")]),
                "x,parent\n1,a\n2,b\n3,\n",
            ),
        }
    )
    assert len(pack.faults) == 2
    assert "all of table parent is withheld" in pack.faults[1].problem
    assert pack.table("child")["x"].tolist() == ["3"]


def test_a_foreign_key_to_no_table_and_to_no_column_is_told_once(packed):
    keys = [foreign("x", "parnet", "id"), foreign("x", "parent", "idd")]
    pack = packed(
        {"parent": (fields("id"), "id\na\n"), "child": (fields("x", foreignKeys=keys), "x\na\na\n")}
    )
    assert [(fault.row, fault.value) for fault in pack.faults] == [(None, "parnet"), (None, "idd")]
    assert "Did you mean 'id'?" in pack.faults[1].remedy
    assert pack.table("child").empty


def test_a_foreign_key_of_another_type_than_its_target_is_told(packed):
    pack = packed(
        {
            "parent": (fields("id"), "id\n1\n"),
            "child": (fields(NEEDED, foreignKeys=[foreign("n", "parent", "id")]), "n\n1\n"),
        }
    )
    assert "is of type integer, but refers to parent.id of type string" in pack.faults[0].problem


def test_an_unknown_code_lists_what_is_allowed_and_suggests_the_nearest(packed):
    pack = packed({"vocabulary": WORDS, "t": (fields(ROLE), "role\nemployer\nemploier\ngreener\n")})
    assert messages(pack) == [
        (
            "t, row 3, column role: 'emploier' is not a code of the list “role”. "
            "Did you mean 'employer'? Allowed: employer, investor."
        ),
        "t, row 4, column role: 'greener' is not a code of the list “role”. Allowed: employer, investor.",
    ]


def test_each_of_several_codes_is_looked_up(packed):
    pack = packed({"vocabulary": WORDS, "t": (fields(ROLES), "roles\nemployer; investor\ninvestor; x; y\n")})
    assert [(fault.row, fault.value) for fault in pack.faults] == [(3, "x; y")]
    assert pack.table("t")["roles"].tolist() == ["employer; investor"]


def test_a_code_whose_own_row_is_withheld_withholds_what_uses_it(packed):
    words = (WORDS[0], "list,code,label\nrole,employer,\nrole,investor,Investor\n")
    pack = packed({"vocabulary": words, "t": (fields(ROLES), "roles\nemployer; investor\ninvestor\n")})
    assert pack.table("t")["roles"].tolist() == ["investor"]
    assert "'employer' refers to row 2 of vocabulary" in messages(pack)[1]


def test_a_list_that_the_vocabulary_has_not_is_told_once_with_the_nearest(packed):
    pack = packed({"vocabulary": WORDS, "t": (fields({"name": "r", "vocabulary": "rôle"}), "r\na\nb\n")})
    (fault,) = pack.faults
    assert fault.value == "rôle"
    assert "Did you mean 'role'?" in fault.remedy


def test_a_vocabulary_is_needed_where_a_field_draws_on_it(packed):
    pack = packed({"t": (fields(ROLE), "role\nemployer\n")})
    assert [(fault.column, fault.value) for fault in pack.faults] == [("role", "vocabulary")]


def test_each_of_several_references_must_exist_and_a_withheld_one_is_no_fault_of_the_row(packed):
    related = {"name": "related", "separator": "; ", "references": {"resource": "t", "field": "id"}}
    pack = packed({"t": (fields("id", related, NEEDED), "id,related,n\na,b; c,1\nb,,oops\nc,a; d,1\n")})
    assert [(fault.row, fault.column, fault.value) for fault in pack.faults] == [
        (3, "n", "oops"),
        (4, "related", "d"),
    ]
    assert pack.table("t")["id"].tolist() == ["a"]


def test_split_gives_the_values_of_a_cell_and_none_for_a_missing_one(packed):
    assert split("a; b;c ") == ("a", "b", "c")
    assert split("a|b", "|") == ("a", "b")
    assert split("a b", " ") == ("a", "b")
    pack = packed({"t": (fields("x", "v"), "x,v\n1,\n")})
    assert split(pack.table("t")["v"].iloc[0]) == ()
    assert split(None) == ()


def test_codes_parted_by_commas_are_told_how_to_be_parted(packed):
    pack = packed(
        {
            "vocabulary": WORDS,
            "t": (fields("id", ROLES), 'id,roles\na,"employer, investor"\nb,"employer,chef"\n'),
        }
    )
    first, second = pack.faults
    assert first.problem == "are several codes separated by commas, not by “; ”"
    assert first.remedy == "Write employer; investor."
    assert second.problem == "is not a code of the list “role”"
