"""Code postings to the occupations of the 大典 2022, with probabilities."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.errors import ContractError
from data.reference.occupations import CODE_LENGTHS
from data.tables import CODED_POSTINGS

from .candidates import FEATURES, OUTSIDE, UNIT_CODE_LENGTH, CandidateFinder
from .choice import probabilities
from .hand_coded import HandCodedSimilarity
from .lexicon import Lexicon
from .posting import Posting
from .segment import Segmenter, WordSegmenter

BATCH_POSTINGS = 2_048
DEEPEST_FIRST = ("unit", "minor", "medium", "major")
WEIGHTS_FILE = "coder_weights.json"
HAND_CODED_FILE = "hand_coded.npz"


@dataclass(frozen=True, slots=True)
class CodingParameters:
    """What the coder calls sure and how much it tells.

    Parameters
    ----------
    sure_probability : float
        Probability at which a level of the 大典 counts as sure.
    alternatives : int
        Number of 细类 named for each posting.
    """

    sure_probability: float = 0.7
    alternatives: int = 5


class CodingResult(NamedTuple):
    """Codes of postings.

    Parameters
    ----------
    coded : pandas.DataFrame
        Contract `data.tables.CODED_POSTINGS`, one row a posting.
    distribution : pandas.DataFrame
        Columns ``posting_id``, ``occupation_code``, ``probability``: each posting's whole
        probability of one, best first.  ``occupation_code`` is a 细类, a group where the
        evidence stops there, or missing where no candidate is right.
    """

    coded: pd.DataFrame
    distribution: pd.DataFrame


class Coder:
    """Codes postings by candidates from the lexicon and a conditional logit over them.

    Parameters
    ----------
    lexicon : Lexicon
    weights : dict of str to float
        Weight of each of `nlp.candidates.FEATURES`.
    segmenter : WordSegmenter, optional
    parameters : CodingParameters, optional
    hand_coded : HandCodedSimilarity, optional
        Postings that experts have coded.

    Examples
    --------
    >>> coder = Coder.load()
    >>> postings = pd.DataFrame({"posting_id": ["a"], "title": ["急招电焊工10名"]})
    >>> coder.code(postings).coded["occupation_code"].tolist()
    ['6-18-02-04']
    """

    def __init__(
        self,
        lexicon: Lexicon,
        weights: dict[str, float],
        segmenter: WordSegmenter | None = None,
        parameters: CodingParameters | None = None,
        hand_coded: HandCodedSimilarity | None = None,
    ) -> None:
        unknown = sorted(set(weights) ^ set(FEATURES))
        if unknown:
            raise ContractError(
                "the coder's weights do not fit its features",
                which=unknown,
                expected="one weight a feature",
                action="fit the weights anew with `python -m nlp.train`",
            )
        self._weights = np.array([weights[name] for name in FEATURES])
        self._finder = CandidateFinder(lexicon, segmenter or Segmenter(), hand_coded)
        self._parameters = parameters or CodingParameters()

    @classmethod
    def load(
        cls, own_titles: pd.DataFrame | None = None, parameters: CodingParameters | None = None
    ) -> "Coder":
        """The coder with the lexicon and the weights that the product ships.

        Parameters
        ----------
        own_titles : pandas.DataFrame, optional
            Further rows of the lexicon; they replace equal terms.
        parameters : CodingParameters, optional
        """
        segmenter = Segmenter()
        return cls(
            Lexicon.load(own_titles),
            load_weights()["weights"],
            segmenter,
            parameters,
            load_hand_coded(segmenter),
        )

    def code(self, postings: pd.DataFrame) -> CodingResult:
        """Code postings.

        Parameters
        ----------
        postings : pandas.DataFrame
            Columns ``posting_id``, ``title`` and optionally ``description`` and ``category``,
            normalised.  Postings with equal texts are coded once.

        Returns
        -------
        CodingResult
        """
        texts = _texts(postings)
        which, distinct = pd.factorize(pd.Series(texts, dtype=object))
        parts = [
            self._code_batch(list(distinct[i : i + BATCH_POSTINGS]))
            for i in range(0, len(distinct), BATCH_POSTINGS)
        ]
        summaries = [row for summary, _ in parts for row in summary]
        distributions = [pairs for _, batch in parts for pairs in batch]
        identifiers = postings["posting_id"].tolist()
        return CodingResult(
            _coded_frame(identifiers, [summaries[i] for i in which]),
            _distribution_frame(identifiers, [distributions[i] for i in which]),
        )

    def _code_batch(
        self, postings: Sequence[Posting]
    ) -> tuple[list[tuple[Any, ...]], list[list[tuple[str, float]]]]:
        codes, sets = self._finder.find(postings)
        probability = probabilities(sets, self._weights)
        ends = np.append(sets.starts[1:], len(codes))
        pairs = [
            sorted(
                zip(codes[start:end], probability[start:end].tolist(), strict=True),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for start, end in zip(sets.starts, ends, strict=True)
        ]
        return [self._summary(each) for each in pairs], pairs

    def _summary(self, pairs: list[tuple[str, float]]) -> tuple[Any, ...]:
        """Best 细类, its probability, the deepest sure level, and the alternatives."""
        units = [(code, p) for code, p in pairs if len(code) == UNIT_CODE_LENGTH]
        if not units:
            return None, 0.0, self._sure_level(pairs), None
        best, probability = units[0]
        shown = units[: self._parameters.alternatives]
        alternatives = "|".join(f"{code}:{p:.4f}" for code, p in shown)
        return best, probability, self._sure_level(pairs), alternatives

    def _sure_level(self, pairs: list[tuple[str, float]]) -> str:
        for level in DEEPEST_FIRST:
            if self._best_group(pairs, CODE_LENGTHS[level])[1] >= self._parameters.sure_probability:
                return level
        return "none"

    @staticmethod
    def _best_group(pairs: list[tuple[str, float]], length: int) -> tuple[str, float]:
        mass: dict[str, float] = {}
        for code, p in pairs:
            if len(code) >= length:
                mass[code[:length]] = mass.get(code[:length], 0.0) + p
        return max(mass.items(), key=lambda item: item[1]) if mass else (OUTSIDE, 0.0)


def load_hand_coded(segmenter: WordSegmenter) -> HandCodedSimilarity:
    """The hand-coded postings that the product ships, as arrays without text."""
    with as_file(files("nlp").joinpath(HAND_CODED_FILE)) as path:
        return HandCodedSimilarity.load(path, segmenter)


def load_weights() -> dict[str, Any]:
    """The fitted weights and the record of how they were fitted."""
    return json.loads(files("nlp").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8"))


def _texts(postings: pd.DataFrame) -> list[Posting]:
    columns = [
        [text if isinstance(text, str) else "" for text in postings[name].tolist()]
        if name in postings.columns
        else [""] * len(postings)
        for name in Posting._fields
    ]
    return [Posting(*texts) for texts in zip(*columns, strict=True)]


def _coded_frame(identifiers: list[str], summaries: list[tuple[Any, ...]]) -> pd.DataFrame:
    rows = [(i, *summary) for i, summary in zip(identifiers, summaries, strict=True)]
    frame = pd.DataFrame(rows, columns=CODED_POSTINGS.names)
    texts = [name for name in CODED_POSTINGS.names if name != "probability"]
    return frame.astype({"probability": "float64"} | dict.fromkeys(texts, "str"))


def _distribution_frame(
    identifiers: list[str], distributions: list[list[tuple[str, float]]]
) -> pd.DataFrame:
    lengths = [len(pairs) for pairs in distributions]
    flat = [pair for pairs in distributions for pair in pairs]
    codes = pd.Series([code or None for code, _ in flat], dtype="str")
    return pd.DataFrame(
        {
            "posting_id": np.repeat(np.asarray(identifiers, dtype=object), lengths),
            "occupation_code": codes,
            "probability": [p for _, p in flat],
        }
    ).astype({"posting_id": "str"})
