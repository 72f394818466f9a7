"""The plan of the house: import rules, what a page may do, and that names are kept in one place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from svdash.findings.open_data import data_catalogue
from svdash.register import View
from svdash.show.kit import addresses
from svdash.tables import Pack
from tests.copies import ROOT

PAGE_FILES = sorted((ROOT / "pages").glob("*.py"))
DRAWING = {"streamlit", "altair", "pydeck", "vl_convert"}
MOST_LINES = 60


def modules(*places: str) -> list[Path]:
    """All modules of rooms of the house: a folder, or a single module."""
    found: list[Path] = []
    for place in places:
        target = ROOT / "svdash" / place
        found += sorted(target.rglob("*.py")) if target.is_dir() else [target.with_suffix(".py")]
    assert found, places
    return found


def imports(file: Path) -> set[str]:
    """Every module that a file imports, wherever in it; ``from a import b`` counts as ``a`` and ``a.b``."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def reaches(file: Path, *names: str) -> set[str]:
    """Which imports of a file are one of these modules or inside of it."""
    return {given for given in imports(file) if any(given == n or given.startswith(f"{n}.") for n in names)}


def ids(files: list[Path]) -> dict[str, object]:
    return {"argvalues": files, "ids": [str(file.relative_to(ROOT)) for file in files]}


def test_the_imports_of_a_module_are_seen_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "svdash" / "room" / "x.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "import a.b\nfrom c import d\nfrom . import e\nfrom ..f import g\ndef h():\n    import i as j\n"
    )
    assert imports(file) == {"a.b", "c", "c.d", "svdash.room", "svdash.room.e", "svdash.f", "svdash.f.g", "i"}


def test_rooms_import_only_what_their_floor_allows() -> None:
    # The contracts stand in pyproject.toml and are drawn in docs/architecture.md.
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def rooms() -> list[Path]:
    """The rooms of the house: packages and modules directly below svdash, without its two dunder modules."""
    below = sorted((ROOT / "svdash").iterdir())
    return [
        each
        for each in below
        if (each / "__init__.py").is_file() or (each.suffix == ".py" and not each.name.startswith("__"))
    ]


@pytest.mark.parametrize("room", [each.name for each in rooms()])
def test_every_room_is_in_the_architecture(room: str) -> None:
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"| `svdash/{room}` |" in told
    assert re.search(rf"\b{room.removesuffix('.py')}\b", told.partition("```mermaid")[2].partition("```")[0])


def folders() -> list[tuple[str, str]]:
    """The folders within rooms, each with its room."""
    found = sorted((ROOT / "svdash").glob("*/*/__init__.py"))
    return [(each.parts[-3], each.parts[-2]) for each in found]


@pytest.mark.parametrize(("room", "folder"), folders())
def test_every_folder_of_a_room_is_in_the_row_of_the_room(room: str, folder: str) -> None:
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    row = next(line for line in told.splitlines() if line.startswith(f"| `svdash/{room}` |"))
    assert f"`{folder}`" in row


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", **ids(documents()))
def test_the_code_that_a_document_names_is_there(document: Path) -> None:
    told = document.read_text(encoding="utf-8")
    files = set(re.findall(r"`((?:[\w]+/)+\w+\.py|svdash(?:/\w+)+/?)`", told))
    assert not [
        name for name in files if not (ROOT / name).exists() and not (ROOT / "svdash" / name).exists()
    ]
    modules = set(re.findall(r"`(svdash(?:\.\w+)+)`", told))
    assert not [name for name in modules if not _is_there(name)]


