"""Judge each coded posting against its hand code: right or wrong at every level."""

import numpy as np
import pandas as pd

from data.errors import EmptyInputError
from data.reference.occupations import CODE_LENGTHS
from data.tables import LEVELS

from .coding_result import CodingResult

ALTERNATIVE_COLUMNS = ("also_right_1", "also_right_2")
NO_CODE = "X"
FIRST_FEW = 5
UNIT_LENGTH = CODE_LENGTHS["unit"]
# A level is as deep as its code is long; nothing can be said at level none.
DEPTHS = {level: CODE_LENGTHS.get(level, 0) for level in LEVELS}
GROUP_MEASURES = {f"{level}_group": CODE_LENGTHS[level] for level in ("minor", "medium", "major")}
NOT_DEEPER = "not_deeper_than_label"
# What holds of a single posting or does not; the share in which it holds is a measure.
SHARE_MEASURES = (
    "top_1", "among_alternatives_at_unit", "among_alternatives", "first_five", *GROUP_MEASURES,
    NOT_DEEPER,
)  # fmt: skip


def judge(result: CodingResult, labels: pd.DataFrame) -> pd.DataFrame:
    """Judge a coding posting by posting.

    Parameters
    ----------
    result : CodingResult
    labels : pandas.DataFrame
        Columns ``posting_id``, ``occupation_code`` (the deepest sure code; empty, missing or
        ``X`` where nothing can be said) and optionally ``also_right_1``, ``also_right_2``
        (further codes that an expert accepts), ``source`` and ``openings`` (persons; a posting
        without a figure counts as one).

    Returns
    -------
    pandas.DataFrame
        One row for each posting that is both labelled and coded, by ``posting_id``: ``source``,
        ``openings``, ``label``, ``best`` (empty where there is none), ``probability``, and 1 or
        0 for each of `SHARE_MEASURES`, missing where the measure does not apply:

        - ``top_1``: the best code is the label; of postings labelled at 细类;
        - ``among_alternatives_at_unit``: it is the label or another accepted code; of postings
          labelled at 细类;
        - ``among_alternatives``: the same of all postings, so that a 细类 for a posting that
          was labelled more coarsely counts as wrong unless it is accepted;
        - ``first_five``: the label is among the first five; of postings labelled at 细类;
        - ``minor_group``, ``medium_group``, ``major_group``: the best code lies in the label's
          小类, 中类, 大类; of postings labelled so deeply;
        - ``not_deeper_than_label``: the level called sure is no deeper than the label; of
          postings labelled more coarsely than 细类.

    Raises
    ------
    EmptyInputError
        When no posting is both labelled and coded.
    """
    rows = _labelled(labels).merge(result.coded, on="posting_id", validate="one_to_one")
    if rows.empty:
        raise EmptyInputError(
            "no posting is both labelled and coded",
            got=f"{len(labels)} labels and {len(result.coded)} coded postings",
            action="check that both name postings by the same posting_id",
        )
    rows = rows.sort_values("posting_id", ignore_index=True)
    label, best = rows["label"], rows["occupation_code"].fillna("")
    at_unit = label.str.len() == UNIT_LENGTH
    accepted = _accepted(rows, best)
    return pd.DataFrame(
        {
            **{name: rows[name] for name in ("posting_id", "source", "openings", "label")},
            "best": best,
            "probability": rows["probability"],
            "top_1": _where(at_unit, best == label),
            "among_alternatives_at_unit": _where(at_unit, accepted),
            "among_alternatives": accepted.astype(float),
            "first_five": _where(at_unit, _in_first_few(label, rows["alternatives"])),
            **{
                name: _where(label.str.len() >= length, best.str[:length] == label.str[:length])
                for name, length in GROUP_MEASURES.items()
            },
            NOT_DEEPER: _where(~at_unit, rows["level"].map(DEPTHS) <= label.str.len()),
        }
    )


def _labelled(labels: pd.DataFrame) -> pd.DataFrame:
    """Labels in one form: every column there, the label under its own name, no code as empty."""
    texts = {name: _text(labels, name).replace(NO_CODE, "") for name in ALTERNATIVE_COLUMNS}
    return pd.DataFrame(
        {
            "posting_id": labels["posting_id"],
            "label": _text(labels, "occupation_code").replace(NO_CODE, ""),
            "source": _text(labels, "source"),
            "openings": _openings(labels),
            **texts,
        }
    )


def _text(labels: pd.DataFrame, name: str) -> pd.Series:
    if name not in labels.columns:
        return pd.Series("", index=labels.index, dtype="str")
    return labels[name].fillna("").astype("str")


def _openings(labels: pd.DataFrame) -> pd.Series:
    if "openings" not in labels.columns:
        return pd.Series(1.0, index=labels.index)
    return labels["openings"].astype(float).fillna(1.0)


def _accepted(rows: pd.DataFrame, best: pd.Series) -> pd.Series:
    accepted = best == rows["label"]
    for column in ALTERNATIVE_COLUMNS:
        accepted |= best == rows[column]
    return accepted & (best != "")


def _in_first_few(label: pd.Series, alternatives: pd.Series) -> pd.Series:
    named = [
        code in [pair.split(":")[0] for pair in text.split("|")[:FIRST_FEW]]
        for code, text in zip(label, alternatives.fillna(""), strict=True)
    ]
    return pd.Series(named, index=label.index)


def _where(applies: pd.Series, holds: pd.Series) -> pd.Series:
    return pd.Series(np.where(applies, holds.astype(float), np.nan), index=holds.index)
