"""Two drafts made by hand: one with every kind of row, one too poor in evidence for any grade."""

from pathlib import Path
from typing import Any

import pandas as pd

from catalog.draft import Draft
from catalog.tables import INDICATOR_NAMES, INDICATORS, RANKING
from data.requirements import REQUIREMENTS
from data.tables import (
    FORECAST,
    OCCUPATION_FORECAST,
    OPENINGS,
    PANEL,
    SERIES,
    STAFFING_SHARES,
)

QUARTER = "2026Q4"
HOSTILE_NAME = '=HYPERLINK("http://x.example","<b>电工$")'

ELIGIBILITY_BASIS = {True: "有国家职业标准", False: "由其他部门实施准入许可"}
TEXTS = {
    "6-18-02-04": (
        "单一企业占比高；招聘人数多为推算",
        "求人倍率3.13，连续两期上升，且空缺时间延长。",
    ),
    "6-31-01-03": ("@外部文本<script>alert(1)</script>", "+1 首次进入：求人倍率2.05 & 工资上涨。"),
    "4-04-05-02": (None, "求职人数缺失，无法判断紧张程度，评为证据不足。"),
}


def small_draft(**changes: Any) -> Draft:
    """Twelve occupations with every grade, an annex, a warning, hostile texts and gaps."""
    return Draft(**({**_parts(ranking()), **changes}))


def bare_draft(**changes: Any) -> Draft:
    """A first issue without seekers, forecasts, wages or an earlier list: all X."""
    rows = ranking().assign(
        grade="X", previous_grade=None, change="not_listed", exit_warning=False,
        vacancy_ratio=float("nan"), wage_yuan_month_median=float("nan"), flags=None,
        explanation="无求职登记数据，不能判断是否紧缺。",
        openings_forecast_next_year=float("nan"), openings_forecast_next_year_lower=float("nan"),
        openings_forecast_next_year_upper=float("nan"),
    )  # fmt: skip
    for name in ("score", "score_lower", "score_upper", "rank", "rank_lower", "rank_upper"):
        rows[name] = float("nan")
    measured = indicators(rows)
    without = measured["indicator"] != "openings"
    measured.loc[without, ["value", "lower", "upper", "points"]] = float("nan")
    measured.loc[without, "missing_reason"] = "未提供求职登记数据"
    parts = _parts(RANKING.check(rows)) | {
        "indicators": INDICATORS.check(measured),
        "panel": PANEL.empty(),
        "staffing_shares": STAFFING_SHARES.empty(),
        "industry_history": SERIES.empty(),
        "requirements": None,
        "industry_forecast": FORECAST.empty(),
        "occupation_forecast": OCCUPATION_FORECAST.empty(),
        "rejected": pd.DataFrame(columns=["table", "row", "reason"]),
        "quality": {"tables": {}, "coverage": {}, "gates": []},
        "statements": ("没有求职登记数据，全部职业评为证据不足，本期不列入任何职业。",),
        "synthetic": False,
        "configuration": {},
    }
    return Draft(**(parts | changes))