def _is_there(dotted: str) -> bool:
    """Whether a module of this name is there, or what it names is written in its module."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent / "__init__.py" if path.parent.is_dir() else path.parent.with_suffix(".py")
    return module.is_file() and bool(re.search(rf"\b{path.name}\b", module.read_text(encoding="utf-8")))


def test_no_two_modules_have_the_same_name() -> None:
    names = [file.stem for file in modules("") if file.stem not in {"__init__", "__main__"}]
    assert sorted(names) == sorted(set(names))


def test_asking_for_findings_loads_neither_streamlit_nor_a_drawing_library() -> None:
    program = (
        "import sys, svdash.findings.open_data.open_tables, svdash.findings.progress.headline_tiles;"
        f"print(sorted({DRAWING!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("file", **ids(PAGE_FILES))
def test_a_page_imports_only_findings_the_register_and_what_shows_them(file: Path) -> None:
    own = reaches(file, "svdash")
    assert own - {"svdash"} == reaches(file, "svdash.findings", "svdash.register", "svdash.show")
    assert {name.split(".")[0] for name in imports(file)} <= {"svdash", "streamlit", "__future__"}


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def arithmetic(tree: ast.AST) -> Iterator[ast.AST]:
    """Find where numbers are worked out: operators on anything but written text, and the usual functions."""
    operators = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
    functions = {
        "sum",
        "round",
        "min",
        "max",
        "abs",
        "divmod",
        "pow",
        "mean",
        "median",
        "groupby",
        "agg",
        "count",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, operators):
            joined = isinstance(node.op, (ast.Add, ast.Mod)) and (_is_text(node.left) or _is_text(node.right))
            if not joined:
                yield node
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, operators) and not _is_text(node.value):
            yield node
        elif isinstance(node, ast.Call):
            called = node.func
            name = (
                called.id
                if isinstance(called, ast.Name)
                else called.attr
                if isinstance(called, ast.Attribute)
                else ""
            )
            if name in functions:
                yield node


@pytest.mark.parametrize(
    "line", ["x = a / b", "x = 100 * a", "x += 1", "x = sum(a)", "x = frame.groupby('a')", "f(a - b)"]
)
def test_arithmetic_is_recognised(line: str) -> None:
    assert list(arithmetic(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["x = 'a' + b", "x += f'{b}'", "x = '%s' % a", "x = a | b", "f(a, *b)", "x = {**a}"]
)
def test_joining_text_is_not_taken_for_arithmetic(line: str) -> None:
    assert not list(arithmetic(ast.parse(line)))


@pytest.mark.parametrize("file", **ids(PAGE_FILES))
def test_a_page_works_nothing_out(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = [ast.unparse(node) for node in arithmetic(ast.parse(text))]
    assert not found
    assert not re.search(r"\b(select|insert|update|delete)\b.+\b(from|into|set)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("file", **ids(PAGE_FILES))
def test_a_page_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_every_page_of_the_navigation_has_a_file_and_every_file_is_in_the_navigation() -> None:
    assert sorted(entry[0] for entry in addresses.PAGES) == [file.stem for file in PAGE_FILES]


def test_the_public_addresses_of_the_pages_stay() -> None:
    public = {
        "overview": "",
        "commitments": "commitments",
        "indicators": "indicators",
        "my_updates": "my-updates",
        "forum": "forum",
        "exceptions": "exceptions",
        "meeting": "meeting",
        "equality_gaps": "equality-gaps",
        "reach_and_spend": "reach-and-spend",
        "local_economy": "local-economy",
        "additionality": "additionality",
        "annual_review": "annual-review",
        "workbench": "workbench",
        "data_and_methods": "data-and-methods",
        "who_changed_what": "audit",
    }
    assert {file: address for file, _, address, _ in addresses.PAGES}.items() <= public.items()
    assert sum(address == "" for _, _, address, _ in addresses.PAGES) == 1


def test_every_indicator_is_on_the_methods_table(pack: Pack) -> None:
    told = data_catalogue.methods(pack, View()).frame
    assert list(told["id"]) == list(pack.table("indicators")["id"])
    assert told["method"].notna().all()


def test_every_setting_is_in_the_readme() -> None:
    named = set(re.findall(r"\bSVDASH_\w+", (ROOT / "svdash" / "settings.py").read_text(encoding="utf-8")))
    assert named
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in sorted(named) if name not in told]


def test_settings_are_read_in_one_place() -> None:
    elsewhere = [
        str(file.relative_to(ROOT))
        for file in [ROOT / "app.py", *PAGE_FILES, *(ROOT / "svdash").rglob("*.py")]
        if file.name != "settings.py"
        and re.search(r"\bos\.(environ|getenv)\b", file.read_text(encoding="utf-8"))
    ]
    assert not elsewhere


def tracked() -> list[Path]:
    """The files of the repository; those not committed yet count, those ignored don't."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip(f"not a git checkout: {listed.stderr.decode().strip()}")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    private = re.compile(r"(?<![\w.}/-])/(work|root|home/[a-z]+)(?=[/\s\"'`)\]:;,]|$)")
    assert private.search(f"see {'/'}work/main")
    assert not private.search("/workbench and net/work/x")
    found = []
    for file in tracked():
        content = file.read_bytes()
        if b"\0" in content[:4096]:
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if private.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found


@pytest.mark.parametrize(
    "file", **ids(modules("tables", "lines", "importing", "findings", "render", "maps", "show", "web"))
)
def test_shapely_is_imported_by_its_own_name(file: Path) -> None:
    # It and its parts import each other: threads that begin at different ends find it half made.
    assert {name for name in reaches(file, "shapely") if name != "shapely"} == set()
