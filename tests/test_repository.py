"""The repository polices itself: import direction, packaging, lock, readmes."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution, entry_points, packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from catalog.command_line import app
from data.readers import COURSE_ADVERTISEMENTS
from data.requirements import REPLACEMENT_RATES, STATED_GROWTH
from data.tables import CORRECTIONS, DEMAND, EVIDENCE, POSTINGS, PREVIOUS, SEEKERS, SUPPLY

ROOT = Path(__file__).resolve().parents[1]
# What each package may import of the four: nlp knows text, forecasting knows counts, and only
# catalog composes.
MAY_IMPORT = {
    "data": {"data"},
    "nlp": {"data", "nlp"},
    "forecasting": {"data", "forecasting"},
    "catalog": {"data", "nlp", "forecasting", "catalog"},
}
CODE_SUFFIXES = {".py", ".toml", ".html", ".md", ".sh", ".ipynb", ""}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "read_pickle", "to_pickle"}
READMES = ("README.md", "README.zh-CN.md")
PICTURE_BYTES_AT_MOST = 300_000
INPUT_TABLES = (
    POSTINGS, DEMAND, SEEKERS, SUPPLY, COURSE_ADVERTISEMENTS, EVIDENCE, PREVIOUS, CORRECTIONS,
    REPLACEMENT_RATES, STATED_GROWTH,
)  # fmt: skip


def tracked_files() -> list[Path]:
    """Every file that belongs to the project: committed, or new and not ignored."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(
        [*command, "--cached", "--others", "--exclude-standard"], check=True, capture_output=True
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def modules(*packages: str) -> list[Path]:
    return [path for name in packages or MAY_IMPORT for path in sorted((ROOT / name).rglob("*.py"))]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def text_files() -> Iterator[tuple[str, str]]:
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            assert path.suffix in {".png", ".parquet", ".xlsx", ".npz"}, f"{path} is no UTF-8 text"


