"""Unstated headcounts: the winsorised mean of the nearest group that has enough."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.imputation import ImputationParameters, impute_openings

PLAIN = ImputationParameters(winsorised_quantile=1.0, stated_at_least=3)


def _impute(
    rows: list[tuple[str | None, float | None]], parameters: ImputationParameters = PLAIN
) -> pd.DataFrame:
    codes, openings = zip(*rows, strict=True)
    return impute_openings(
        pd.Series(openings, dtype=float), pd.Series(codes, dtype="str"), parameters
    )


def test_stated_headcounts_stay_as_they_are() -> None:
    filled = _impute([("4-01-01-00", 1000.0), ("4-01-01-00", 1.0), (None, 7.0)])
    assert filled["openings"].tolist() == [1000, 1, 7]
    assert not filled["imputed"].any()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("6-18-02-99", (2 + 4 + 6) / 3),  # 小类 6-18-02
        ("6-18-09-01", (2 + 4 + 6 + 12) / 4),  # 中类 6-18
        ("6-31-01-03", (2 + 4 + 6 + 12 + 26) / 5),  # 大类 6
        ("4-01-02-01", (2 + 4 + 6 + 12 + 26 + 100) / 6),  # all
        (None, (2 + 4 + 6 + 12 + 26 + 100) / 6),
    ],
)
def test_nearest_group_with_enough_decides(code: str | None, expected: float) -> None:
    stated = [
        ("6-18-02-01", 2.0), ("6-18-02-04", 4.0), ("6-18-02-04", 6.0), ("6-18-01-01", 12.0),
        ("6-20-01-01", 26.0), ("4-01-02-01", 100.0),
    ]  # fmt: skip
    filled = _impute([*stated, (code, None)])
    assert filled["openings"].iloc[-1] == pytest.approx(expected)
    assert filled["imputed"].tolist() == [False] * 6 + [True]


def test_a_single_call_for_thousands_says_little_elsewhere() -> None:
    stated = [("6-18-02-04", 2.0)] * 99 + [("6-18-02-04", 5_000.0)]
    winsorised = _impute([*stated, ("6-18-02-04", None)], ImputationParameters())
    assert winsorised["openings"].iloc[-1] == pytest.approx(2)
    assert winsorised["openings"].iloc[-2] == 5_000
    plain = _impute([*stated, ("6-18-02-04", None)])
    assert plain["openings"].iloc[-1] == pytest.approx((99 * 2 + 5_000) / 100)


def test_where_nothing_is_stated_each_counts_one() -> None:
    assert _impute([("6-18-02-04", None), (None, None)])["openings"].tolist() == [1, 1]


def test_missing_at_random_recovers_the_total() -> None:
    generator = np.random.default_rng(2)
    codes = generator.choice(["4-01-02-01", "6-18-02-04", "2-06-03-00"], size=6_000)
    means = pd.Series(codes).map({"4-01-02-01": 8, "6-18-02-04": 20, "2-06-03-00": 1})
    true = pd.Series(1.0 + generator.poisson(means))
    observed = true.where(generator.uniform(size=len(true)) > 0.6)
    filled = impute_openings(observed, pd.Series(codes), ImputationParameters(1.0, 20))
    sums = filled["openings"].groupby(codes).sum() / true.groupby(codes).sum()
    assert np.abs(sums - 1).max() < 0.03


numbers = st.none() | st.integers(1, 500).map(float)
codes = st.sampled_from([None, "6-18-02-04", "6-18-01-01", "4-01-02-01", "6"])


@given(st.lists(st.tuples(codes, numbers), min_size=1, max_size=30))
def test_no_gap_is_left_and_fills_lie_within_the_stated(
    rows: list[tuple[str | None, float | None]],
) -> None:
    filled = _impute(rows, ImputationParameters(0.9, 2))
    stated = [number for _, number in rows if number is not None] or [1.0]
    assert filled["openings"].between(min(stated), max(stated)).all()
    assert filled["imputed"].tolist() == [number is None for _, number in rows]
