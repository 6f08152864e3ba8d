"""Run manifest: hashes, environment without machine, one canonical JSON."""

import hashlib
import json
import platform
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InternalError, MissingFileError
from data.manifest import describe_environment, describe_inputs, hash_file, write_json


def test_the_hash_is_the_sha256_of_files_longer_than_a_chunk(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000
    path = tmp_path / "long.bin"
    path.write_bytes(content)
    assert hash_file(path) == hashlib.sha256(content).hexdigest()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no such file \(1: gone\.csv\)"):
        describe_inputs([tmp_path / "gone.csv"])


def test_the_environment_names_versions_and_no_machine() -> None:
    environment = describe_environment()
    assert environment["product"] == {"name": "jinque", "version": "0.1.0"}
    dependencies = environment["dependencies"]
    assert isinstance(dependencies, dict)
    assert dependencies["numpy"] == np.__version__
    assert "pytest" not in dependencies
    text = json.dumps(environment)
    assert platform.node() not in text
    assert str(Path.cwd()) not in text


def test_inputs_are_described_without_their_folder(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("季度\n", encoding="utf-8")
    pq.write_table(pa.table({"x": [1, 2, 3]}), tmp_path / "a.parquet")
    described = describe_inputs([tmp_path / "b.csv", tmp_path / "a.parquet"], rows={"b.csv": 0})
    assert [(item["name"], item["rows"]) for item in described] == [("a.parquet", 3), ("b.csv", 0)]
    assert described[1]["bytes"] == 7
    assert str(tmp_path) not in json.dumps(described)


def test_json_is_the_same_bytes_for_equal_content(tmp_path: Path) -> None:
    one = {"乙": (np.float64(0.1) + 0.2, -0.0), "甲": {"n": np.int64(3), "x": float("nan")}}
    other = {"甲": {"x": None, "n": 3}, "乙": [0.3, 0.0]}
    first = write_json(tmp_path / "1.json", one).read_bytes()
    assert first == write_json(tmp_path / "2.json", other).read_bytes()
    assert b"\r" not in first
    assert "甲".encode() in first


def test_json_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(InternalError, match="got set"):
        write_json(tmp_path / "x.json", {"a": {1, 2}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc甲"), inner),
    max_leaves=8,
)


@given(JSON)
def test_json_without_fractions_comes_back(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    path = write_json(tmp_path_factory.mktemp("json") / "x.json", content)
    assert json.loads(path.read_text(encoding="utf-8")) == content
