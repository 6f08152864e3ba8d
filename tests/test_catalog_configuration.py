"""The configuration file: complete example, defaults, refusals that name the key, paths."""

import os
import tomllib
from pathlib import Path

import pytest
from conftest import PROJECT
from pydantic import BaseModel

from catalog.configuration import (
    Configuration,
    InputsSection,
    processes_used,
    read_configuration,
)
from catalog.grade import GradeParameters
from data.errors import ConfigurationError, MissingFileError

EXAMPLE = PROJECT / "jinque.toml"
MINIMAL = '[inputs]\npostings = "postings.csv"\n'
# Of these the example gives the sample's values and says the default in words.
OF_THE_SAMPLE = ("release", "area", "inputs")


def written(folder: Path, text: str) -> Path:
    path = folder / "jinque.toml"
    path.write_text(text, encoding="utf-8")
    return path


def sections() -> dict[str, type[BaseModel]]:
    return {
        name: field.annotation
        for name, field in Configuration.model_fields.items()
        if field.annotation is not None
    }


def test_the_example_names_every_key() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    keys = {line.lstrip("# ").split("=")[0].strip() for line in lines if "=" in line}
    tables = {line.strip("[]").split("]")[0] for line in lines if line.startswith("[")}
    for name, section in sections().items():
        assert name in tables
        missing = set(section.model_fields) - keys - {"weights"}
        assert not missing, f"[{name}]"
    assert "score.weights" in tables


@pytest.mark.parametrize("name", sorted(set(sections()) - set(OF_THE_SAMPLE)))
def test_the_example_gives_the_defaults_where_it_says_so(name: str, tmp_path: Path) -> None:
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))[name]
    default = read_configuration(written(tmp_path, MINIMAL)).model_dump(mode="json")[name]
    assert example == default


def test_the_example_reads_and_the_defaults_are_those_of_the_stages(tmp_path: Path) -> None:
    assert read_configuration(EXAMPLE).release.synthetic
    default = read_configuration(written(tmp_path, MINIMAL))
    assert GradeParameters(**default.grades.model_dump()) == GradeParameters()
    assert default.area.postings == "inside"
    assert not default.release.synthetic


@pytest.mark.parametrize(
    ("addition", "named"),
    [
        ("[score]\nsead = 3\n", "score.sead: unknown key"),
        ("[scores]\nseed = 3\n", "scores: unknown key"),
        ('[score]\nseed = "three"\n', "score.seed"),
        ("[score]\ndraws = 3\n", "score.draws"),
        ("[score.weights]\nluck = 1.0\n", "unknown indicators: luck"),
        ("[score.weights]\nopenings = 0.0\n", "at least one weight must be positive"),
        ("[score.weights]\nopenings = -1.0\n", "score.weights.openings"),
        ("[grades]\nshort = 80\n", "bounds must descend"),
        ("[grades]\nhysteresis = -1\n", "grades.hysteresis"),
        ("[gates]\ncoded_share_at_least = 1.5\n", "gates.coded_share_at_least"),
        ("[forecast]\nlevels = [100]\n", "forecast.levels"),
        ("[forecast]\nlevels = []\n", "forecast.levels"),
        ('[forecast]\ncalendar = "gregorian"\n', "forecast.calendar"),
        ("[forecast]\nprocesses = -1\n", "forecast.processes"),
        ("[forecast]\nprocesses = 257\n", "forecast.processes"),
        ("[coding]\nsure_probability = 0.5\n", "coding.sure_probability"),
        ('[area]\npostings = "outside"\n', "area.postings"),
        ("[score\n", "is not a TOML file"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(addition: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(written(tmp_path, MINIMAL + addition))
    assert named in str(caught.value)
    assert caught.value.exit_code == 2


def test_how_the_work_is_shared_out_and_kept_is_no_figure_of_the_method(tmp_path: Path) -> None:
    keys = '[forecast]\nprocesses = 2\ncache = "kept"\n'
    configuration = read_configuration(written(tmp_path, MINIMAL + keys))
    assert configuration.forecast.processes == 2
    assert configuration.forecast.cache == str(tmp_path.resolve() / "kept")
    assert not {"processes", "cache"} & set(configuration.model_dump(mode="json")["forecast"])
    default = read_configuration(written(tmp_path, MINIMAL)).forecast
    assert processes_used(default.processes) == os.cpu_count()
    assert processes_used(2) == 2
    assert default.cache is None


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = "[inputs]\n[score]\nseed = 1.5\n[gates]\nsense = 1\n"
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(written(tmp_path, text))
    message = str(caught.value)
    assert "(3: inputs.postings: missing, score.seed" in message
    assert "gates.sense: unknown key" in message


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(
    tmp_path: Path,
) -> None:
    text = '[area]\nname = "重庆市"\n' + MINIMAL
    path = tmp_path / "jinque.toml"
    path.write_bytes(text.encode("gb18030"))
    with pytest.raises(ConfigurationError):
        read_configuration(path)
    path.write_bytes(text.encode("utf-8-sig"))
    assert read_configuration(path).area.name == "重庆市"


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"1: none\.toml"):
        read_configuration(tmp_path / "none.toml")


def test_paths_are_relative_to_the_file_and_sources_are_no_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [n for n in InputsSection.model_fields if not n.startswith("postings_")]
    lines = [f'{name} = "in/{name}.csv"' for name in names]
    lines += ['postings_sources = ["1dagong_*"]', 'postings_collected_on = "2027-01-05"']
    (tmp_path / "elsewhere").mkdir()
    written(tmp_path, "\n".join(["[inputs]", *lines]))
    monkeypatch.chdir(tmp_path / "elsewhere")
    inputs = read_configuration(Path("../jinque.toml")).inputs.model_dump()
    for name in names:
        assert inputs[name] == str(tmp_path.resolve() / "in" / f"{name}.csv")
    assert inputs["postings_sources"] == ("1dagong_*",)
    assert inputs["postings_collected_on"] == "2027-01-05"


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    path = tmp_path / "far" / "postings.csv"
    text = f'[inputs]\npostings = "{path}"\n'
    assert read_configuration(written(tmp_path, text)).inputs.postings == str(path)
