"""The command `jinque nowcast`: the nowcast, its revisions, the last day, and misuse."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Jinque

from forecasting import NowcastParameters, nowcast, revision_history, weekly_openings

LAST_DAY = date(2026, 2, 22)


@pytest.fixture(scope="module")
def weeks() -> pd.DataFrame:
    """Three years of weekly counts of two series, weeks of two quarters in two rows."""
    days = pd.date_range("2023-01-02", LAST_DAY)
    rng = np.random.default_rng(0)
    vacancies = pd.DataFrame(
        {
            "series_id": np.repeat(["C", "H"], len(days)),
            "posted_on": np.tile(days.strftime("%Y-%m-%d"), 2),
            "openings": rng.poisson(20, 2 * len(days)),
        }
    )
    return weekly_openings(vacancies)[0]


def test_nowcast(jinque: Jinque, tmp_path: Path, weeks: pd.DataFrame) -> None:
    weeks.to_csv(tmp_path / "weeks.csv", index=False)
    said = jinque("nowcast", tmp_path / "weeks.csv", tmp_path / "now.csv")
    assert "openings count up to 2026-02-22" in said
    assert "4 rows are written" in said
    assert "left out" not in said
    table = pd.read_csv(tmp_path / "now.csv", keep_default_na=False)
    expected = nowcast(weeks, LAST_DAY).frame
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


def test_nowcast_of_a_day_with_options(jinque: Jinque, tmp_path: Path, weeks: pd.DataFrame) -> None:
    weeks.to_parquet(tmp_path / "weeks.parquet")
    options = ["--as-of", "2026-02-04", "--levels", "50,90", "--calendar", "none"]
    said = jinque("nowcast", tmp_path / "weeks.parquet", tmp_path / "now.parquet", *options)
    assert "openings count up to 2026-02-04" in said
    # Two weeks of each series lie beyond that day, and another one around it.
    assert "6 rows were left out" in said
    assert "晚于截止日" in said
    expected = nowcast(weeks, date(2026, 2, 4), NowcastParameters(levels=(50, 90), chinese=False))
    table = pd.read_parquet(tmp_path / "now.parquet")
    pd.testing.assert_frame_equal(table, expected.frame, check_dtype=False)


def test_revisions(jinque: Jinque, tmp_path: Path, weeks: pd.DataFrame) -> None:
    weeks.to_csv(tmp_path / "weeks.csv", index=False)
    jinque("nowcast", tmp_path / "weeks.csv", tmp_path / "r.parquet", "--revisions")
    table = pd.read_parquet(tmp_path / "r.parquet")
    assert table["quarter"].unique().tolist() == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    expected = revision_history(weeks, LAST_DAY)
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


def test_days_and_broken_rows(jinque: Jinque, tmp_path: Path) -> None:
    rows = ["series_id,week,openings"]
    rows += [f"C,{day:%Y-%m-%d},2" for day in pd.date_range("2025-01-01", "2026-02-10")]
    rows += ["C,2026-W60,3", "C,2026-02-11,-4", ",2026-02-11,4", "C,2026-02-10,9"]
    (tmp_path / "days.csv").write_text("\n".join(rows), encoding="utf-8")
    said = jinque("nowcast", tmp_path / "days.csv", tmp_path / "now.csv", "--levels", 80)
    assert "openings count up to 2026-02-10" in said
    assert "4 rows were left out" in said
    for reason in ("周或日期无法识别", "openings: -4 is below 0", "series_id: missing", "重复出现"):
        assert reason in said
    assert pd.read_csv(tmp_path / "now.csv")["openings_so_far"].tolist() == [82]


def test_misuse(jinque: Jinque, tmp_path: Path, weeks: pd.DataFrame) -> None:
    source, out = tmp_path / "weeks.csv", tmp_path / "now.csv"
    weeks.to_csv(source, index=False)
    assert "now.txt" in jinque("nowcast", source, tmp_path / "now.txt", code=2)
    assert "written over an input" in jinque("nowcast", source, source, code=2)
    assert "--levels" in jinque("nowcast", source, out, "--levels", "many", code=2)
    assert "--as-of" in jinque("nowcast", source, out, "--as-of", "2026Q1", code=2)
    jinque("nowcast", tmp_path / "none.csv", out, code=3)
    weeks.drop(columns="openings").to_csv(source, index=False)
    assert "lacks columns" in jinque("nowcast", source, out, code=3)
    source.write_text("series_id,week,openings\nC,last week,3\n", encoding="utf-8")
    said = jinque("nowcast", source, out, code=3)
    assert "no row of 'weeks.csv' can be counted" in said
    assert "周或日期无法识别" in said
    assert not out.exists()
