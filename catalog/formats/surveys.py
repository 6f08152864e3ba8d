"""Evidence beside the openings: surveys and key projects, printed for consultation, not scored."""

from typing import Any

import pandas as pd

from catalog.draft import Draft
from data.quarters import parse_quarter
from data.reference import load_districts, load_occupations

from .views import Field, View
from .wording import issue_label

SURVEYS_TITLE = "企业调查、重点项目等证据（不计分）"
SURVEYS_NOTE = "下列证据由有关单位提供，仅供会商参考，未计入需求人数、综合得分和等级。"
WHOLE_AREA = "未分区县"
COLUMNS = ["quarter", "occupation_code", "district_code", "source", "openings", "note"]


def describe_evidence(evidence: pd.DataFrame, quarter: str) -> list[dict[str, Any]]:
    """Put what was reported for the quarter of the issue or later into `quality.json`.

    Parameters
    ----------
    evidence : pandas.DataFrame
        Contract `data.tables.EVIDENCE`.
    quarter : str
        Quarter of the issue.

    Returns
    -------
    list of dict
        Rows by quarter, occupation, district and source; None where nothing is stated.
    """
    rows = evidence[evidence["quarter"] >= quarter].sort_values(COLUMNS[:4])[COLUMNS]
    known = rows.astype(object).where(rows.notna(), None)
    return [dict(zip(COLUMNS, row, strict=True)) for row in known.itertuples(index=False)]


def surveys_view(draft: Draft) -> View:
    """List the evidence that stands in the quality record under ``evidence``."""
    fields = (
        Field("序号", "whole", 3), Field("季度", "label", 9), Field("职业编码", "label", 7),
        Field("职业名称", "text", 14), Field("区县", "label", 8), Field("证据来源", "text", 16),
        Field("需求人数（人）", "whole", 7), Field("备注", "text", 26),
    )  # fmt: skip
    occupations = load_occupations()
    districts = load_districts(parse_quarter(draft.quarter).end_time.date())
    names = {code: districts.name(code) for code in districts.codes} | {None: WHOLE_AREA}
    rows = (
        (
            place, issue_label(row["quarter"]), row["occupation_code"],
            occupations.label(row["occupation_code"]),
            names.get(row["district_code"], row["district_code"]), row["source"],
            row["openings"], row["note"],
        )
        for place, row in enumerate(draft.quality.get("evidence", []), start=1)
    )  # fmt: skip
    return View(SURVEYS_TITLE, fields, tuple(rows))
