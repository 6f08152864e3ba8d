"""The command `jinque forecast`: columns, corrections, calendar, cache, models, and misuse."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT, Jinque

from data.manifest import hash_file
from forecasting import MONTHLY_CALENDAR, calendar_regressors, forecast

FORECAST_COLUMNS = ["series_id", "period", "horizon", "level", "mean", "lower", "upper", "model"]


def test_forecast(jinque: Jinque, tmp_path: Path) -> None:
    rows = ["series_id,period,value,district"]
    rows += [
        f"a,{year}Q{q},{100 + 5 * q},500107" for year in range(2020, 2026) for q in range(1, 5)
    ]
    (tmp_path / "s.csv").write_text("\n".join(rows), encoding="utf-8")
    out = tmp_path / "f.csv"
    jinque("forecast", tmp_path / "s.csv", out, "--horizon", 4, "--levels", "80,95")
    table = pd.read_csv(out)
    assert [c for c in table.columns if c != "district"] == FORECAST_COLUMNS
    assert set(table["district"]) == {500107}
    assert set(table["level"]) == {80, 95}
    assert sorted(table["period"].unique()) == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    means = table[table["level"] == 80].groupby("period")["mean"].first()
    assert means.tolist() == pytest.approx([105, 110, 115, 120], rel=0.02)


def two_series(folder: Path) -> Path:
    """Five years of quarters; in a, 2024Q3 has a zero too many and a board joins in 2023Q1."""
    rows = ["series_id,period,value"]
    for place in range(20):
        period, value = f"{2021 + place // 4}Q{place % 4 + 1}", 100 + 7 * (place % 4) + place % 3
        level = 1000 if place >= 8 else 0
        rows += [
            f"a,{period},{(level + value) * (10 if place == 14 else 1)}",
            f"b,{period},{value}",
        ]
    (folder / "s.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder / "s.csv"


def test_forecast_with_corrections_cache_processes_and_models(
    jinque: Jinque, tmp_path: Path
) -> None:
    source = two_series(tmp_path)
    (tmp_path / "c.csv").write_text(
        "table,series,quarter,what,value,reason,status,guard\n"
        "demand,a,2024Q3,wrong_value,1116,typing error,active,11160\n"
        "demand,a,2023Q1,board_joined,,a new board,active,\n"
        "seekers,b,2023Q1,gap,,another table,active,\n",
        encoding="utf-8",
    )
    common = ["forecast", source, "--horizon", 2, "--corrections", tmp_path / "c.csv"]
    kept = ["--cache", tmp_path / "cache", "--models", tmp_path / "models.csv"]
    said = jinque(*common[:2], tmp_path / "one.csv", *common[2:], *kept, "--processes", 2)
    assert "typing error" in said
    assert "a: declared board joined at 2023Q1: a new board" in said
    assert "another table" not in said
    assert len(list((tmp_path / "cache").glob("*.json"))) == 2

    models = pd.read_csv(tmp_path / "models.csv")
    assert set(models["series_id"]) == {"a", "b"}
    assert models["reason"].notna().all()
    weights = models.groupby("series_id")["weight"].sum()
    assert weights.tolist() == pytest.approx([1, 1])

    jinque(*common[:2], tmp_path / "two.csv", *common[2:], *kept)
    assert hash_file(tmp_path / "one.csv") == hash_file(tmp_path / "two.csv")
    jinque("forecast", source, tmp_path / "raw.csv", "--horizon", 2)
    corrected, raw = (
        pd.read_csv(tmp_path / name)
        .drop_duplicates(["series_id", "period", "level"])  # the main forecast comes first
        .groupby("series_id")[["lower", "upper"]]
        .mean()
        for name in ("one.csv", "raw.csv")
    )
    width, raw_width = corrected["upper"] - corrected["lower"], raw["upper"] - raw["lower"]
    assert width["a"] < 0.2 * raw_width["a"]
    assert width["b"] == raw_width["b"]


def test_series_declared_chinese_are_forecast_with_their_calendar(
    jinque: Jinque, tmp_path: Path
) -> None:
    """Half of the activity rests on the days of the festival, in January 2025."""
    months = [f"{year}-{month:02}" for year in range(2013, 2026) for month in range(1, 13)]
    effect = calendar_regressors(months, MONTHLY_CALENDAR)["spring_festival_during"]
    series = pd.DataFrame({"series_id": "a", "period": months, "value": 1000 * np.exp(-effect / 2)})
    known, ahead = series[series["period"] < "2025"], series.set_index("period")["value"]
    known.to_csv(tmp_path / "s.csv", index=False)
    error, said = {}, {}
    for calendar in ("chinese", "none"):
        out = tmp_path / f"{calendar}.csv"
        command = ["forecast", tmp_path / "s.csv", out, "--horizon", 2]
        said[calendar] = jinque(*command, "--calendar", calendar)
        table = pd.read_csv(out).query("model != 'seasonal_naive' and level == 80")
        error[calendar] = abs(
            table.set_index("period")["mean"] / ahead["2025-01":"2025-02"] - 1
        ).max()
    assert error["chinese"] < 0.02
    assert error["none"] > 0.05
    assert "calendar taken out of 1 series, left in 0" in said["chinese"]
    assert "calendar" not in said["none"].replace("chinese", "")
    assert "--calendar" in jinque(*command, "--calendar", "lunar", code=2)


def test_corrections_that_cannot_be_applied_stop_the_forecast(
    jinque: Jinque, tmp_path: Path
) -> None:
    source, records = two_series(tmp_path), tmp_path / "c.csv"
    header = "table,series,quarter,what,value,reason,status,guard\n"
    command = ["forecast", source, tmp_path / "o.csv", "--horizon", 2, "--corrections", records]
    for row, message in (
        ("demand,a,2024Q3,wrong_value,1116,typing error,active,5", "2024Q3"),
        ("demand,a,2024Q3,wrong_guess,1116,typing error,active,", "wrong_guess is not one of"),
    ):
        records.write_text(f"{header}{row}\n", encoding="utf-8")
        assert message in jinque(*command, code=3)
    command = ["forecast", source, tmp_path / "o.csv", "--horizon", 2]
    assert "twice" in jinque(*command, "--models", tmp_path / "o.csv", code=2)
    assert "expected .csv" in jinque(*command, "--models", tmp_path / "m.xls", code=2)
    assert "--processes" in jinque(*command, "--processes", -1, code=2)
    assert not (tmp_path / "o.csv").exists()


def test_levels_that_are_no_numbers(jinque: Jinque, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("series_id,period,value\na,2020Q1,1\n", encoding="utf-8")
    written_wrongly, out_of_range = "expected whole per cents such as 80,95", "1 to 99"
    for levels, expected in (
        ("eighty", written_wrongly),
        ("80;95", written_wrongly),
        ("0", out_of_range),
        ("100", out_of_range),
    ):
        arguments = ["forecast", tmp_path / "s.csv", tmp_path / "o.csv", "--horizon", 1]
        said = jinque(*arguments, "--levels", levels, code=2)
        assert expected in said
        assert levels in said
    assert not (tmp_path / "o.csv").exists()


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["series_id,period,value", *rows]) + "\n", encoding="utf-8")
    return path


def three(name: str, last: str = "7") -> list[str]:
    return [f"{name},2025Q1,5", f"{name},2025Q2,6", f"{name},2025Q3,{last}"]


def test_a_series_with_a_bad_row_is_left_out_whole_and_named(
    jinque: Jinque, tmp_path: Path
) -> None:
    rows = [*three("sound"), *three("endless", "inf"), *three("twice"), "twice,2025Q3,9999"]
    source, out = written(tmp_path / "s.csv", *rows), tmp_path / "o.csv"
    said = jinque("forecast", source, out, "--horizon", 1)
    of_library = forecast(pd.read_csv(source), 1)
    assert set(pd.read_csv(out)["series_id"]) == {"sound"} == set(of_library.main_models)
    assert of_library.rejected["series_id"].tolist() == ["endless", "twice"]
    for name, reason in of_library.rejected.itertuples(index=False):
        assert f"{name}: {reason}" in said
    assert "7 rows were left out" in said

    out.unlink()
    source = written(tmp_path / "s.csv", *three("", "4"), "ragged,2025Q1,1,2,3", *three("ragged"))
    said = jinque("forecast", source, out, "--horizon", 1)
    assert "no name: 3 rows cannot be used; first: series_id: missing" in said
    assert "ragged: 1 rows cannot be used; first: 5 cells stand below 3 headers" in said
    assert pd.read_csv(out).empty


def test_series_left_out_for_one_reason_are_told_together(jinque: Jinque, tmp_path: Path) -> None:
    rows = [f"s{number},2025Q1,5" for number in range(7)]
    source = written(tmp_path / "s.csv", *rows)
    said = jinque("forecast", source, tmp_path / "o.csv", "--horizon", 1)
    assert "7  s0, s1, s2, s3, s4, …: too few observations; got 1" in said


def test_nothing_is_written_over_an_input(jinque: Jinque, tmp_path: Path) -> None:
    source, records = written(tmp_path / "s.csv", *three("a")), tmp_path / "c.csv"
    records.write_text("table,series,quarter,what,value,reason,status,guard\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(source)
    before = source.read_bytes(), records.read_bytes()
    options = ["--horizon", 1, "--corrections", records]
    for given, out, more in (
        (source, source, []),
        (source, records, []),
        (tmp_path / "link.csv", source, []),
        (source, tmp_path / "o.csv", ["--models", source]),
    ):
        said = jinque("forecast", given, out, *options, *more, code=2)
        assert "would be written over an input" in said
    assert before == (source.read_bytes(), records.read_bytes())
    for command, given in itertools.product(("code", "tabulate"), (source, tmp_path)):
        assert "written over an input" in jinque(command, given, source, code=2)
    rank = ["rank", source, source, "--config", PROJECT / "jinque.toml", "--quarter", "2026Q4"]
    assert "written over an input" in jinque(*rank, code=2)


def test_files_that_are_no_table_of_series(jinque: Jinque, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    (tmp_path / "s.csv").write_text("series_id,period,openings\na,2025Q1,5\n", encoding="utf-8")
    said = jinque("forecast", tmp_path / "s.csv", out, "--horizon", 1, code=3)
    assert "'s.csv' lacks columns of the table 'series' (1: value)" in said
    (tmp_path / "s.parquet").write_bytes(b"PAR1 and nothing that follows from it PAR1")
    said = jinque("forecast", tmp_path / "s.parquet", out, "--horizon", 1, code=3)
    assert "'s.parquet' is no sound parquet file" in said
    assert not out.exists()


def test_csv_files_hold_no_formulas(jinque: Jinque, tmp_path: Path) -> None:
    source = tmp_path / "s.csv"
    rows = [f"=1+1,2025Q{quarter},{quarter},-106.5,@x" for quarter in (1, 2, 3)]
    source.write_text("\n".join(["series_id,period,value,east,=2+2", *rows]), encoding="utf-8")
    outs = tmp_path / "o.csv", tmp_path / "m.csv", tmp_path / "o.parquet"
    jinque("forecast", source, outs[0], "--horizon", 1, "--models", outs[1])
    jinque("forecast", source, outs[2], "--horizon", 1)
    table, models, plain = pd.read_csv(outs[0]), pd.read_csv(outs[1]), pd.read_parquet(outs[2])
    assert set(table["series_id"]) == set(models["series_id"]) == {"'=1+1"}
    assert set(table["'=2+2"]) == {"'@x"}
    assert set(table["east"]) == {-106.5}
    assert set(plain["series_id"]) == {"=1+1"}
    assert set(plain["=2+2"]) == {"@x"}


def test_values_below_zero_need_an_option(jinque: Jinque, tmp_path: Path) -> None:
    source, out = written(tmp_path / "s.csv", *three("balance", "-7")), tmp_path / "o.csv"
    said = jinque("forecast", source, out, "--horizon", 1)
    assert "balance: a count is negative; got -7; correct it, or forecast with --allow-neg" in said
    said = jinque("forecast", source, out, "--horizon", 1, "--allow-negative")
    assert "left out" not in said
    assert (pd.read_csv(out)["lower"] < -7).all()


def test_a_correction_of_a_series_that_is_not_there_is_told(jinque: Jinque, tmp_path: Path) -> None:
    source, records = written(tmp_path / "s.csv", *three("a")), tmp_path / "c.csv"
    records.write_text(
        "table,series,quarter,what,value,reason,status,guard\n"
        "demand,b,2025Q2,gap,,not measured,active,\n",
        encoding="utf-8",
    )
    command = ["forecast", source, tmp_path / "o.csv", "--horizon", 1, "--corrections", records]
    assert "b: declared gap at 2025Q2 not applied: there is no usable series" in jinque(*command)
