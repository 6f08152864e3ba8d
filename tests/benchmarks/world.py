"""The product against the truth of simulated labour markets.

Run with ``python -m tests.benchmarks.world [FIRST LAST]``; seeds 101 to 120 are for reporting,
nothing is tuned on them.  For each seed a world of 40 quarters is written, the coder is built
without the titles that the world uses and without experts' codes of postings, the draft of the
last quarter is made, and told are:

- precision, recall and Brier score of the list (A, B, C) against true shortage, beside
  persistence, the last state that an office could know (openings of two quarters ago);
- the rank correlation of the score with the true share unfilled;
- coverage of the 90 % intervals of openings by occupation against the register's own figure;
- coverage of the 90 % intervals of the score by the formula on true inputs: the register's openings
  and seekers by the occupation they are truly of, in place of what was coded and spread;
- coverage of the 90 % intervals of industry openings, four quarters ahead.

The table is printed and saved to ``benchmarks/world.csv``.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd

from catalog.build import build_draft
from catalog.configuration import Configuration, InputsSection
from catalog.draft import Draft
from catalog.inputs import previous_grades, read_inputs
from catalog.run import read_corpus
from catalog.score import ScoreParameters, score_occupations
from catalog.tables import LISTED_GRADES
from data.quarters import shift_quarter
from data.reference import reference_table
from data.tables import SERIES
from data.world import SEEDS_FOR_REPORTING, WorldParameters, without_held_out, write_world
from forecasting import ForecastParameters, forecast
from nlp.coder import Coder, load_weights
from nlp.lexicon import Lexicon

RESULT_FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "world.csv"
QUARTERS, POSTINGS = 40, 20_000
KNOWN_AFTER_QUARTERS = 2
OPENINGS_AT_LEAST = 20
HORIZON = 4


def measure(seed: int, coder: Coder) -> pd.Series:
    """Measure the product on one world."""
    parameters = WorldParameters(seed=seed, quarters=QUARTERS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(folder, parameters, postings=POSTINGS)
        draft = _draft(folder, parameters.last_quarter, coder)
        shortage = pd.read_parquet(folder / "truth" / "shortage.parquet")
        registered = pd.read_parquet(folder / "truth" / "registered.parquet")
    return pd.concat(
        [
            pd.Series({"seed": seed}),
            _list_quality(draft, shortage),
            _openings_coverage(draft, registered),
            _score_coverage(draft, registered),
            _industry_coverage(draft.industry_history, parameters.last_quarter),
        ]
    )


def _draft(folder: Path, quarter: str, coder: Coder) -> Draft:
    tables = ("demand", "seekers", "supply", "previous")
    section = InputsSection(
        postings=str(folder / "postings.parquet"),
        **{name: str(folder / f"{name}.csv") for name in tables},
    )
    configuration = Configuration(inputs=section)
    inputs = read_inputs(section, quarter)
    corpus = read_corpus(configuration, quarter, coder)
    previous = previous_grades(inputs.previous)
    return build_draft(corpus, inputs, configuration, quarter, previous, inputs.courses)


def _list_quality(draft: Draft, shortage: pd.DataFrame) -> pd.Series:
    """The list and persistence against true shortage, over all occupations."""
    now = shortage[shortage["quarter"] == draft.quarter].set_index("occupation_code")
    known = shift_quarter(draft.quarter, -KNOWN_AFTER_QUARTERS)
    before = shortage[shortage["quarter"] == known].set_index("occupation_code")["is_short"]
    ranking = draft.ranking.set_index("occupation_code")
    listed = ranking["grade"].isin(LISTED_GRADES).reindex(now.index, fill_value=False)
    score = ranking["score"].reindex(now.index)
    found = {"listed": int(listed.sum()), "truly_short": int(now["is_short"].sum())}
    found |= _against("list", listed, now["is_short"])
    found |= _against("persistence", before.reindex(now.index, fill_value=False), now["is_short"])
    scored = score.notna()
    rank_correlation = score[scored].corr(now["unfilled_share"][scored], method="spearman")
    return pd.Series(found | {"score_rank_correlation": rank_correlation})


def _against(name: str, said: pd.Series, true: pd.Series) -> dict[str, float]:
    right = float((said & true).sum())
    return {
        f"{name}_precision": right / said.sum() if said.any() else float("nan"),
        f"{name}_recall": right / true.sum() if true.any() else float("nan"),
        f"{name}_brier": float((said != true).mean()),
    }


def _openings_coverage(draft: Draft, registered: pd.DataFrame) -> pd.Series:
    """Share of occupations whose registered openings lie in the interval of the catalog."""
    truth = registered[registered["quarter"] == draft.quarter].set_index("occupation_code")
    rows = draft.ranking.set_index("occupation_code").join(truth["openings"].rename("truth"))
    rows = rows[rows["truth"] >= OPENINGS_AT_LEAST]
    inside = rows["truth"].between(rows["openings_lower"], rows["openings_upper"])
    return pd.Series({"openings_coverage_90": inside.mean(), "occupations_counted": len(rows)})


def _score_coverage(draft: Draft, registered: pd.DataFrame) -> pd.Series:
    """Share of graded occupations whose score on true inputs lies in the interval."""
    truth = registered[registered["quarter"] == draft.quarter].set_index("occupation_code")
    true = pd.DataFrame(
        {
            "openings": truth["openings"],
            "vacancy_ratio": truth["openings"] / truth["seekers"].where(truth["seekers"] > 0),
        }
    )
    long = true.rename_axis("occupation_code").reset_index()
    long = long.melt("occupation_code", var_name="indicator", value_name="true")
    rows = draft.indicators.merge(long, how="left", on=["occupation_code", "indicator"])
    replaced = rows["indicator"].isin(true.columns) & rows["value"].notna() & rows["true"].notna()
    rows["value"] = rows["value"].mask(replaced, rows["true"])
    ranking = draft.ranking.set_index("occupation_code")
    parameters = ScoreParameters(**draft.configuration["score"])
    scores, _ = score_occupations(
        rows.drop(columns="true"), ranking["largest_employer_share"], parameters
    )
    graded = ranking[ranking["grade"].isin((*LISTED_GRADES, "N"))]
    score = scores["score"].reindex(graded.index)
    inside = score.between(graded["score_lower"], graded["score_upper"])
    return pd.Series({"score_coverage_90": inside.mean(), "graded": len(graded)})


def _industry_coverage(history: pd.DataFrame, last: str) -> pd.Series:
    """Coverage of industry forecasts made four quarters before the last."""
    origin = shift_quarter(last, -HORIZON)
    past = SERIES.check(history[history["period"] <= origin])
    result = forecast(past, HORIZON, ForecastParameters(levels=(90,))).main
    rows = result.merge(history, on=["series_id", "period"])
    inside = rows["value"].between(rows["lower"], rows["upper"])
    return pd.Series({"industry_coverage_90": inside.mean()})


def main(arguments: list[str]) -> None:
    """Measure, print and save."""
    seeds = range(int(arguments[0]), int(arguments[1]) + 1) if arguments else SEEDS_FOR_REPORTING
    lexicon = Lexicon(without_held_out(reference_table("titles").frame()))
    # Experts' examples may hold the very titles that the lexicon is without.
    coder = Coder(lexicon, load_weights()["weights"], experts=None)
    table = pd.DataFrame([measure(seed, coder) for seed in seeds])
    table.loc["mean"] = table.mean()
    sys.stdout.write(table.round(3).to_string() + "\n")
    if not arguments:
        RESULT_FILE.parent.mkdir(exist_ok=True)
        table.round(4).to_csv(RESULT_FILE, index_label="run")


if __name__ == "__main__":
    main(sys.argv[1:])