def absolute_imports(tree: ast.Module) -> set[str]:
    """Full names of the modules that are imported absolutely, inside of functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return names


def project_table() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked_requirements() -> dict[str, list[str]]:
    """Lines of the lock file by requirement: the first names it, the others are its hashes."""
    entries: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        text = line.strip().removesuffix("\\").strip()
        if text.startswith("#") or not text:
            continue
        if not line.startswith(" "):
            current = text
            entries[current] = []
        else:
            entries[current].append(text)
    return entries


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package):
    foreign = (set(MAY_IMPORT) | {"tests"}) - MAY_IMPORT[package]
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in absolute_imports(tree_of(path))
        if name.split(".")[0] in foreign
    }
    assert found == set()


def test_relative_imports_stay_inside_their_package():
    for path in modules():
        depth = len(path.relative_to(ROOT).parts) - 1
        levels = [n.level for n in ast.walk(tree_of(path)) if isinstance(n, ast.ImportFrom)]
        assert max(levels, default=0) <= depth, path


def test_no_module_loads_or_runs_what_could_be_code():
    for path in modules():
        tree = tree_of(path)
        roots = {name.split(".")[0] for name in absolute_imports(tree)}
        assert not roots & UNSAFE_MODULES, path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                name = called.id if isinstance(called, ast.Name) else name
                assert name not in UNSAFE_CALLS, f"{path}:{node.lineno}"
                assert "allow_pickle" not in {word.arg for word in node.keywords}, path


def test_modules_are_described_and_packages_only_re_export():
    for path in modules():
        tree = tree_of(path)
        if path.name != "__init__.py":
            assert ast.get_docstring(tree), f"{path} has no docstring"
            continue
        body = tree.body[1:] if ast.get_docstring(tree) else tree.body
        imports = [node for node in body if isinstance(node, ast.ImportFrom) and node.level == 1]
        rest = [node for node in body if node not in imports]
        assert [ast.unparse(node.targets[0]) for node in rest] in (["__all__"], []), path
        public = ast.literal_eval(rest[0].value) if rest else []
        names = [alias.asname or alias.name for node in imports for alias in node.names]
        assert sorted(public) == sorted(names), path


def test_no_file_is_too_long_and_none_is_unfinished():
    unfinished = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    for name, text in text_files():
        path = Path(name)
        if path.suffix in CODE_SUFFIXES:
            assert not unfinished.search(text), name
        if path.suffix in {".py", ".html"} and path.parts[0] != "tests":
            assert text.count("\n") <= 400, name


def test_no_file_names_a_machine_or_a_registry():
    machine = re.compile(r"(?<![\w.>}])/(?:work|tmp|root|var|mnt)/\w")
    registry = re.compile(r"(?i)(?:index[-_]url|find-links)\b[\s=:\"']*\w+:/" + "/")
    for name, text in text_files():
        assert not machine.search(text), name
        assert not registry.search(text), name


def test_lock_names_no_address_and_hashes_everything():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host"):
        assert word not in text
    for requirement, lines in locked_requirements().items():
        assert re.match(r"[A-Za-z0-9._-]+==\S+( ; .+)?$", requirement), requirement
        hashes = [line for line in lines if not line.startswith("#")]
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes)


def test_lock_pins_what_the_project_asks_for():
    project = project_table()["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(text for extra in extras for text in extra)]
    pinned: dict[str, list[str]] = {}
    for line in locked_requirements():
        name, version = line.split(" ;")[0].split("==")
        pinned.setdefault(canonicalize_name(name), []).append(version.strip())
    for text in asked:
        wanted = Requirement(text)
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{text} is not in requirements.lock"
        assert all(wanted.specifier.contains(version) for version in versions), text


def test_listed_packages_are_the_packages():
    folders = {path.parent.relative_to(ROOT) for path in modules() if path.name == "__init__.py"}
    existing = {".".join(folder.parts) for folder in folders}
    assert set(project_table()["tool"]["setuptools"]["packages"]) == existing
    assert {path.parent.relative_to(ROOT) for path in modules()} == folders


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_import_names_come_from_this_distribution(package):
    assert packages_distributions()[package] == ["jinque"]
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    inside = [ROOT, Path(distribution("jinque").locate_file("")).resolve()]
    assert any(Path(spec.origin).resolve().is_relative_to(folder) for folder in inside)


def test_command_is_installed():
    (command,) = entry_points(group="console_scripts", name="jinque")
    assert callable(command.load())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Names in the wheel, built from a copy of the tracked files and nothing else."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for path in tracked_files():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    own = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    packaged = {name for name in own if name.split("/")[0] in MAY_IMPORT}
    shipped = {name for name in wheel if ".dist-info/" not in name}
    assert packaged - shipped == set()
    assert shipped - packaged == set()
    assert {"nlp/coder_weights.json", "catalog/templates/catalog.html"} <= shipped


def test_distribution_is_not_for_an_index():
    assert "Private :: Do Not Upload" in distribution("jinque").metadata.get_all("Classifier")


def test_continuous_integration_runs_the_tests():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.search(r"^(?:exec )?make test$", script.read_text(encoding="utf-8"), re.MULTILINE)


def test_notebooks_are_committed_without_outputs():
    notebooks = [path for path in tracked_files() if path.suffix == ".ipynb"]
    assert notebooks
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert cell["cell_type"] != "code" or (
                not cell["outputs"] and cell["execution_count"] is None
            ), path


@pytest.mark.parametrize("name", READMES)
def test_readme_names_every_command_and_every_input_column(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = {
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
    } | {group.name for group in app.registered_groups}
    examples = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    described = set(re.findall(r"^jinque ([a-z]+)", examples, re.MULTILINE))
    assert described == commands
    for table in INPUT_TABLES:
        for column in table.names:
            assert f"`{column}`" in text, f"{table.name}: {column}"


@pytest.mark.parametrize("name", READMES)
def test_readme_links_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#\s]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    for link in links:
        target = ROOT / link
        assert target.exists(), link
        if target.suffix == ".png":
            assert target.stat().st_size <= PICTURE_BYTES_AT_MOST, link
