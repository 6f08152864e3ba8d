"""Shared by the tests of the whole product: the sample, one chain of runs, and the real material.

What takes seconds is made once for all workers of a test run: the first to come makes it, the
others wait and read it.  Nobody may write into these folders.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from catalog.command_line import main
from catalog.configuration import read_configuration
from catalog.run import run
from data.sample import write_sample

# A busy machine is no fault of what is tested.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

PROJECT = Path(__file__).resolve().parents[1]
REAL_MATERIAL = PROJECT.parent / "shared" / "data"


class Jinque:
    """The command as a clerk calls it, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: object, code: int = 0) -> str:
        """Run a command, require its exit code, and return both streams as one text."""
        self.monkeypatch.setattr(sys, "argv", ["jinque", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = self.capsys.readouterr()
        assert (left.value.code or 0) == code, err
        if code in (2, 3, 4):
            assert "Traceback" not in err
            assert out == ""
        return out + err


@pytest.fixture
def jinque(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jinque:
    monkeypatch.setenv("COLUMNS", "400")
    return Jinque(monkeypatch, capsys)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Folder that `make` filled, shared by all workers of this test run."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / f"{name}-shared"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = root / f"{name}-partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            make(partial)
            partial.rename(folder)
    return folder


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the built-in sample under ``sample`` and the project's ``jinque.toml``."""

    def make(folder: Path) -> None:
        write_sample(folder / "sample")
        shutil.copy(PROJECT / "jinque.toml", folder)

    return made_once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def sample_releases(sample_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the releases 2026Q3 and 2026Q4 of the sample, the second after the first."""

    def make(folder: Path) -> None:
        configuration = read_configuration(sample_project / "jinque.toml")
        for quarter in ("2026Q3", "2026Q4"):
            run(configuration, quarter, folder)

    return made_once(tmp_path_factory, "releases", make)


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `sample_project` with few postings, for what needs a run but no truth in it.

    Beside `jinque.toml` stands `bare.toml`, which names the postings and nothing else.
    """

    def make(folder: Path) -> None:
        write_sample(folder / "sample", postings=600, seed=2)
        shutil.copy(PROJECT / "jinque.toml", folder)
        bare = '[inputs]\npostings = "sample/postings.csv"\n[release]\nsynthetic = true\n'
        (folder / "bare.toml").write_text(bare, encoding="utf-8")

    return made_once(tmp_path_factory, "small", make)


@pytest.fixture(scope="session")
def bare_release(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Release of the small project with nothing but its postings."""

    def make(folder: Path) -> None:
        run(read_configuration(small_project / "bare.toml"), "2026Q4", folder)

    return made_once(tmp_path_factory, "bare", make) / "2026Q4"


@pytest.fixture(scope="session")
def real_material() -> Path:
    """Folder ``shared/data`` beside the project; the test skips where it is not."""
    if not REAL_MATERIAL.is_dir():
        pytest.skip("the real material (shared/data beside the project) is not there")
    return REAL_MATERIAL
