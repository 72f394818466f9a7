"""What `import svdash` gives in a notebook, and the package that is installed for it."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import vl_convert

import svdash
from svdash.findings.open_data import open_tables, request_parameters
from svdash.register import Framework
from svdash.tables import Pack
from tests.copies import ROOT, SMALL

EXAMPLE = ROOT / "docs" / "examples" / "a-pack-in-a-notebook.ipynb"


def test_importing_svdash_loads_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import svdash; loaded = set(sys.modules) - before;"
        "print(sorted(name for name in loaded if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "['svdash']"


def test_every_name_is_typed_told_in_the_guide_and_there() -> None:
    stub = ast.parse((ROOT / "svdash" / "__init__.pyi").read_text(encoding="utf-8"))
    typed = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    names = set(svdash.__all__) - {"__version__"}
    assert typed == names
    guide = (ROOT / "docs" / "guides" / "notebook.md").read_text(encoding="utf-8")
    assert not [name for name in names if f"`svdash.{name}" not in guide]
    assert not [name for name in names if not hasattr(svdash, name)]
    assert names <= set(dir(svdash))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        svdash.nothing  # noqa: B018  asked for to be refused


def test_a_finding_has_the_figures_and_words_that_the_open_data_has(small_pack: Pack) -> None:
    spec = open_tables.spec_of("deciles")
    assert spec
    asked = {"show": "reach", "year": "2024/25"}
    view, own = request_parameters.read(small_pack, spec, asked)
    served = spec.build(small_pack, view, own)
    found = svdash.finding("deciles", small_pack, **asked)
    assert found.table().equals(served.typed())
    assert (found.headline, found.sentence) == (served.headline, served.sentence)
    assert served.headline in found._repr_html_()
    assert not svdash.finding("deciles", small_pack, show="reach").table().equals(found.table())


def test_a_notebook_without_a_pack_named_has_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    listed = svdash.catalogue()
    assert listed.equals(svdash.catalogue(svdash.open_pack(SMALL)))
    assert {"measures", "pack-commitments"} <= set(listed["name"])
    assert not [name for name in listed["name"] if name == "pack-pay"]  # counts of people
    assert len(svdash.finding("measures").table()) == len(svdash.open_pack().table("measures"))


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("measure", {}, "There is no finding 'measure'. Did you mean 'measures'"),
        ("measures", {"yaer": "2024/25"}, "Unknown parameter 'yaer'. Possible: role, commitment, year"),
        ("measures", {"year": "1999/00"}, "'1999/00' is not a value of 'year'. Possible: all, 2025/26"),
        ("dictionary", {}, "'table' is needed. Possible: vocabulary"),
        (
            "deciles",
            {"district": "Nowhere"},
            "'Nowhere' is not a value of 'district'. Possible: all, E06000006 (Halton)",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(
    small_pack: Pack, name: str, params: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        svdash.finding(name, small_pack, **params)
    assert str(refused.value).startswith(said)


def test_what_is_no_pack_is_refused_in_a_sentence() -> None:
    for ask in (lambda: svdash.finding("measures", "data"), lambda: svdash.catalogue("data")):  # type: ignore[arg-type]
        with pytest.raises(
            ValueError, match=re.escape("'data' is not an open data pack. Give svdash.open_pack('data').")
        ):
            ask()
    with pytest.raises(ValueError, match=r"^3 is not a folder"):
        svdash.open_pack(3)  # type: ignore[arg-type]


def test_a_value_may_be_a_label_or_a_usual_spelling_and_none_leaves_it_out(small_pack: Pack) -> None:
    framework = Framework.of(small_pack)
    role, label = next(iter(framework.vocabulary.labels("role").items()))
    code, name = next(iter(framework.filters.districts.items()))
    plain = svdash.finding("deciles", small_pack, role=role, year="2024/25", district=code)
    for year in ("2024-25", "2024–25", "2024/2025"):
        said = svdash.finding("deciles", small_pack, role=label, year=year, district=name.upper(), show=None)
        assert said.finding.view == plain.finding.view


def test_what_a_finding_takes_can_be_looked_up_with_labels(small_pack: Pack) -> None:
    needed = svdash.catalogue(small_pack).set_index("name")["needed"]
    assert needed["dictionary"] == "table"
    assert needed["measures"] == ""
    taken = svdash.parameters("dictionary", small_pack)
    assert set(taken.loc[taken["needed"], "parameter"]) == {"table"}
    deciles = svdash.parameters("deciles", small_pack)
    named = deciles[deciles["parameter"] == "district"].set_index("value")["label"].to_dict()
    assert {**Framework.of(small_pack).filters.districts, "all": "all"} == named


def test_a_finding_is_printed_as_a_line(small_pack: Pack) -> None:
    found = svdash.finding("measures", small_pack)
    assert repr(found).startswith(f"measures: {found.headline}")
    assert "\n" not in repr(found)
    assert "Finding(" not in repr(found)


def test_a_chart_has_the_rows_of_its_finding_and_vega_draws_it(small_pack: Pack) -> None:
    one = svdash.finding("lands", small_pack)
    several = svdash.finding("measures", small_pack)
    for found in (one, several):
        drawn = found.chart().to_dict()
        assert len(drawn["datasets"]["rows"]) == len(found.finding.chart)
        assert drawn["title"]["text"] == found.headline
        vl_convert.vegalite_to_svg(drawn)
    assert several.chart().to_dict()["facet"]["field"] == "panel"
    with pytest.raises(ValueError, match="methods has no chart, only a table"):
        svdash.finding("methods", small_pack).chart()


def test_nothing_is_drawn_where_there_is_nothing_to_see_and_the_reason_is_told(small_pack: Pack) -> None:
    years = Framework.of(small_pack).filters.choices("year")
    empty = svdash.finding("equality-services", small_pack, year=years[-1])
    assert empty.finding.empty
    with pytest.raises(ValueError, match="equality-services has nothing to draw: ") as refused:
        empty.chart()
    assert empty.finding.empty in str(refused.value)
    assert empty.sentence == empty.finding.empty


@pytest.mark.exhaustive
def test_the_example_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(EXAMPLE, as_version=4)
    assert not [cell for cell in book.cells if cell.get("outputs")]
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    kinds = {kind for cell in book.cells for out in cell.get("outputs", []) for kind in out.get("data", {})}
    assert {"image/svg+xml", "text/html"} <= kinds
    said = json.dumps([cell.get("outputs", []) for cell in book.cells])
    assert "is not a value of 'year'" in said


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built from the files of the repository without a network and installed into a folder of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "svdash"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    folder = tmp_path_factory.mktemp("package")
    for name in [*names, "pyproject.toml", "requirements.in", "README.md", "LICENSE"]:
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "source" / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    quiet = ["--no-index", "--no-deps"]
    build = [*pip, "wheel", *quiet, "--no-build-isolation", "-w", str(folder), str(folder / "source")]
    subprocess.run(build, check=True, capture_output=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert not [name for name in names if name not in held]
    assert not [name for name in held if not name.startswith(("svdash/", "svdash-"))]
    target = folder / "target"
    subprocess.run([*pip, "install", *quiet, "--target", str(target), str(wheel)], check=True)
    return target


def elsewhere(target: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run what is installed in a folder that is not the repository."""
    folder = target.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(target), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.exhaustive
