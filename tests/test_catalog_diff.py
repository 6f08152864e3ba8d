"""Differences between releases: each kind of change, its cause, and how it is worded."""

import importlib
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from golden.small_draft import ranking, small_draft

from catalog.diff import (
    change_of,
    common_cause,
    diff_releases,
    method_differences,
    render_diff,
)
from catalog.publish import publish
from catalog.tables import GRADE_NAMES, LISTED_GRADES, RANKING
from catalog.verify import verify_release
from data.errors import MissingFileError

module = importlib.import_module("catalog.publish")

VERSIONS = {"coder": "a1", "taxonomy": "2022"}
GONE, NEW = "5-05-02-01", "6-29-01-01"


def later_ranking() -> pd.DataFrame:
    """焊工 falls, 保安员 rises, 营销员 enters, 中式烹调师 leaves, one goes and one comes."""
    rows = ranking().set_index("occupation_code")
    rows.loc["6-18-02-04", ["grade", "rank"]] = ["B", 3]
    rows.loc["4-07-05-01", "grade"] = "A"
    rows.loc["4-01-02-01", "grade"] = "C"
    rows.loc["4-03-02-01", "grade"] = "X"
    rows.loc["4-03-02-01", ["score", "score_lower", "score_upper"]] = float("nan")
    rows.loc["4-03-02-01", ["rank", "rank_lower", "rank_upper"]] = float("nan")
    return RANKING.check(rows.rename(index={GONE: NEW}).reset_index())


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(module, "draw_charts", lambda draft: [])
    before = publish(small_draft(), tmp_path / "a", versions=VERSIONS)
    after = publish(small_draft(ranking=later_ranking()), tmp_path / "b", versions=VERSIONS)
    return before, after


def test_every_change_is_found_with_its_kind_and_ranks(releases: tuple[Path, Path]) -> None:
    changes = diff_releases(*releases).set_index("occupation_code")
    assert changes["change"].to_dict() == {
        "4-01-02-01": "entered", "4-07-05-01": "raised", "6-18-02-04": "lowered",
        "4-03-02-01": "left", GONE: "not_listed", NEW: "not_listed",
    }  # fmt: skip
    assert list(changes["change"]) == [
        "entered", "raised", "lowered", "left", "not_listed", "not_listed"
    ]  # fmt: skip
    welder = changes.loc["6-18-02-04"]
    assert (welder["from_grade"], welder["to_grade"]) == ("A", "B")
    assert (welder["from_rank"], welder["to_rank"], welder["from_rank_upper"]) == (1, 3, 3)
    assert pd.isna(changes.loc["4-03-02-01", "to_rank"])
    assert changes["cause"].eq("data").all()


def test_sentences_read_as_an_official_would_write_them(releases: tuple[Path, Path]) -> None:
    changes = diff_releases(*releases).set_index("occupation_code")
    assert changes.loc["6-18-02-04", "sentence"] == (
        "焊工（6-18-02-04）下调：由非常紧缺变为紧缺，由数据变化引起；排名由1（1～3）变为3（1～3）。"
    )
    suspended = changes.loc["4-03-02-01", "sentence"]
    assert suspended.startswith("中式烹调师（4-03-02-01）证据不足，暂不评定：")
    assert suspended.endswith("排名由8（7～10）变为无。")
    assert "证据不足，暂不评定" in render_diff(diff_releases(*releases))


def test_a_release_does_not_differ_from_itself(releases: tuple[Path, Path]) -> None:
    changes = diff_releases(releases[0], releases[0])
    assert changes.empty
    assert render_diff(changes) == "上期 → 本期：等级没有变化。\n"


def test_a_new_coder_or_configuration_is_a_change_of_method(
    releases: tuple[Path, Path], tmp_path: Path
) -> None:
    before, _ = releases
    draft = small_draft(ranking=later_ranking())
    recoded = publish(draft, tmp_path / "c", versions=VERSIONS | {"coder": "b2"})
    assert diff_releases(before, recoded)["cause"].eq("method").all()
    reweighted = small_draft(ranking=later_ranking(), configuration={"score": {"seed": 2}})
    changed = publish(reweighted, tmp_path / "d", versions=VERSIONS)
    assert diff_releases(before, changed)["cause"].eq("method").all()


def test_a_new_taxonomy_explains_what_stands_in_one_release_only(
    releases: tuple[Path, Path], tmp_path: Path
) -> None:
    draft = small_draft(ranking=later_ranking())
    after = publish(draft, tmp_path / "c", versions=VERSIONS | {"taxonomy": "2030"})
    cause = diff_releases(releases[0], after).set_index("occupation_code")["cause"]
    assert set(cause[[GONE, NEW]]) == {"taxonomy"}
    assert set(cause.drop([GONE, NEW])) == {"method"}


