"""Reconciliation: known truths of minimum-trace forecasts and of paths that add up."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from data.contract import REASON
from data.errors import ConfigurationError, ContractError, EmptyInputError, UnknownColumnsError
from data.tables import FORECAST
from forecasting import minimum_trace as module
from forecasting.base_forecasts import LACKING
from forecasting.forecast_table import ForecastParameters, forecast
from forecasting.hierarchy import UNKNOWN_SERIES, Hierarchy
from forecasting.minimum_trace import minimum_trace, non_negative, shrunk_correlation
from forecasting.reconciliation import (
    UNDETERMINED,
    Method,
    ReconciledForecast,
    ReconciliationParameters,
    one_step_errors,
    reconcile,
)

MEANS_ONLY = ReconciliationParameters(levels=())
PAIR = Hierarchy.from_groups(pd.DataFrame({"series_id": ["a", "b"]}), ["total"])
LEVELS = {
    "nested": ["total", "section", "section/division"],
    "crossed": ["total", "section", "district", "section × district"],
    "no total": ["district"],
}


def groups() -> pd.DataFrame:
    """Make twelve series; the last two have no division."""
    place = np.arange(12)
    return pd.DataFrame(
        {
            "series_id": [f"s{i:02d}" for i in place],
            "section": [f"S{i // 4}" for i in place],
            "division": [f"{i // 2}" if i < 10 else None for i in place],
            "district": [f"D{i % 3}" for i in place],
        }
    )


def base_of(hierarchy: Hierarchy, means: np.ndarray, names: Sequence[str] = ()) -> pd.DataFrame:
    """Lay out base means of shape (n_nodes, n_periods)."""
    rows = [
        (name, f"2027Q{step + 1}", step + 1, mean)
        for name, row in zip(names or hierarchy.nodes, means, strict=True)
        for step, mean in enumerate(row)
    ]
    return pd.DataFrame(rows, columns=["series_id", "period", "horizon", "mean"])


def residuals_of(hierarchy: Hierarchy, errors: np.ndarray) -> pd.DataFrame:
    """Lay out residuals of shape (n_periods, n_nodes)."""
    return pd.DataFrame(
        {
            "series_id": np.tile(hierarchy.nodes, len(errors)),
            "period": np.repeat([str(t) for t in range(len(errors))], errors.shape[1]),
            "residual": errors.ravel(),
        }
    )


def example(
    levels: str, seed: int, level: float = 20.0, periods: int = 24
) -> tuple[Hierarchy, pd.DataFrame, pd.DataFrame]:
    """Incoherent base forecasts around a coherent truth, with correlated residuals."""
    random = np.random.default_rng(seed)
    hierarchy = Hierarchy.from_groups(groups(), LEVELS[levels])
    bottom = random.normal(size=(periods, 12)) * 3 + random.normal(size=(periods, 1))
    errors = bottom @ hierarchy.summing.T + random.normal(size=(periods, len(hierarchy.nodes)))
    truth = hierarchy.summing @ random.uniform(0, 2 * level, size=(12, 3))
    means = truth + 3 * random.normal(size=truth.shape)
    return hierarchy, base_of(hierarchy, means), residuals_of(hierarchy, errors)


def mean_of(result: ReconciledForecast) -> np.ndarray:
    return result.means["mean"].to_numpy().reshape(result.means["series_id"].nunique(), -1)


def incoherence(hierarchy: Hierarchy, values: np.ndarray) -> float:
    return float(np.abs(values - hierarchy.summing @ values[-len(hierarchy.bottom) :]).max())


@pytest.mark.parametrize("levels", LEVELS)
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    method=st.sampled_from(["shrink", "variance", "structural", "ols"]),
    level=st.sampled_from([0.5, 20.0]),
)
def test_means_and_every_draw_add_up_and_are_not_negative(
    levels: str, seed: int, method: Method, level: float
) -> None:
    hierarchy, base, residuals = example(levels, seed, level)
    parameters = ReconciliationParameters(method=method, draws=100)
    result = reconcile(base, residuals, hierarchy, parameters)
    assert result.means["series_id"].unique().tolist() == list(hierarchy.nodes)
    assert incoherence(hierarchy, mean_of(result)) < 1e-8
    assert all(incoherence(hierarchy, draw) < 1e-8 for draw in result.paths)
    assert result.paths.min() >= 0
    assert mean_of(result).min() >= 0
    assert (result.intervals["lower"] <= result.intervals["mean"]).all()
    assert (result.intervals["mean"] <= result.intervals["upper"]).all()
    assert result.intervals["lower"].min() >= 0
    assert 0 <= result.shrinkage <= 1


def test_closed_forms_of_three_nodes() -> None:
    base = base_of(PAIR, np.array([[13.0], [6.0], [4.0]]))
    by_method = {
        method: mean_of(
            reconcile(base, None, PAIR, ReconciliationParameters(method=method, levels=()))
        ).ravel()
        for method in ("ols", "structural")
    }
    # The gap of 3 is shared in proportion to the variances: 1, 1, 1 and 2, 1, 1.
    np.testing.assert_allclose(by_method["ols"], [12, 7, 5])
    np.testing.assert_allclose(by_method["structural"], [11.5, 6.75, 4.75])


def test_closed_form_with_variances_of_residuals() -> None:
    base = base_of(PAIR, np.array([[13.0], [6.0], [4.0]]))
    signs = np.array([1, -1, 1, 1, -1, -1])[:, None]
    residuals = residuals_of(PAIR, signs * np.array([3.0, 1.0, 2.0]))
    parameters = ReconciliationParameters(method="variance", levels=())
    result = reconcile(base, residuals, PAIR, parameters)
    np.testing.assert_allclose(
        mean_of(result).ravel(), [13 - 3 * 9 / 14, 6 + 3 / 14, 4 + 3 * 4 / 14]
    )
    assert result.variances["source"].tolist() == ["residuals"] * 3


@pytest.mark.parametrize("levels", LEVELS)
def test_coherent_forecasts_are_left_alone(levels: str) -> None:
    hierarchy, _, residuals = example(levels, 3)
    means = hierarchy.summing @ np.arange(36.0).reshape(12, 3)
    result = reconcile(base_of(hierarchy, means), residuals, hierarchy, MEANS_ONLY)
    np.testing.assert_allclose(mean_of(result), means, atol=1e-8)


def test_true_covariance_beats_base_and_bottom_up() -> None:
    random = np.random.default_rng(11)
    hierarchy = Hierarchy.from_groups(groups(), LEVELS["crossed"])
    summing = hierarchy.summing.toarray()
    factor = random.normal(size=(len(summing), len(summing) + 5))
    covariance = factor @ factor.T * np.outer(*[np.sqrt(hierarchy.sizes)] * 2)
    errors = random.multivariate_normal(np.zeros(len(summing)), covariance, size=4000).T
    mapping = minimum_trace(summing, covariance)
    np.testing.assert_allclose(mapping.weights @ summing, np.eye(12), atol=1e-8)
    size = {
        "reconciled": ((summing @ mapping.weights @ errors) ** 2).sum(axis=0).mean(),
        "bottom-up": ((summing @ errors[-12:]) ** 2).sum(axis=0).mean(),
        "base": (errors**2).sum(axis=0).mean(),
    }
    assert size["reconciled"] < 0.8 * min(size["bottom-up"], size["base"])
    expected = np.trace(summing @ mapping.covariance @ summing.T)
    assert size["reconciled"] == pytest.approx(expected, rel=0.05)


def test_bottom_up_is_reconciliation_without_forecasts_of_sums() -> None:
    hierarchy, base, residuals = example("crossed", 5)
    bottom = base[base["series_id"].isin(hierarchy.bottom)]
    result = reconcile(bottom, residuals, hierarchy, MEANS_ONLY)
    given = bottom["mean"].to_numpy().reshape(12, 3)
    np.testing.assert_allclose(mean_of(result), hierarchy.summing @ np.maximum(given, 0))
    sources = result.variances.set_index("series_id")["source"]
    assert set(sources[: -len(hierarchy.bottom)]) == {"none"}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 25))
@pytest.mark.parametrize("pivots", [0, 30])
def test_non_negative_solution_is_that_of_scipy(pivots: int, seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    factor = random.normal(size=(n, n + 1))
    covariance = factor @ factor.T + 0.01 * np.eye(n)
    bottom = random.normal(size=(n, 2)) * 3 + 0.5
    root = np.linalg.cholesky(np.linalg.inv(covariance)).T
    expected = [optimize.nnls(root, root @ column)[0] for column in bottom.T]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIVOTS_AT_MOST", pivots)
        solution = non_negative(bottom, covariance)
    np.testing.assert_allclose(solution, np.transpose(expected), atol=1e-6)
    assert (solution >= 0).all()


def test_non_negative_draws_solve_the_programme_of_the_means() -> None:
    hierarchy, base, residuals = example("crossed", 8, level=3.0)
    raw, constrained = (
        reconcile(
            base, residuals, hierarchy, ReconciliationParameters("ols", non_negative=sign)
        ).paths[:, -12:]
        for sign in (False, True)
    )
    assert (raw < 0).any(axis=(1, 2)).mean() > 0.9
    summing = hierarchy.summing.toarray()
    columns = np.moveaxis(raw, 1, 0).reshape(12, -1)
    expected = non_negative(columns, minimum_trace(summing, np.eye(len(summing))).covariance)
    gap = np.abs(np.moveaxis(constrained, 1, 0).reshape(12, -1) - expected)
    assert gap.max() < 0.05 * raw.std()


def test_shrinkage_by_hand() -> None:
    first = 2.0 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    second = 5.0 * np.array([1, -1, 1, -1, 1, -1, 1, 1])
    # Products 1 seven times and -1 once: r = 3/4, its variance (1 - 9/16) / 7 = 1/16.
    shrunk = shrunk_correlation(np.column_stack([first, second]))
    assert shrunk.intensity == pytest.approx((1 / 16) / (9 / 16))
    assert shrunk.correlation[0, 1] == pytest.approx(3 / 4 * 8 / 9)
    assert np.diag(shrunk.correlation).tolist() == [1, 1]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    periods=st.integers(0, 12),
    n=st.integers(1, 8),
    missing=st.floats(0, 0.9),
)
def test_shrunk_correlation_is_positive_definite_whatever_is_missing(
    seed: int, periods: int, n: int, missing: float
) -> None:
    random = np.random.default_rng(seed)
    residuals = random.normal(size=(periods, n)) + random.normal(size=(periods, 1))
    residuals[random.uniform(size=residuals.shape) < missing] = np.nan
    shrunk = shrunk_correlation(residuals)
    assert 0 <= shrunk.intensity <= 1
    assert np.linalg.eigvalsh(shrunk.correlation).min() > 0


def test_shrinkage_vanishes_in_long_histories() -> None:
    random = np.random.default_rng(2)
    common = random.normal(size=(5000, 1))
    shrunk = shrunk_correlation(common + random.normal(size=(5000, 3)))
    assert shrunk.intensity < 0.01
    np.testing.assert_allclose(shrunk.correlation[0, 1:], 0.5, atol=0.05)


def test_three_residuals_are_too_few_and_the_result_says_so() -> None:
    hierarchy, base, residuals = example("nested", 4, periods=3)
    result = reconcile(base, residuals, hierarchy, MEANS_ONLY)
    structural = ReconciliationParameters(method="structural", levels=())
    expected = reconcile(base, None, hierarchy, structural)
    np.testing.assert_allclose(mean_of(result), mean_of(expected))
    assert result.method == "structural"
    assert set(result.variances["source"]) == {"structural"}
    assert set(result.variances["residuals"]) == {3}


def test_one_short_series_takes_the_structural_variance_alone() -> None:
    hierarchy, base, residuals = example("nested", 4)
    short = residuals[(residuals["series_id"] != "s03") | (residuals["period"] < "11")]
    result = reconcile(base, short, hierarchy, ReconciliationParameters(draws=100))
    sources = result.variances.set_index("series_id")
    assert sources.loc["s03"].tolist() == ["structural", 3]
    assert (sources["source"].drop("s03") == "residuals").all()
    assert result.method == "shrink"
    assert incoherence(hierarchy, mean_of(result)) < 1e-8


@pytest.mark.parametrize("levels", LEVELS)
def test_zero_series_stay_zero(levels: str) -> None:
    hierarchy, base, residuals = example(levels, 6)
    zero = ["s00", "s01", "S0/0"]
    base.loc[base["series_id"].isin(zero), "mean"] = 0.0
    residuals.loc[residuals["series_id"].isin(zero), "residual"] = 0.0
    result = reconcile(base, residuals, hierarchy, ReconciliationParameters(draws=100))
    found = result.means.set_index("series_id")["mean"]
    assert (found.loc[["s00", "s01"]] == 0).all()
    assert (result.intervals.set_index("series_id").loc[["s00", "s01"], "upper"] == 0).all()
    assert incoherence(hierarchy, mean_of(result)) < 1e-8
    sources = result.variances.set_index("series_id")["source"]
    assert sources[["s00", "s01"]].tolist() == ["zero", "zero"]
    assert sources["s02"] == "residuals"


def test_a_hierarchy_of_zeros_is_zero() -> None:
    base = base_of(PAIR, np.zeros((3, 2)))
    result = reconcile(base, residuals_of(PAIR, np.zeros((8, 3))), PAIR)
    assert (mean_of(result) == 0).all()
    assert (result.intervals["upper"] == 0).all()


def test_sums_that_fail_the_check_are_left_to_their_parts() -> None:
    hierarchy, base, residuals = example("nested", 9)
    figures = pd.DataFrame({"series_id": hierarchy.nodes, "period": "1", "value": hierarchy.sizes})
    figures.loc[figures["series_id"] == "S1", "value"] += 5
    rejected = hierarchy.check(figures).rejected["series_id"]
    assert rejected.tolist() == ["S1"]
    sound = base[~base["series_id"].isin(rejected)]
    result = reconcile(sound, residuals, hierarchy, MEANS_ONLY)
    assert result.means["series_id"].nunique() == len(hierarchy.nodes)
    assert incoherence(hierarchy, mean_of(result)) < 1e-8
    assert result.variances.set_index("series_id")["source"]["S1"] == "none"


def test_one_missing_part_is_what_the_others_leave() -> None:
    base = base_of(PAIR, np.array([[13.0], [6.0]]), ["total", "a"])
    result = reconcile(base, None, PAIR, MEANS_ONLY)
    np.testing.assert_allclose(mean_of(result).ravel(), [13, 6, 7])
    assert result.rejected.empty


def test_parts_that_cannot_be_told_apart_are_rejected_and_their_sum_is_not() -> None:
    names = pd.DataFrame({"series_id": list("abcd"), "section": list("CCCD")})
    hierarchy = Hierarchy.from_groups(names, ["total", "section"])
    base = base_of(hierarchy, np.array([[20.0], [12.0], [3.0], [6.0]]), ["total", "C", "a", "D"])
    result = reconcile(
        base, None, hierarchy, ReconciliationParameters(method="structural", levels=())
    )
    means = result.means.set_index("series_id")["mean"]
    assert result.rejected.to_numpy().tolist() == [["b", UNDETERMINED], ["c", UNDETERMINED]]
    assert set(means.index) == {"total", "C", "D", "a", "d"}
    assert means["total"] == pytest.approx(means["C"] + means["d"])
    assert means["a"] == pytest.approx(3)


def test_unusable_rows_are_rejected_with_a_reason() -> None:
    hierarchy, base, residuals = example("nested", 10)
    base.loc[(base["series_id"] == "s04") & (base["horizon"] == 2), "mean"] = np.nan
    base = pd.concat([base, base[:3].assign(series_id="unknown")])
    residuals = pd.concat([residuals, residuals[:1].assign(series_id="stranger")])
    result = reconcile(base, residuals, hierarchy, MEANS_ONLY)
    reasons = result.rejected.set_index("series_id")[REASON]
    assert reasons.to_dict() == {
        "unknown": UNKNOWN_SERIES,
        "s04": LACKING + "2027Q2",
        "stranger": UNKNOWN_SERIES,
    }
    assert result.means["series_id"].nunique() == len(hierarchy.nodes)


def test_tables_that_cannot_be_used_are_refused() -> None:
    hierarchy, base, residuals = example("nested", 10)
    with pytest.raises(ContractError, match="more than one 'mean'"):
        reconcile(pd.concat([base, base]), residuals, hierarchy)
    with pytest.raises(ContractError, match="more than one 'residual'"):
        reconcile(base, pd.concat([residuals, residuals]), hierarchy)
    with pytest.raises(UnknownColumnsError, match="horizon"):
        reconcile(base.drop(columns="horizon"), residuals, hierarchy)
    with pytest.raises(EmptyInputError, match="no base forecast"):
        reconcile(base.assign(mean=np.nan), residuals, hierarchy)
    with pytest.raises(EmptyInputError, match="nothing to make intervals from"):
        reconcile(base, None, hierarchy)


@pytest.mark.parametrize(
    "wrong",
    [{"method": "mint"}, {"levels": (100,)}, {"draws": 10}, {"fewest_residuals": 1}],
    ids=str,
)
def test_parameters_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigurationError):
        ReconciliationParameters(**wrong)


@pytest.mark.parametrize("periods", [16, 400])
@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.8])
def test_interval_of_a_sum_reflects_the_dependence_of_its_parts(
    periods: int, correlation: float
) -> None:
    random = np.random.default_rng(1)
    white = np.linalg.qr(random.normal(size=(periods, 2)))[0] * np.sqrt(periods)
    errors = white @ np.array([[1, correlation], [0, np.sqrt(1 - correlation**2)]])
    base = base_of(PAIR, np.array([[50.0], [50.0]]), ["a", "b"])
    residuals = residuals_of(PAIR, np.column_stack([errors.sum(axis=1), errors]))
    parameters = ReconciliationParameters(levels=(80,), draws=5000)
    table = reconcile(base, residuals, PAIR, parameters).intervals.set_index("series_id")
    width = table["upper"] - table["lower"]
    normal = 2 * 1.2816
    assert width["a"] == pytest.approx(normal, rel=0.08)
    assert width["total"] == pytest.approx(normal * np.sqrt(2 + 2 * correlation), rel=0.08)


@pytest.mark.parametrize("periods", [16, 80])
def test_intervals_are_symmetric_even_where_residuals_are_not(periods: int) -> None:
    skewed = np.random.default_rng(4).exponential(size=(periods, 3))
    base = base_of(PAIR, np.array([[90.0], [90.0]]), ["a", "b"])
    parameters = ReconciliationParameters(levels=(80,), draws=5000)
    table = reconcile(base, residuals_of(PAIR, skewed), PAIR, parameters).intervals
    below, above = table["mean"] - table["lower"], table["upper"] - table["mean"]
    np.testing.assert_allclose(below, above, rtol=0.15)


def test_spread_of_the_base_intervals_is_kept_and_grows_with_theirs() -> None:
    means = np.full((2, 3), 100.0)
    base = base_of(PAIR, means, ["a", "b"])
    table = base.merge(pd.DataFrame({"level": [80, 95], "normal": [1.2816, 1.96]}), how="cross")
    table["upper"] = table["mean"] + 10 * table["horizon"] * table["normal"]
    errors = np.random.default_rng(3).normal(size=(30, 3))
    parameters = ReconciliationParameters(levels=(80,), draws=5000)
    result = reconcile(table, residuals_of(PAIR, errors), PAIR, parameters)
    one = result.intervals[result.intervals["series_id"] == "a"]
    half = (one["upper"] - one["lower"]).to_numpy() / 2
    np.testing.assert_allclose(half, 12.816 * np.array([1, 2, 3]), rtol=0.06)


def test_heavy_tails_of_the_base_intervals_stay_heavy() -> None:
    base = base_of(PAIR, np.full((2, 1), 100.0), ["a", "b"])
    widths = {80: 12.0, 90: 20.0, 95: 40.0}
    table = base.merge(pd.DataFrame({"level": list(widths)}), how="cross")
    table["upper"] = table["mean"] + table["level"].map(widths)
    alone = table.drop(index=table.index[(table["series_id"] == "b") & (table["level"] == 90)])
    errors = np.random.default_rng(3).normal(size=(30, 3))
    parameters = ReconciliationParameters(levels=tuple(widths), draws=10_000)
    for brought, series in ((table, "a"), (alone, "a"), (table, "b")):
        result = reconcile(brought, residuals_of(PAIR, errors), PAIR, parameters)
        one = result.intervals[result.intervals["series_id"] == series]
        half = (one["upper"] - one["lower"]).to_numpy() / 2
        np.testing.assert_allclose(half, list(widths.values()), rtol=0.06)
        assert result.rejected.empty


def test_same_seed_same_paths() -> None:
    hierarchy, base, residuals = example("crossed", 12)
    shuffled = base.sample(frac=1, random_state=1)
    first, second = (reconcile(table, residuals, hierarchy) for table in (base, shuffled))
    np.testing.assert_array_equal(first.paths, second.paths)
    other = reconcile(base, residuals, hierarchy, ReconciliationParameters(seed=2))
    assert not np.array_equal(first.paths, other.paths)


def test_forecasts_of_this_package_are_reconciled_as_they_come() -> None:
    random = np.random.default_rng(5)
    periods = [f"{2019 + t // 4}Q{t % 4 + 1}" for t in range(28)]
    bottom = random.poisson(40 + 10 * np.sin(np.arange(28) * np.pi / 2), size=(2, 28))
    values = PAIR.summing @ bottom
    table = pd.DataFrame(
        {
            "series_id": np.repeat(PAIR.nodes, 28),
            "period": np.tile(periods, 3),
            "value": values.ravel(),
        }
    )
    result = forecast(table, 2, ForecastParameters(levels=(80,)))
    reconciled = reconcile(
        result.main, one_step_errors(result), PAIR, ReconciliationParameters(levels=(80,))
    )
    assert FORECAST.check(reconciled.intervals)["model"].unique().tolist() == ["mint(shrink)"]
    assert reconciled.intervals["period"].unique().tolist() == ["2026Q1", "2026Q2"]
    assert set(reconciled.variances["source"]) == {"residuals"}
    assert incoherence(PAIR, mean_of(reconciled)) < 1e-8


def joined(districts: int = 7) -> Hierarchy:
    """Twelve series in sections, beside districts in two regions."""
    names = [f"D{i}" for i in range(districts)]
    table = pd.DataFrame({"series_id": names, "region": [f"R{i % 2}" for i in range(districts)]})
    return Hierarchy.from_groups(groups(), LEVELS["nested"]).joined(
        Hierarchy.from_groups(table, ["total", "region"])
    )


def joined_example(seed: int, level: float) -> tuple[Hierarchy, pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    hierarchy = joined()
    upper = len(hierarchy.nodes)
    means = random.uniform(0, 2 * level, size=(upper, 1)) + 3 * random.normal(size=(upper, 3))
    errors = random.normal(size=(24, upper)) + random.normal(size=(24, 1))
    return hierarchy, base_of(hierarchy, means), residuals_of(hierarchy, errors)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    method=st.sampled_from(["shrink", "variance", "structural", "ols"]),
    level=st.sampled_from([0.0, 0.5, 20.0]),
)
def test_sections_and_districts_share_a_total_and_nothing_falls_below_zero(
    seed: int, method: Method, level: float
) -> None:
    hierarchy, base, residuals = joined_example(seed, level)
    result = reconcile(base, residuals, hierarchy, ReconciliationParameters(method, draws=100))
    assert result.means["series_id"].unique().tolist() == list(hierarchy.nodes)
    place = {name: at for at, name in enumerate(hierarchy.nodes)}
    for values in (mean_of(result), *result.paths):
        sections = values[[place[f"s{i:02d}"] for i in range(12)]].sum(axis=0)
        districts = values[[place[f"D{i}"] for i in range(7)]].sum(axis=0)
        np.testing.assert_allclose(values[place["total"]], sections, atol=1e-8)
        np.testing.assert_allclose(values[place["total"]], districts, atol=1e-8)
        assert values.min() >= 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), level=st.sampled_from([0.5, 3.0]))
def test_joined_means_solve_the_programme_of_scipy(seed: int, level: float) -> None:
    hierarchy, base, _ = joined_example(seed, level)
    means = base["mean"].to_numpy().reshape(len(hierarchy.nodes), -1)[:, :1]
    base = base[base["horizon"] == 1]
    parameters = ReconciliationParameters(method="ols", levels=())
    found = mean_of(reconcile(base, None, hierarchy, parameters)).ravel()
    summing = hierarchy.summing.toarray()
    solved = optimize.minimize(
        lambda bottom: ((summing @ bottom - means.ravel()) ** 2).sum(),
        np.ones(summing.shape[1]),
        jac=lambda bottom: 2 * summing.T @ (summing @ bottom - means.ravel()),
        constraints={"type": "ineq", "fun": lambda b: summing @ b, "jac": lambda b: summing},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert ((found - means.ravel()) ** 2).sum() == pytest.approx(solved.fun, rel=1e-5, abs=1e-6)


def test_joined_without_negatives_is_the_crossed_hierarchy_without_its_cells() -> None:
    """The projection is the same with the crossed series in the matrix and no forecast of them."""
    names = [(f"s{i:02d}", f"D{j}") for i in range(4) for j in range(3)]
    cells = pd.DataFrame(
        {
            "series_id": [f"{one}-{other}" for one, other in names],
            "section": [one for one, _ in names],
            "district": [other for _, other in names],
        }
    )
    crossed = Hierarchy.from_groups(cells, ["total", "section", "district"])
    beside = [
        Hierarchy.from_groups(pd.DataFrame({"series_id": cells[column].unique()}), ["total"])
        for column in ("section", "district")
    ]
    hierarchy = beside[0].joined(beside[1])
    random = np.random.default_rng(2)
    base = base_of(hierarchy, random.uniform(50, 99, size=(len(hierarchy.nodes), 1)))
    parameters = ReconciliationParameters(method="structural", non_negative=False, levels=())
    one, other = (
        reconcile(base, None, each, parameters).means.set_index("series_id")["mean"]
        for each in (hierarchy, crossed)
    )
    np.testing.assert_allclose(one, other[list(hierarchy.nodes)])


def test_a_missing_district_is_what_the_others_leave() -> None:
    hierarchy, base, residuals = joined_example(3, 40.0)
    for gone in ("D0", "D5"):
        result = reconcile(base[base["series_id"] != gone], residuals, hierarchy, MEANS_ONLY)
        means = result.means.query("horizon == 1").set_index("series_id")["mean"]
        districts = means[[f"D{i}" for i in range(7)]]
        assert result.rejected.empty
        assert districts.sum() == pytest.approx(means["total"])
