"""Codings of a few postings, made by hand for tests of their evaluation."""

import pandas as pd

from nlp.coding_result import CodingResult


def coding(rows: list[tuple[str, str, float, str]]) -> CodingResult:
    """Postings with one code each: identifier, code (or empty), probability, level."""
    coded = pd.DataFrame(rows, columns=["posting_id", "occupation_code", "probability", "level"])
    coded["occupation_code"] = coded["occupation_code"].replace("", None)
    coded["alternatives"] = coded["occupation_code"] + ":" + coded["probability"].astype(str)
    return CodingResult(coded, coded[["posting_id", "occupation_code", "probability"]])
