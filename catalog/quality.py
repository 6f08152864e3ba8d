"""What became of every row, how much is known, and whether a release may be written."""

from typing import Any

import pandas as pd

from data.contract import REASON
from data.errors import GateError
from nlp.code_index import UNIT_CODE_LENGTH
from nlp.corpus import Corpus
from nlp.prepare import KIND, OUT_OF_SCOPE

from .configuration import GatesSection
from .inputs import Inputs, account

POSTINGS_TABLE = "postings"


def quality_report(
    corpus: Corpus, inputs: Inputs, gates: GatesSection, quarter: str
) -> dict[str, Any]:
    """Figures that `quality.json` publishes.

    Returns
    -------
    dict
        ``tables``: rows in = used + duplicate + rejected with reasons; ``coverage``: figures
        under Chinese names; ``gates``: name, value, bound, passed.
    """
    postings = account(len(corpus.vacancies), corpus.duplicates, corpus.rejected[KIND])
    return {
        "tables": {POSTINGS_TABLE: postings, **inputs.accounts},
        "coverage": _coverage(corpus, quarter),
        "gates": _gates(corpus, postings, gates, quarter),
    }


def require_gates(quality: dict[str, Any]) -> None:
    """Withhold the release when a gate did not pass.

    Raises
    ------
    GateError
    """
    failed = [gate for gate in quality["gates"] if not gate["passed"]]
    if failed:
        raise GateError(
            "the release is withheld",
            which=[f"{gate['name']} {gate['value']:g}, 界限{gate['bound']:g}" for gate in failed],
            action="mend the inputs, or change the bound under [gates] and say why",
        )


def rejected_rows(corpus: Corpus, inputs: Inputs) -> pd.DataFrame:
    """Every row that does not count: ``table``, ``row``, ``reason``."""
    postings = pd.DataFrame(
        {
            "table": POSTINGS_TABLE,
            "row": corpus.rejected["posting_id"],
            REASON: corpus.rejected[KIND],
        }
    )
    table = pd.concat([postings, inputs.rejected], ignore_index=True).astype("str")
    return table.sort_values(["table", "row"], ignore_index=True)


def _coded_share(corpus: Corpus, quarter: str) -> float:
    """Share of the quarter's openings that lies on 细类."""
    rows = corpus.contributions
    rows = rows[rows["quarter"] == quarter]
    at_unit = rows["occupation_code"].str.len().fillna(0) == UNIT_CODE_LENGTH
    return float(rows.loc[at_unit, "expected_openings"].sum() / rows["expected_openings"].sum())


def _coverage(corpus: Corpus, quarter: str) -> dict[str, float]:
    vacancies = corpus.vacancies[corpus.vacancies["quarter"] == quarter]
    openings = vacancies["openings"].sum()
    return {
        "本季度岗位（去重后，个）": float(len(vacancies)),
        "本季度需求人数（人）": float(openings),
        "招聘单位（家）": float(vacancies["employer"].nunique()),
        "需求人数按概率归入细类的比例": _coded_share(corpus, quarter),
        "有把握归入细类的需求比例": float(
            vacancies.loc[vacancies["level"] == "unit", "openings"].sum() / openings
        ),
        "招聘人数由推算得出的需求比例": float(
            vacancies.loc[vacancies["imputed"], "openings"].sum() / openings
        ),
        "行业已知的岗位比例": float(vacancies["industry_code"].notna().mean()),
        "区县已知的岗位比例": float(vacancies["district_code"].notna().mean()),
        "写明工资的岗位比例": float(vacancies["wage_yuan_month"].notna().mean()),
        "重复发布占读入行数的比例": corpus.duplicates / corpus.rows_in,
    }


def _gates(
    corpus: Corpus, postings: dict[str, Any], gates: GatesSection, quarter: str
) -> list[dict[str, Any]]:
    count = int((corpus.vacancies["quarter"] == quarter).sum())
    # What is of another place or time was read for nothing, but there is no fault in it.
    out_of_scope = int(corpus.rejected[KIND].isin(OUT_OF_SCOPE).sum())
    in_scope = postings["rows_in"] - out_of_scope
    rejected = (postings["rejected"] - out_of_scope) / in_scope
    coded = _coded_share(corpus, quarter)
    return [
        _gate("本季度岗位数不少于", count, gates.postings_at_least, at_least=True),
        _gate("招聘信息剔除比例不高于", rejected, gates.rejected_share_at_most, at_least=False),
        _gate("需求人数归入细类的比例不低于", coded, gates.coded_share_at_least, at_least=True),
    ]


def _gate(name: str, value: float, bound: float, *, at_least: bool) -> dict[str, Any]:
    passed = value >= bound if at_least else value <= bound
    return {"name": name, "value": round(float(value), 6), "bound": bound, "passed": bool(passed)}