def test_the_installed_command_checks_a_pack_that_it_is_given(installed: Path) -> None:
    command = str(installed / "bin" / "svdash")
    told = elsewhere(installed, command, "check", str(SMALL))
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines()[-1].startswith("No faults: ")
    version = elsewhere(installed, command, "--version")
    assert version.stdout.strip() == f"svdash, version {svdash.__version__}"
    # It has no pack of its own, and says which one it looked for.
    lacking = elsewhere(installed, command, "check")
    assert lacking.returncode == 2
    assert str(installed.parent / "elsewhere" / "data") in lacking.stderr
    assert "SVDASH_PACK" in lacking.stderr


@pytest.mark.exhaustive
def test_the_installed_package_is_imported_from_elsewhere(installed: Path) -> None:
    program = (
        "import svdash; found = svdash.finding('measures');"
        "print(svdash.__file__); print(len(found.table()), type(found.chart()).__name__)"
    )
    told = elsewhere(installed, sys.executable, "-c", program, SVDASH_PACK=str(SMALL))
    assert told.returncode == 0, told.stderr
    file, shown = told.stdout.strip().splitlines()
    assert Path(file) == installed / "svdash" / "__init__.py"
    assert shown == "17 FacetChart"
    # What it keeps, it keeps where it was started, and nothing in the folder that it is installed in.
    assert not (installed / "var").exists()
