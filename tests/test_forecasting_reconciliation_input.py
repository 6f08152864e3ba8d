"""Odd input of reconciliation: rejected with a reason, or a clear error, and never in silence."""

import numpy as np
import pandas as pd
import pytest

from data.contract import REASON
from data.errors import ConfigurationError, ContractError, EmptyInputError
from data.whole_numbers import whole_number
from forecasting.base_forecasts import (
    ASIDE,
    DIFFERING,
    LACKING,
    NAMELESS,
    ODD_HORIZON,
    ODD_LEVEL,
    UNDATED,
    UPPER_BELOW_MEAN,
)
from forecasting.hierarchy import UNKNOWN_SERIES, Hierarchy
from forecasting.minimum_trace import minimum_trace
from forecasting.reconciliation import (
    PARTS_ARE_ZERO,
    ReconciledForecast,
    ReconciliationParameters,
    reconcile,
)

PAIR = Hierarchy.from_groups(pd.DataFrame({"series_id": ["a", "b"]}), ["total"])
FAST = ReconciliationParameters(draws=100)
MEANS_ONLY = ReconciliationParameters(levels=())
HISTORY = [f"{2019 + t // 4}Q{t % 4 + 1}" for t in range(24)]


def base() -> pd.DataFrame:
    """Two quarters of total, a and b with 80 per cent intervals, of cells of any kind."""
    rows = [
        (name, f"2027Q{step}", step, 80, mean, mean + 2.0)
        for name, mean in {"total": 10.0, "a": 4.0, "b": 5.0}.items()
        for step in (1, 2)
    ]
    columns = ["series_id", "period", "horizon", "level", "mean", "upper"]
    return pd.DataFrame(rows, columns=columns).astype(object)


def changed(column: str, value: object, series: str = "a", period: str = "") -> pd.DataFrame:
    table = base()
    rows = (table["series_id"] == series) & table["period"].str.endswith(period)
    table.loc[rows, column] = value
    return table


def residuals() -> pd.DataFrame:
    errors = np.random.default_rng(1).normal(size=(len(HISTORY), 3))
    return pd.DataFrame(
        {
            "series_id": np.tile(PAIR.nodes, len(HISTORY)),
            "period": np.repeat(HISTORY, 3),
            "residual": errors.ravel(),
        }
    ).astype(object)


def reasons(result: ReconciledForecast) -> dict[str, str]:
    return dict(zip(result.rejected["series_id"], result.rejected[REASON], strict=True))


def test_sound_input_has_no_remark() -> None:
    result = reconcile(base(), residuals(), PAIR, FAST)
    assert result.rejected.empty
    assert set(result.variances["source"]) == {"residuals"}


def test_a_period_without_any_mean_is_told_of() -> None:
    table = base()
    table.loc[table["period"] == "2027Q2", "mean"] = np.nan
    result = reconcile(table, residuals(), PAIR, FAST)
    assert result.means["period"].unique().tolist() == ["2027Q1"]
    assert reasons(result) == dict.fromkeys(PAIR.nodes, ASIDE + "2027Q2")


def test_a_period_that_one_series_has_alone_is_told_of() -> None:
    further = base()[:1].assign(period="2027Q3", horizon=3)
    result = reconcile(pd.concat([base(), further]), residuals(), PAIR, FAST)
    assert reasons(result) == {"total": ASIDE + "2027Q3"}


def test_a_series_of_missing_means_is_told_of() -> None:
    result = reconcile(changed("mean", None), residuals(), PAIR, FAST)
    assert reasons(result) == {"a": LACKING + "2027Q1、2027Q2"}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("mean", np.inf, "均值不是绝对值至多为1e+15的数（inf）"),
        ("mean", "n/a", "均值不是绝对值至多为1e+15的数（n/a）"),
        ("mean", 1e300, "均值不是绝对值至多为1e+15的数（1e+300）"),
        ("mean", 10**400, "均值不是绝对值至多为1e+15的数（1000"),
        ("horizon", np.nan, ODD_HORIZON),
        ("horizon", 1.5, f"{ODD_HORIZON}（1.5"),
        ("horizon", 0, ODD_HORIZON),
        ("horizon", "soon", "预测期数不是绝对值至多为1e+15的数（soon）"),
        ("level", 100, f"{ODD_LEVEL}（100"),
        ("level", 0, ODD_LEVEL),
        ("level", -5, ODD_LEVEL),
        ("level", 150, ODD_LEVEL),
        ("level", 80.5, ODD_LEVEL),
        ("level", None, ODD_LEVEL),
        ("upper", np.inf, "区间上限不是绝对值至多为1e+15的数（inf）"),
        ("upper", "high", "区间上限不是绝对值至多为1e+15的数（high）"),
        ("upper", 3.5, f"{UPPER_BELOW_MEAN}（3.5）"),
        ("period", None, UNDATED),
    ],
)
def test_a_series_with_an_unusable_row_is_left_out_whole(
    column: str, value: object, expected: str
) -> None:
    result = reconcile(changed(column, value, period="2"), residuals(), PAIR, FAST)
    without = reconcile(base().query("series_id != 'a'"), residuals(), PAIR, FAST)
    pd.testing.assert_frame_equal(result.intervals, without.intervals)
    [(name, reason)] = reasons(result).items()
    period = "" if column == "period" else "2027Q2"
    assert name == "a"
    assert reason.startswith(f"1行不可用，如{period}：{expected}")


def test_rows_of_one_period_that_differ_are_not_chosen_from() -> None:
    other = changed("mean", 4.5)[2:4].assign(level=95, upper=9.0)
    result = reconcile(pd.concat([base(), other]), residuals(), PAIR, FAST)
    assert reasons(result) == {"a": f"4行不可用，如2027Q1：{DIFFERING}"}


