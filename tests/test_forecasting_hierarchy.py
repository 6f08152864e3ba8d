"""Hierarchies: which series are sums of which, and published figures that do not add up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError, ContractError, EmptyInputError, UnknownColumnsError
from forecasting.hierarchy import UNKNOWN_SERIES, Hierarchy

SERIES_FOLDER = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "series"

GROUPS = pd.DataFrame(
    {
        "series_id": ["p", "q", "r", "s", "E"],
        "section": ["C", "C", "D", "D", "E"],
        "division": ["13", "14", "44", "44", None],
        "district": ["x", "y", "x", "y", "x"],
    }
)


def values(**published: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"series_id": list(published), "period": "2026Q1", "value": list(published.values())}
    )


def parts(hierarchy: Hierarchy, node: str) -> set[str]:
    row = hierarchy.summing.toarray()[hierarchy.nodes.index(node)]
    return {name for name, part in zip(hierarchy.bottom, row, strict=True) if part}


def test_nested_groups_stop_where_a_branch_ends() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS, ["total", "section", "section/division"])
    assert hierarchy.nodes == ("total", "C", "D", "C/13", "C/14", "D/44", "p", "q", "r", "s", "E")
    assert hierarchy.bottom == tuple(GROUPS["series_id"])
    assert parts(hierarchy, "D/44") == {"r", "s"}
    assert parts(hierarchy, "total") == set(hierarchy.bottom)
    assert hierarchy.levels[hierarchy.nodes.index("E")] == "bottom"
    assert hierarchy.sizes.tolist() == [5, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1]


def test_crossed_groups_share_parts() -> None:
    table = GROUPS.assign(series_id=list("abcde"), section=["C", "C", "C", "D", "D"])
    hierarchy = Hierarchy.from_groups(table, ["section", "district", "section × district"])
    assert hierarchy.nodes[:2] == ("C", "D")
    assert parts(hierarchy, "x") == {"a", "c", "e"}
    assert parts(hierarchy, "C × x") == {"a", "c"}
    assert parts(hierarchy, "D × x") == {"e"}


def test_a_level_of_single_series_is_the_bottom_level() -> None:
    finest = Hierarchy.from_groups(GROUPS, ["total", "section/district", "series_id"])
    assert finest.nodes == ("total", *GROUPS["series_id"])


def test_codes_that_gaps_made_floating_point_are_codes() -> None:
    table = GROUPS.assign(division=[13.0, 13.0, 44.0, 44.0, np.nan])
    assert "C/13" in Hierarchy.from_groups(table, ["section/division"]).nodes


def test_empty_group_text_ends_a_branch() -> None:
    table = GROUPS.assign(division=["13", "13", "44", "", ""])
    assert Hierarchy.from_groups(table, ["section/division"]).nodes[:2] == ("C/13", "D/44")


def test_hierarchies_that_cannot_be_built_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="without levels"):
        Hierarchy.from_groups(GROUPS, [])
    with pytest.raises(UnknownColumnsError, match=r"'region/district' lacks columns \(1: region"):
        Hierarchy.from_groups(GROUPS, ["region/district"])
    with pytest.raises(UnknownColumnsError, match="series_id"):
        Hierarchy.from_groups(GROUPS.drop(columns="series_id"), ["total"])
    with pytest.raises(ContractError, match="1: p"):
        Hierarchy.from_groups(pd.concat([GROUPS, GROUPS[:1]]), ["total"])
    with pytest.raises(EmptyInputError):
        Hierarchy.from_groups(GROUPS[:0], ["total"])


def test_one_name_for_two_different_sums_is_refused() -> None:
    table = GROUPS.assign(district=["C", "D", "C", "D", "C"])
    with pytest.raises(ContractError, match=r"one name but different parts \(1: C\)"):
        Hierarchy.from_groups(table, ["section", "district"])
    with pytest.raises(ContractError, match="levels bottom and section"):
        Hierarchy.from_groups(GROUPS.assign(section=["p", "p", "D", "D", "E"]), ["section"])


def test_names_that_are_one_as_text_are_refused() -> None:
    for names in ([1, "1"], ["2", 1, "1"]):
        with pytest.raises(ContractError, match="stand twice"):
            Hierarchy.from_groups(pd.DataFrame({"series_id": names}), ["total"])
    gaps = pd.DataFrame({"series_id": [1.0, 2.0]})
    assert Hierarchy.from_groups(gaps, ["total"]).bottom == ("1", "2")


def test_groups_whose_joined_names_are_one_are_refused() -> None:
    table = GROUPS.assign(section=["x/y", "x/y", "x", "x", "w"], division=list("zz") + ["y/z"] * 3)
    with pytest.raises(ContractError, match=r"level 'section/division'.*\(1: x/y/z\)"):
        Hierarchy.from_groups(table, ["section/division"])
    alone = table.assign(section=["x/y", "x/y", "v", "v", "w"])
    assert Hierarchy.from_groups(alone, ["section/division"]).nodes[:2] == ("v/y/z", "w/y/z")


def test_levels_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="got 'section/section'"):
        Hierarchy.from_groups(GROUPS, ["section/section"])
    with pytest.raises(ConfigurationError, match="got 'total'"):
        Hierarchy.from_groups(GROUPS, "total")
    twice = pd.concat([GROUPS, GROUPS["section"]], axis=1)
    with pytest.raises(ContractError, match=r"columns twice \(1: section\)"):
        Hierarchy.from_groups(twice, ["section"])


def test_parts_that_do_not_sum_come_back_with_the_difference() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS, ["total", "section"])
    table = values(total=21, C=5, D=8, p=2, q=3, r=3, s=4, E=9)
    valid, rejected = hierarchy.check(table)
    assert rejected["series_id"].tolist() == ["D"]
    assert rejected["reason"].tolist() == ["与分项之和不符：公布数8，分项合计7，相差1"]
    assert len(valid) == len(table) - 1


def test_missing_parts_are_named() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS, ["total", "section"])
    rejected = hierarchy.check(values(total=21, C=5, p=2, q=3)).rejected
    assert rejected["reason"].item().endswith("相差16；本期缺少3个分项：r、s、E")


def test_a_sum_without_any_part_is_not_compared() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS, ["total", "section"])
    assert hierarchy.check(values(C=5, p=2, q=3, D=7)).rejected.empty


def test_each_period_is_compared_on_its_own() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS[:2], ["total"])
    good, bad = values(total=5, p=2, q=3), values(total=5, p=2, q=2)
    _, rejected = hierarchy.check(pd.concat([good, bad.assign(period="2026Q2")]))
    assert rejected[["series_id", "period"]].to_numpy().tolist() == [["total", "2026Q2"]]


def test_rounding_is_tolerated_as_far_as_asked() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS[:2], ["total"])
    table = values(total=1000.9, p=500, q=500)
    assert hierarchy.check(table).rejected.empty
    assert len(hierarchy.check(table, relative_tolerance=0.0005).rejected) == 1
    assert hierarchy.check(table, 0.0005, absolute_tolerance=1).rejected.empty


def test_rows_outside_the_hierarchy_and_broken_rows_are_rejected() -> None:
    hierarchy = Hierarchy.from_groups(GROUPS[:2], ["total"])
    table = pd.concat([values(total=5, p=2, q=3, z=1), values(p=7)])
    rejected = hierarchy.check(table).rejected.set_index("series_id")["reason"]
    assert rejected["z"] == UNKNOWN_SERIES
    assert "stands twice" in rejected["p"]


def test_real_tourism_figures_add_up() -> None:
    file = SERIES_FOLDER / "hier_tourismsmall.parquet"
    if not file.exists():
        pytest.skip("no real hierarchy beside the project")
    table = pd.read_parquet(file)[["series_id", "period", "value"]]
    names = table["series_id"].unique()
    bottom = [name for name in names if name.count("-") == 2]
    groups = pd.DataFrame(
        {
            "series_id": bottom,
            "purpose": [name.split("-")[1] for name in bottom],
            "state and purpose": [name.rsplit("-", 1)[0] for name in bottom],
        }
    )
    hierarchy = Hierarchy.from_groups(groups, ["total", "purpose", "state and purpose"])
    assert set(hierarchy.nodes) == set(names)
    assert hierarchy.check(table, relative_tolerance=0).rejected.empty
    table.loc[5, "value"] += 1
    assert len(hierarchy.check(table, relative_tolerance=0).rejected) == 1


SECTIONS = pd.DataFrame({"series_id": ["13", "14", "E"], "section": ["C", "C", "E"]})
DISTRICTS = pd.DataFrame({"series_id": ["x", "y", "z"], "region": ["R", "R", "S"]})


def joined() -> Hierarchy:
    return Hierarchy.from_groups(SECTIONS, ["total", "section"]).joined(
        Hierarchy.from_groups(DISTRICTS, ["total", "region"])
    )


def test_joined_hierarchies_say_of_every_node_what_the_crossed_one_says() -> None:
    pairs = [(one, other) for one in SECTIONS.index for other in DISTRICTS.index]
    cells = np.random.default_rng(1).uniform(1, 9, size=len(pairs))
    places = np.arange(len(pairs))
    crossed = pd.concat(
        [
            pd.Series(places.astype(str), name="series_id"),
            SECTIONS.loc[[one for one, _ in pairs]].set_index(places).set_axis(["13", "C"], axis=1),
            DISTRICTS.loc[[other for _, other in pairs]]
            .set_index(places)
            .set_axis(["x", "R"], axis=1),
        ],
        axis=1,
    )
    whole = Hierarchy.from_groups(crossed, ["total", "13", "C", "x", "R"])
    by_name = pd.Series(whole.summing @ cells, index=whole.nodes)
    hierarchy = joined()
    assert set(hierarchy.nodes) == set(whole.nodes) - set(whole.bottom)
    assert hierarchy.bottom == ("13", "14", "E", "y", "z")
    assert [hierarchy.nodes[place] for place in hierarchy.remainders] == ["x"]
    bottom = by_name[list(hierarchy.bottom)].to_numpy()
    np.testing.assert_allclose(hierarchy.summing @ bottom, by_name[list(hierarchy.nodes)])
    sizes = pd.Series(whole.sizes, index=whole.nodes)
    assert hierarchy.sizes.tolist() == sizes[list(hierarchy.nodes)].tolist()


def test_hierarchies_without_one_total_are_not_joined() -> None:
    sections = Hierarchy.from_groups(SECTIONS, ["total", "section"])
    without = Hierarchy.from_groups(DISTRICTS, ["region"])
    for other in (without, sections):
        with pytest.raises(ContractError, match="cannot be joined"):
            sections.joined(other)