def recomputed_ranking() -> pd.DataFrame:
    """The first issue by another method: 焊工 and 营销员 move, and one more leaves and comes."""
    rows = ranking().set_index("occupation_code")
    rows.loc["6-18-02-04", "grade"] = "B"  # moves to where the present issue has it
    rows.loc["4-03-02-01", "grade"] = "N"  # moves, and the data move it on to X
    return RANKING.check(rows.rename(index={GONE: NEW}).reset_index())


def test_a_recomputed_issue_tells_method_from_data(
    releases: tuple[Path, Path], tmp_path: Path
) -> None:
    before, _ = releases
    draft = small_draft(ranking=later_ranking(), last_issue_recomputed=recomputed_ranking())
    versions = VERSIONS | {"coder": "b2"}
    after = publish(draft, tmp_path / "c", versions=versions, previous=before)
    changes = diff_releases(before, after).set_index("occupation_code")
    assert changes["cause"].to_dict() == {
        "6-18-02-04": "method", "4-03-02-01": "method and data", "4-07-05-01": "data",
        "4-01-02-01": "data", GONE: "method", NEW: "method",
    }  # fmt: skip
    assert changes["recomputed_grade"]["4-03-02-01"] == "N"
    assert changes["sentence"]["4-03-02-01"].startswith(
        "中式烹调师（4-03-02-01）证据不足，暂不评定：由一般紧缺变为证据不足，由方法和数据变化引起"
        "（上期按现行方法重算为暂不紧缺）；"
    )
    assert "方法和数据变化" in render_diff(diff_releases(before, after))
    assert verify_release(after, previous=before).faults == ()

    renamed = publish(draft, tmp_path / "d", versions=versions | {"taxonomy": "2030"},
                      previous=before)  # fmt: skip
    cause = diff_releases(before, renamed).set_index("occupation_code")["cause"]
    assert set(cause[[GONE, NEW]]) == {"taxonomy"}
    assert cause["6-18-02-04"] == "method"


def test_a_recomputed_issue_speaks_only_of_the_release_before(
    releases: tuple[Path, Path], tmp_path: Path
) -> None:
    before, other = releases
    draft = small_draft(ranking=later_ranking(), last_issue_recomputed=recomputed_ranking())
    after = publish(draft, tmp_path / "c", versions=VERSIONS | {"coder": "b2"}, previous=other)
    changes = diff_releases(before, after)
    assert changes["cause"].eq("method").all()
    assert changes["recomputed_grade"].isna().all()


def test_what_differs_is_named() -> None:
    before = {
        "versions": VERSIONS, "environment": {"product": {"version": "1"}, "python": "3.11"},
        "configuration": {"score": {"weights": 0.333333}},
    }  # fmt: skip
    after = {
        "versions": VERSIONS | {"titles": "a", "taxonomy": "2030"},
        "environment": {"product": {"version": "2"}, "python": "3.12"},
        # As the run has it before the manifest is written with six decimals.
        "configuration": {"score": {"weights": 1 / 3}},
    }
    assert method_differences(before, after) == ["taxonomy", "product", "titles"]
    assert method_differences(before, before) == []


def test_headings_are_no_method() -> None:
    before = {"configuration": {"release": {"title": "甲"}, "score": {"seed": 1}}}
    after = {"configuration": {"release": {"title": "乙"}, "score": {"seed": 1}}}
    assert common_cause(before, after) == "data"


@pytest.mark.parametrize("before", [*GRADE_NAMES, None])
@pytest.mark.parametrize("after", [*GRADE_NAMES, None])
def test_the_kind_of_change_follows_from_the_two_grades(
    before: str | None, after: str | None
) -> None:
    kind, back = change_of(before, after), change_of(after, before)
    opposite = {"entered": "left", "left": "entered", "raised": "lowered", "lowered": "raised"}
    assert back == opposite.get(kind, kind)
    assert (kind in ("entered", "raised", "lowered", "unchanged")) == (after in LISTED_GRADES)


def test_the_table_is_aligned_and_safe_for_a_terminal(releases: tuple[Path, Path]) -> None:
    changes = diff_releases(*releases)
    changes.loc[0, "occupation_name"] = "\x1b[31m红\n"
    lines = render_diff(changes, before="2026Q3", after="2026Q4").splitlines()
    assert len(lines) == 2 + len(changes)
    assert "\x1b" not in "".join(lines)

    def column_of(line: str, word: str) -> int:
        return sum(
            2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line[: line.rindex(word)]
        )

    starts = {
        column_of(line, word) for line in lines for word in ("数据变化", "原因") if word in line
    }
    assert len(starts) == 1


def test_a_folder_that_is_no_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no release"):
        diff_releases(tmp_path, tmp_path)
