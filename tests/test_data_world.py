"""The simulated labour market: its facts, determinism, small and impossible worlds."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.errors import ConfigurationError
from data.readers import read_postings, read_table
from data.reference import load_occupations, reference_table
from data.sample.places import district_names
from data.tables import DEMAND, PREVIOUS, SEEKERS, SUPPLY
from data.world import (
    BOUNDS,
    SEEDS_FOR_BUILDING,
    SEEDS_FOR_REPORTING,
    World,
    WorldParameters,
    build_world,
    facts_of,
    is_held_out,
    without_held_out,
    write_world,
)
from data.world.events import WARM_UP_QUARTERS
from data.world.facts import growth_auc, list_turnover, yearly_jaccard
from data.world.postings import BOARDS, CATEGORY, plan_advertising, stream_postings
from data.world.registers import Registers
from data.world.wording import load_wordings

SMALL = WorldParameters(seed=3, quarters=6, districts=4)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldParameters(seed=1))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_world(folder, SMALL, postings=3000)
    return folder


@pytest.mark.parametrize("seed", [1, 7, 13])
def test_published_facts_come_back(seed: int, world: World) -> None:
    facts = facts_of(
        *(lambda w: (w.registers, w.truth))(
            world if seed == 1 else build_world(WorldParameters(seed=seed))
        )
    )
    for name, (lowest, highest) in BOUNDS.items():
        assert lowest <= facts[name] <= highest, f"{name} = {facts[name]:.3f}"
    assert 0.03 <= facts["short_share"] <= 0.25


def test_seeds_for_reporting_are_apart() -> None:
    assert not set(SEEDS_FOR_BUILDING) & set(SEEDS_FOR_REPORTING)


def test_level_of_the_published_quarter(world: World) -> None:
    step = world.registers.quarters.index("2021Q1")
    assert world.registers.openings[step].sum() == pytest.approx(303_000)
    assert world.registers.seekers[step].sum() == pytest.approx(149_000)


def test_registers_correlate_with_the_truth_but_not_closely(world: World) -> None:
    step = WARM_UP_QUARTERS + world.parameters.quarters - 1
    tightness = world.history.vacancies[step].sum(axis=1) / world.history.seekers[step].sum(axis=1)
    ratio = (world.registers.openings[-1].sum(axis=1) + 1) / (world.registers.seekers[-1] + 1)
    large = world.registers.openings[-1].sum(axis=1) >= 50
    correlation = np.corrcoef(np.log(tightness[large]), np.log(ratio[large]))[0, 1]
    assert 0.3 < correlation < 0.95


def test_registers_and_postings_correlate_but_not_closely(world: World) -> None:
    plan = plan_advertising(
        world.parameters, world.structure, world.history, np.random.default_rng(1)
    )[-1]
    advertised = plan.weights.reshape(len(world.structure.codes), -1).sum(axis=1)
    registered = world.registers.openings[-1].sum(axis=1)
    large = registered >= 50
    correlation = np.corrcoef(np.log(advertised[large]), np.log(registered[large]))[0, 1]
    assert 0.5 < correlation < 0.95


def test_nobody_is_matched_twice(world: World) -> None:
    history = world.history
    assert (history.matches <= history.vacancies * (1 + 1e-5) + 1e-3).all()
    assert (history.matches <= history.seekers * (1 + 1e-5) + 1e-3).all()
    for array in (history.openings, history.vacancies, history.seekers, history.matches):
        assert np.isfinite(array).all()
        assert (array >= 0).all()


def test_shock_lowers_openings(world: World) -> None:
    calm = build_world(WorldParameters(seed=1, shock_depth=0.0))
    step = world.events.shock_step
    assert world.history.openings[step].sum() < 0.9 * calm.history.openings[step].sum()
    np.testing.assert_array_equal(
        world.history.openings[: step - 1], calm.history.openings[: step - 1]
    )


def test_a_short_occupation_is_one_whose_openings_stay_unfilled(world: World) -> None:
    shortage = world.truth.shortage
    short = shortage[shortage["is_short"]]
    assert (short["unfilled_share"] > world.parameters.unfilled_bound).all()
    assert (short["openings"] >= 20).all()


def test_structure_follows_the_census(world: World) -> None:
    total = world.structure.employment.sum(axis=1)
    majors = (
        pd.Series(total, index=[code[0] for code in world.structure.codes]).groupby(level=0).sum()
    )
    shares = majors / majors.sum()
    assert shares["4"] > shares["2"] > shares["1"]
    assert world.structure.employment.shape == (len(world.structure.codes), 37)


def test_same_seed_same_bytes(small: Path, tmp_path: Path) -> None:
    again = write_world(tmp_path, SMALL, postings=3000)
    for path in again:
        other = small / path.relative_to(tmp_path)
        assert _hash(path) == _hash(other), path.name


def test_another_seed_other_postings(small: Path, tmp_path: Path) -> None:
    write_world(tmp_path, WorldParameters(seed=4, quarters=6, districts=4), postings=500)
    assert _hash(tmp_path / "demand.csv") != _hash(small / "demand.csv")


def test_inputs_keep_their_contracts(small: Path) -> None:
    for name, contract in {
        "demand": DEMAND, "seekers": SEEKERS, "supply": SUPPLY, "previous": PREVIOUS,
    }.items():  # fmt: skip
        valid, rejected = read_table(small / f"{name}.csv", contract)
        assert len(valid) > 0
        assert rejected.empty, rejected.head()
    rows = list(read_postings(small / "postings.parquet"))
    assert sum(len(batch.valid) for batch in rows) == 4500
    assert sum(len(batch.rejected) for batch in rows) == 0


def test_titles_are_unknown_to_a_coder_built_without_them(small: Path) -> None:
    titles = reference_table("titles").frame()
    kept = set(without_held_out(titles).query("kind != 'duty'")["term"])
    names = {group.name for group in load_occupations().groups.values()}
    used = {title for texts in load_wordings().titles.values() for title in texts}
    assert not (used - names) & kept
    share = titles.loc[titles["kind"] != "duty", "term"].map(is_held_out).mean()
    assert share == pytest.approx(1 / 3, abs=0.01)
    assert pq.read_table(small / "postings.parquet").num_rows == 4500


def test_headcounts_are_over_dispersed(small: Path) -> None:
    texts = pq.read_table(small / "postings.parquet")["headcount"].to_pandas()
    heads = pd.to_numeric(texts.str.extract(r"(\d+)")[0]).dropna()
    assert heads.var() > 1.5 * heads.mean()


def test_posting_counts_are_over_dispersed(world: World) -> None:
    plan = plan_advertising(
        world.parameters, world.structure, world.history, np.random.default_rng(1)
    )[-1]
    tables = stream_postings(
        plan, world.structure, load_wordings(),
        count=8000, prefix="x", generator=np.random.default_rng(2),
    )  # fmt: skip
    rows = pd.concat(table.to_pandas() for table in tables)
    majors = np.array([code[0] for code in world.structure.codes])
    weights = plan.weights.reshape(len(majors), -1)
    squares, cells = 0.0, 0
    for major, category in CATEGORY.items():
        expected = 8000 * weights[majors == major].sum(axis=0)
        for district, code in enumerate(world.structure.districts):
            if expected[district] >= 10:
                name = district_names()[code]
                count = ((rows["category"] == category) & rows["place"].str.contains(name)).sum()
                squares += (count - expected[district]) ** 2 / expected[district]
                cells += 1
    assert cells > 50
    assert squares / cells > 1.5


def test_a_board_joins_in_the_last_quarter(small: Path) -> None:
    rows = pq.read_table(small / "postings.parquet").to_pandas()
    last = rows["posting_id"].str.startswith("2026Q4")
    assert (rows.loc[~last, "source"] != BOARDS[-1]).all()
    share = (rows.loc[last, "source"] == BOARDS[-1]).groupby(rows["category"]).mean()
    assert share["生产/技工"] > 2 * share["服务/销售"] > 0


def test_a_closing_plant_had_its_jobs(world: World) -> None:
    for plant in world.events.plants:
        there = world.structure.employment[plant.occupations, plant.district]
        assert (plant.jobs >= -there / 2 - 1e-9).all()


def test_truth_stands_apart_and_is_complete(small: Path) -> None:
    names = {path.name for path in (small / "truth").iterdir()}
    assert names == {
        "openings.parquet", "shortage.parquet", "certificates.parquet", "registered.parquet",
        "events.json",
    }  # fmt: skip
    events = json.loads((small / "truth" / "events.json").read_text(encoding="utf-8"))
    assert events["parameters"]["seed"] == 3
    assert {"shock_quarter", "plants", "taxonomy_change", "board_joined_quarter"} <= set(events)


def test_product_does_not_read_the_truth() -> None:
    root = Path(__file__).resolve().parents[1]
    for package in ("nlp", "forecasting", "catalog"):
        for path in (root / package).rglob("*.py"):
            assert "world.truth" not in path.read_text(encoding="utf-8"), path.name


def test_taxonomy_change_moves_seekers_only_before_it(small: Path) -> None:
    events = json.loads((small / "truth" / "events.json").read_text(encoding="utf-8"))
    change = events["taxonomy_change"]
    seekers = read_table(small / "seekers.csv", SEEKERS).valid
    of_new = seekers[seekers["occupation_code"] == change["new_code"]]
    assert (of_new["quarter"] >= change["quarter"]).all()
    assert len(of_new) > 0


@pytest.mark.parametrize(
    ("parameters", "postings"),
    [
        (WorldParameters(seed=5, quarters=1, districts=1), 50),
        (WorldParameters(seed=5, quarters=3, districts=1, plants=0), 0),
    ],
)
def test_small_worlds_are_correct(
    parameters: WorldParameters, postings: int, tmp_path: Path
) -> None:
    write_world(tmp_path, parameters, postings=postings)
    demand = read_table(tmp_path / "demand.csv", DEMAND).valid
    assert demand["quarter"].nunique() == parameters.quarters
    assert set(demand["district_code"]) == {"500157"}
    expected = postings + (round(postings / 2) if parameters.quarters > 1 else 0)
    assert pq.read_table(tmp_path / "postings.parquet").num_rows == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("quarters", 0), ("districts", 38), ("unfilled_bound", 1.5), ("employment", -1)],
)
def test_impossible_parameters_are_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=name):
        WorldParameters(**{name: value})


def test_negative_postings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="postings"):
        write_world(tmp_path / "none", SMALL, postings=-1)
    assert not (tmp_path / "none").exists()


def test_facts_on_hand_made_figures() -> None:
    gaps = np.zeros((2, 150, 1))
    gaps[0, :100, 0], gaps[1, 10:110, 0] = 5, 5
    registers = Registers(("2026Q1", "2026Q2"), gaps, np.zeros((2, 150)), (0, 1, 1))
    assert list_turnover(registers) == 10
    short = np.zeros((5, 10), dtype=bool)
    short[0, :4], short[4, 2:6] = True, True
    assert yearly_jaccard(short) == pytest.approx(2 / 6)
    openings = np.full((8, 10), 100.0)
    openings[4:, :3] = 200
    grown = np.zeros((8, 10), dtype=bool)
    grown[:, :3] = True
    assert growth_auc(openings, grown) == 1.0


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