def ranking() -> pd.DataFrame:
    """Ranking of the small draft, in the form of its contract."""
    rows = pd.read_csv(Path(__file__).with_name("occupations.csv"))
    codes = rows["occupation_code"]
    rows = rows.assign(
        quarter=QUARTER,
        score_lower=(rows["score"] - 6.2).clip(lower=0),
        score_upper=(rows["score"] + 5.1).clip(upper=100),
        rank_lower=(rows["rank"] - 1).clip(lower=1), rank_upper=rows["rank"] + 2,
        eligibility_basis=rows["eligible"].map(ELIGIBILITY_BASIS),
        openings_lower=rows["openings"] * 0.87654, openings_upper=rows["openings"] * 1.13217,
        ads=rows["openings"] / 3, employers=(rows["openings"] // 9).astype(int),
        largest_employer_share=0.1234567, imputed_share=0.08,
        vacancy_ratio_basis_code=[None, None, "6-31", *[None] * 9],
        openings_forecast_next_year=rows["openings"] * 4.2,
        openings_forecast_next_year_lower=rows["openings"] * 3.5,
        openings_forecast_next_year_upper=rows["openings"] * 5.1,
        flags=[TEXTS.get(code, (None, ""))[0] for code in codes],
        explanation=[TEXTS.get(code, (None, "三项指标一致，依据充分。"))[1] for code in codes],
    )  # fmt: skip
    return RANKING.check(rows)


def indicators(rows: pd.DataFrame) -> pd.DataFrame:
    """Every indicator of every row; those of the rows graded X are missing with a reason."""
    records = [
        {
            "quarter": QUARTER, "occupation_code": row.occupation_code, "indicator": name,
            "value": None if row.grade == "X" else 1.23456 + place,
            "lower": None if row.grade == "X" else 1.0 + place,
            "upper": None if row.grade == "X" else 1.5 + place,
            "points": None if row.grade == "X" else 61.84,
            "basis_code": "6-31" if row.occupation_code == "6-31-01-03" else None,
            "missing_reason": "广告不足10条" if row.grade == "X" else None,
        }
        for row in rows.itertuples() for place, name in enumerate(INDICATOR_NAMES)
    ]  # fmt: skip
    return INDICATORS.check(pd.DataFrame(records))


def _parts(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "quarter": QUARTER,
        "title": "重庆市紧缺职业技能培训工种目录",
        "issuer": "重庆市人力资源和社会保障局",
        "area": "重庆市",
        "ranking": rows,
        "indicators": indicators(rows),
        "openings": _openings(rows),
        "panel": _panel(),
        "staffing_shares": _staffing_shares(),
        "industry_history": _history(),
        "industry_forecast": _forecast(),
        "occupation_forecast": _occupation_forecast(rows),
        "requirements": requirements(),
        "rejected": pd.DataFrame(
            {"table": ["postings"] * 2, "row": [7, 4], "reason": ["posted_on: missing"] * 2}
        ),
        "quality": quality(),
        "statements": (
            "求职登记数据为全市口径，不能分区县计算求人倍率。",
            "有 2 个职业证据不足，未作紧缺判断；证据不足不等于不紧缺。",
        ),
        "synthetic": True,
        "configuration": {
            "score": {"weights": {"openings": 0.3, "vacancy_ratio": 0.4, "wage_growth": 0.3}},
            "quarter": QUARTER,
        },
    }


def quality() -> dict[str, Any]:
    """Figures of the run, in the form that `catalog.draft.Draft` prescribes."""
    return {
        "tables": {
            "postings": {
                "rows_in": 12000, "used": 9300, "duplicate": 2698, "rejected": 2,
                "reasons": {"posted_on: missing": 2},
            },
            "seekers": {"rows_in": 40, "used": 40, "duplicate": 0, "rejected": 0, "reasons": {}},
        },
        "requirements": {
            "notes": ["两个口径，不得相加。", "退出率暂以国外资料代替。"],
            "left_out": [
                {"code": "3-03", "name": "法律辅助人员", "employed_persons": None, "reason": "新设"}
            ],
        },
        "coverage": {"岗位职业编码率": 0.8312345, "采用广告（条）": 9300},
        "gates": [
            {"name": "岗位职业编码率", "value": 0.8312345, "bound": 0.6, "passed": True},
            {"name": "招聘数据行数较上期变化", "value": 0.04, "bound": 0.3, "passed": True},
        ],
    }  # fmt: skip


def requirements() -> pd.DataFrame:
    """Twelve 中类, the largest in the middle, in two years."""
    codes = [f"6-{number:02}" for number in range(1, 13)]
    persons = [1000.04 * place for place in (1, 3, 5, 7, 9, 11, 12, 10, 8, 6, 4, 2)]
    table = pd.DataFrame({"occupation_code": codes, "employed_persons": persons})
    flows = {"growth": 0.01, "exits": 0.04, "transfers": 0.05, "required": 0.1, "lower": 0.05,
             "upper": 0.15}  # fmt: skip
    for name, share in flows.items():
        table[f"persons_per_year_{name}"] = share * table["employed_persons"]
    years = pd.concat([table.assign(year=2027), table[::-1].assign(year=2028)])
    return REQUIREMENTS.check(years.assign(level=90, rates_code="6"))


def _openings(rows: pd.DataFrame) -> pd.DataFrame:
    return OPENINGS.check(rows.assign(wage_ads=3, days_open_median=21.5, repost_share=0.1))


def _panel() -> pd.DataFrame:
    cells = [
        ("6-18-02-04", "C", "500105", 1000.0, 40), ("6-18-02-04", "C", "500112", 4.25, 1),
        ("6-18-02-04", "C", "500103", 3.5, 2), ("6-18", "C", None, 120.0, 9),
        ("4", "H", "500105", 300.0, 12), (None, None, None, 55.0, 5),
    ]  # fmt: skip
    names = ["occupation_code", "industry_code", "district_code", "openings", "employers"]
    frame = pd.DataFrame(cells, columns=names)
    return PANEL.check(
        frame.assign(quarter=QUARTER, ads=frame["openings"] / 2, wage_yuan_month_median=6000.0)
    )


def _staffing_shares() -> pd.DataFrame:
    return STAFFING_SHARES.check(
        pd.DataFrame(
            {
                "industry_code": ["C", "C"], "occupation_code": ["6-18-02-04", "6-18"],
                "share": [0.4123456789, 0.2], "share_observed": [0.5, 0.1],
                "standard_error": [0.01, 0.02],
            }
        )
    )  # fmt: skip


def _history() -> pd.DataFrame:
    quarters = [f"{year}Q{quarter}" for year in range(2024, 2027) for quarter in range(1, 5)]
    sizes = {"total": 52000.0, "C": 21000.0, "H": 9000.0, "O": 4000.0}
    return SERIES.check(
        pd.DataFrame(
            {
                "series_id": name, "period": quarter,
                "value": size * (1 + 0.02 * place - 0.1 * (place % 4 == 0)),
            }
            for name, size in sizes.items() for place, quarter in enumerate(quarters)
        )
    )  # fmt: skip


def _forecast() -> pd.DataFrame:
    sizes = {"total": 63000.0, "C": 25500.0, "H": 11000.0, "O": 4900.0}
    return FORECAST.check(
        pd.DataFrame(
            {
                "series_id": name, "period": f"2027Q{step}", "horizon": step, "level": level,
                "mean": size * (1 + 0.01 * step), "model": "combination",
                "lower": size * (1 + 0.01 * step - 0.0008 * level * step**0.5),
                "upper": size * (1 + 0.01 * step + 0.0008 * level * step**0.5),
            }
            for name, size in sizes.items() for step in range(1, 5) for level in (80, 95)
        )
    )  # fmt: skip


def _occupation_forecast(rows: pd.DataFrame) -> pd.DataFrame:
    return OCCUPATION_FORECAST.check(
        pd.DataFrame(
            {
                "quarter": f"2027Q{step}", "occupation_code": row.occupation_code, "horizon": step,
                "level": 90, "openings_mean": row.openings * 1.05,
                "openings_lower": row.openings * 0.9, "openings_upper": row.openings * 1.3,
            }
            for row in rows.itertuples() for step in range(1, 5)
        )
    )  # fmt: skip