def test_unusable_rows_of_all_series_are_named_in_the_error() -> None:
    for column, value in {"level": 100, "upper": np.inf, "mean": 1e300}.items():
        with pytest.raises(EmptyInputError, match=r"no base forecast can be used \(3: total 2行"):
            reconcile(base().assign(**{column: value}), residuals(), PAIR, FAST)


def test_rows_without_a_name_and_of_other_series_are_told_of_once() -> None:
    table = pd.concat([base(), base()[:2].assign(series_id=None), base()[:2].assign(series_id="z")])
    result = reconcile(table, residuals(), PAIR, FAST)
    assert reasons(result) == {"z": UNKNOWN_SERIES, "": NAMELESS}


def test_names_that_came_as_numbers_are_the_names_of_the_hierarchy() -> None:
    hierarchy = Hierarchy.from_groups(pd.DataFrame({"series_id": ["13", "14"]}), ["total"])
    table = base()
    table["series_id"] = table["series_id"].replace({"a": 13, "b": 14.0})
    result = reconcile(table.query("series_id != 'total'"), None, hierarchy, MEANS_ONLY)
    assert result.rejected.empty
    assert result.means["mean"].tolist() == pytest.approx([9, 9, 4, 4, 5, 5])


def test_periods_that_came_as_numbers_are_text() -> None:
    table = base().assign(period=[2027, 2028] * 3)
    table.loc[3, "mean"] = np.nan
    result = reconcile(table, None, PAIR, MEANS_ONLY)
    assert reasons(result) == {"a": LACKING + "2028"}


@pytest.mark.parametrize("odd", [np.inf, "n/a", 1e300])
def test_an_unusable_residual_is_left_out_alone(odd: object) -> None:
    table = residuals()
    table.loc[(table["series_id"] == "a") & (table["period"] == "2019Q2"), "residual"] = odd
    result = reconcile(base(), table, PAIR, FAST)
    reason = f"1行不可用，如2019Q2：残差不是绝对值至多为1e+15的数（{odd}）"
    assert reasons(result) == {"a": reason}
    assert result.variances["residuals"].tolist() == [24, 23, 24]


def test_a_missing_residual_needs_no_remark() -> None:
    table = residuals()
    table.loc[4, "residual"] = None
    assert reconcile(base(), table, PAIR, FAST).rejected.empty


def test_a_sum_of_zeros_that_is_not_zero_is_told_of() -> None:
    table = base()
    table.loc[table["series_id"] != "total", ["mean", "upper"]] = 0
    result = reconcile(table, None, PAIR, FAST)
    assert (result.means["mean"] == 0).all()
    assert reasons(result) == {"total": PARTS_ARE_ZERO}
    nothing = reconcile(table.assign(mean=0, upper=0), None, PAIR, FAST)
    assert nothing.rejected.empty


def test_errors_of_very_different_size_are_weighed_exactly_or_refused() -> None:
    summing = np.vstack([np.ones(2), np.eye(2)])
    weights = minimum_trace(summing, np.diag([1.0, 1e12, 1e12])).weights
    np.testing.assert_allclose(weights, [[0.5, 0.5, -0.5], [0.5, -0.5, 0.5]], rtol=1e-6)
    table = residuals()
    table.loc[table["series_id"] != "total", "residual"] *= 1e14
    with pytest.raises(ContractError, match=r"differ too much in size.*method='structural'"):
        reconcile(base(), table, PAIR, FAST)


@pytest.mark.parametrize("size", [1e-170, 1e-155, 1e-120, 1e-90, 1e13])
def test_residuals_of_any_size_are_reconciled(size: float) -> None:
    table = residuals()
    table["residual"] *= size
    for method in ("shrink", "variance"):
        means = reconcile(base(), table, PAIR, ReconciliationParameters(method, levels=())).means
        sums = means.groupby("series_id")["mean"].first()
        assert sums["total"] == pytest.approx(sums["a"] + sums["b"])


def test_a_column_that_stands_twice_is_refused() -> None:
    for column in ("mean", "upper"):
        table = pd.concat([base(), base()[column]], axis=1)
        with pytest.raises(ContractError, match=f"columns twice.*{column}"):
            reconcile(table, residuals(), PAIR, FAST)


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": 80},
        {"levels": "80"},
        {"levels": None},
        {"levels": (80.5,)},
        {"levels": (80.0,)},
        {"levels": (True,)},
        {"draws": 100.5},
        {"draws": None},
        {"seed": -1},
        {"seed": 1.5},
        {"seed": True},
        {"seed": np.True_},
        {"fewest_residuals": 3.5},
        {"fewest_residuals": "6"},
        {"method": ["ols"]},
        {"method": None},
        {"non_negative": "no"},
    ],
    ids=str,
)
def test_parameters_of_a_wrong_kind_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigurationError, match=r"got .*; expected "):
        ReconciliationParameters(**wrong)


def test_whole_numbers_of_any_kind_are_taken() -> None:
    parameters = ReconciliationParameters(
        levels=np.array([95, 80]),  # type: ignore[arg-type]
        draws=np.int32(200),  # type: ignore[arg-type]
        seed=np.uint64(2**63),  # type: ignore[arg-type]
    )
    assert parameters == ReconciliationParameters(levels=(80, 95), draws=200, seed=2**63)
    assert type(parameters.draws) is int
    assert len(reconcile(base(), residuals(), PAIR, parameters).paths) == 200


def test_the_range_of_a_whole_number_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"draws; got 9; expected a whole number, 10 to 2"):
        whole_number(9, "draws", 10, 20)
    with pytest.raises(ConfigurationError, match="got -1; expected a whole number, at least 0"):
        whole_number(-1, "seed", 0)
