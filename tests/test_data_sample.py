"""The built-in sample: same bytes for the same seed, its contracts kept, its truth in it."""

import itertools
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from data.contract import Contract
from data.errors import ConfigurationError, InputError
from data.manifest import hash_file
from data.quarters import quarters_between
from data.readers import read_postings, read_table
from data.reference import load_districts, load_occupations
from data.sample import CROWDED, SHORT, write_sample
from data.sample.occupations import SECTIONS, openings_by_section, sample_occupations
from data.tables import CORRECTIONS, DEMAND, EVIDENCE, PREVIOUS, SEEKERS, SUPPLY

TABLES = (DEMAND, SEEKERS, SUPPLY, EVIDENCE, PREVIOUS, CORRECTIONS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


@pytest.fixture(scope="module")
def postings(folder: Path) -> pd.DataFrame:
    batches = [split.valid for split in read_postings(folder / "postings.csv")]
    return pa.concat_tables(batches).to_pandas()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    digests = [
        [hash_file(path) for path in write_sample(tmp_path / name, seed=seed, postings=200)]
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert digests[0] == digests[1]
    # Only the table of evidence holds no random figure.
    assert len(set(digests[0]) & set(digests[2])) == 1


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.name)
def test_every_table_keeps_its_contract(folder: Path, contract: Contract) -> None:
    valid, rejected = read_table(folder / f"{contract.name}.csv", contract)
    assert len(valid) > 0
    assert rejected.empty


def test_the_postings_hold_what_they_promise(folder: Path, postings: pd.DataFrame) -> None:
    rejected = [split.rejected for split in read_postings(folder / "postings.csv")]
    refused = pa.concat_tables(rejected)["reason"].to_pylist()
    assert refused == ["neither title nor description"] * 2
    assert len(postings) + len(refused) == 6000
    assert postings["posting_id"].is_unique
    assert postings["posted_on"].isna().sum() == 5
    assert (postings["headcount"] == "-5").sum() == 1
    assert (postings["place"] == "500999").sum() == 1
    assert postings["employer"].str.startswith("示例").all()


def test_about_a_fifth_of_the_postings_come_again(postings: pd.DataFrame) -> None:
    same = ["employer", "place", "wage", "headcount", "description", "education", "experience"]
    described = postings[postings["description"].notna()]
    assert described.duplicated(same).mean() == pytest.approx(0.22, abs=0.03)


def test_vacancies_stay_open_where_people_are_short(postings: pd.DataFrame) -> None:
    plain = postings["posted_on"].str.replace(r"\D+", "", regex=True).str[:8]
    posted = pd.to_datetime(plain, format="%Y%m%d")
    open_days = (pd.to_datetime(postings["closed_on"]) - posted).dt.days
    is_short = postings["title"].str.contains("焊工|护理员|缝纫|模具", na=False)
    is_crowded = postings["title"].str.contains("保洁|收银|保安|会计", na=False)
    assert is_short.sum() > 50
    assert is_crowded.sum() > 50
    assert open_days[is_short].median() > 40 > open_days[is_crowded].median()


def test_places_are_districts_in_force(postings: pd.DataFrame) -> None:
    in_force = {district.name for district in load_districts("2026-11-23").units}
    known = postings["place"].map(lambda place: any(name in place for name in in_force))
    assert known.sum() == len(postings) - 1


def test_occupations_exist_and_demand_is_concentrated() -> None:
    occupations = sample_occupations()
    groups = load_occupations()
    codes = {occupation.code for occupation in occupations}
    assert 250 <= len(codes) <= 400
    assert codes <= set(groups.units)
    assert codes >= SHORT | CROWDED
    shares = sorted((occupation.share for occupation in occupations), reverse=True)
    assert sum(shares) == pytest.approx(1)
    assert sum(shares[:10]) > 0.25


def test_demand_spans_24_quarters_at_the_scale_of_the_city(folder: Path) -> None:
    demand = read_table(folder / "demand.csv", DEMAND).valid
    assert sorted(set(demand["quarter"])) == quarters_between("2021Q1", "2026Q4")
    assert set(demand["industry_code"]) == set(SECTIONS)
    totals = demand.groupby("quarter")["openings"].sum()
    assert totals["2021Q1"] == pytest.approx(303_000, rel=0.05)
    assert totals["2026Q1"] > totals["2025Q4"] * 1.05
    shares = openings_by_section(sample_occupations())
    assert shares["C"] == max(shares.values())


def test_a_span_over_2020_holds_its_shock(tmp_path: Path) -> None:
    write_sample(tmp_path, quarter="2022Q4", postings=100)
    totals = read_table(tmp_path / "demand.csv", DEMAND).valid.groupby("quarter")["openings"].sum()
    assert totals["2020Q1"] < 0.75 * min(totals["2019Q1"], totals["2021Q1"])


def test_the_correction_repairs_the_known_error(folder: Path) -> None:
    demand = read_table(folder / "demand.csv", DEMAND).valid
    record = read_table(folder / "corrections.csv", CORRECTIONS).valid.iloc[0]
    series = demand[demand["industry_code"] == record["series"]].set_index("quarter")["openings"]
    assert series[record["quarter"]] == record["guard"]
    others = series.drop(record["quarter"])
    assert record["value"] == pytest.approx(others.median(), rel=0.2)
    assert record["guard"] > 5 * others.max()


def test_seekers_are_kept_at_several_levels_and_scarce_where_short(folder: Path) -> None:
    seekers = read_table(folder / "seekers.csv", SEEKERS).valid
    latest = seekers[seekers["quarter"] == "2026Q4"]
    assert latest["seekers"].sum() == pytest.approx(149_000, rel=0.1)
    free = latest.loc[latest["occupation_code"].isna(), "seekers"].sum()
    assert free / latest["seekers"].sum() == pytest.approx(0.3, abs=0.02)
    depth = Counter(code.count("-") for code in latest["occupation_code"].dropna())
    assert depth.keys() == {0, 1, 3}
    share = {occupation.code: occupation.share for occupation in sample_occupations()}
    known = latest[latest["occupation_code"].isin(share)]
    pressure = known["seekers"] / known["occupation_code"].map(share)
    is_short = known["occupation_code"].isin(SHORT)
    assert pressure[is_short].max() < pressure[known["occupation_code"].isin(CROWDED)].min()
    assert pressure[is_short].median() < 0.5 * pressure[~is_short].median()


def test_the_previous_list_agrees_with_the_truth_in_part(folder: Path) -> None:
    previous = read_table(folder / "previous.csv", PREVIOUS).valid
    assert set(previous["edition"]) == {"2026Q3"}
    listed = set(previous.loc[previous["grade"].isin(["A", "B", "C"]), "occupation_code"])
    assert SHORT & listed
    assert listed - SHORT


def test_classes_have_certificates_only_once_completed(folder: Path) -> None:
    supply = read_table(folder / "supply.csv", SUPPLY).valid
    assert set(supply["status"]) == {"completed", "running", "planned"}
    assert (supply["certified"].notna() == (supply["status"] == "completed")).all()
    assert not (supply["certified"] > supply["enrolled"]).any()


def test_the_readme_says_that_all_is_invented(folder: Path) -> None:
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith("合成示例数据")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"postings": 99}, ConfigurationError), ({"quarter": "2026-4"}, InputError)],
)
def test_unusable_arguments_are_refused(
    tmp_path: Path, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        write_sample(tmp_path, **arguments)  # type: ignore[arg-type]
    assert list(itertools.islice(tmp_path.iterdir(), 1)) == []
