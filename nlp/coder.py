"""Code postings to the occupations of the 大典 2022, with probabilities."""

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.errors import ContractError, MissingFileError

from .candidates import FEATURES, CandidateFinder, Candidates
from .choice import probabilities
from .coding_result import (
    CodingParameters,
    CodingResult,
    Distribution,
    best_first,
    coding_result,
)
from .expert_scores import ExpertScores
from .lexicon import Lexicon
from .posting import Posting
from .segment import Segmenter, WordSegmenter
from .similarity import TitleSimilarity

BATCH_POSTINGS = 2_048
DECIMALS = 9
WEIGHTS_FILE = "coder_weights.json"
EXPERTS_FILE = "expert_scores.npz"
SIMILARITY_FILE = "title_similarity.npz"


class Coder:
    """Codes postings by candidates from several sources and a conditional logit over them.

    Parameters
    ----------
    lexicon : Lexicon
    weights : dict of str to float
        Weight of each of `nlp.candidates.FEATURES`.
    segmenter : WordSegmenter, optional
    parameters : CodingParameters, optional
    experts : ExpertScores, optional
        Fitted to postings that experts have coded.
    similarity : TitleSimilarity, optional
        Made from the lexicon where it is not given.

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
        experts: ExpertScores | None = None,
        similarity: TitleSimilarity | None = None,
    ) -> None:
        unknown = sorted(set(weights) ^ set(FEATURES))
        if unknown:
            raise ContractError(
                "the coder's weights do not fit its features",
                which=unknown,
                expected="one weight a feature",
                action="fit the weights anew with `python -m nlp.train`",
            )
        self.weights = weights
        self._weights = np.array([weights[name] for name in FEATURES])
        self.finder = CandidateFinder(lexicon, segmenter or Segmenter(), experts, similarity)
        self.parameters = parameters or CodingParameters()

    @classmethod
    def load(
        cls,
        own_titles: pd.DataFrame | None = None,
        parameters: CodingParameters | None = None,
        model: Path | None = None,
    ) -> "Coder":
        """The coder with the lexicon and the arrays that the product ships.

        Parameters
        ----------
        own_titles : pandas.DataFrame, optional
            Further rows of the lexicon; they replace equal terms.
        parameters : CodingParameters, optional
        model : pathlib.Path, optional
            Folder that `jinque train` has written; default: what the product ships.

        Raises
        ------
        MissingFileError
            When the folder holds no model.
        """
        folder = model or shipped_model()
        return cls(
            Lexicon.load(own_titles),
            load_weights(folder)["weights"],
            Segmenter(),
            parameters,
            ExpertScores.load(_require(folder / EXPERTS_FILE)),
            TitleSimilarity.load(shipped_model() / SIMILARITY_FILE) if own_titles is None else None,
        )

    def code(self, postings: pd.DataFrame) -> CodingResult:
        """Code postings.

        Parameters
        ----------
        postings : pandas.DataFrame
            Columns ``posting_id``, ``title`` and optionally the other fields of
            `nlp.posting.Posting`, normalised.  Postings with equal texts are coded once.

        Returns
        -------
        CodingResult
        """
        which, distinct = pd.factorize(pd.Series(texts_of(postings), dtype=object))
        parts = [
            self.distribution(list(distinct[i : i + BATCH_POSTINGS]))
            for i in range(0, len(distinct), BATCH_POSTINGS)
        ]
        whole = _joined(parts)
        identifiers = postings["posting_id"].tolist()
        return coding_result(identifiers, whole.taken(which), self.parameters)

    def distribution(self, postings: Sequence[Posting]) -> Distribution:
        """Probabilities of the candidates of each posting, best first."""
        return distribution_of(self.finder.find(postings), self._weights, self.parameters)


def distribution_of(
    candidates: Candidates, weights: np.ndarray, parameters: CodingParameters
) -> Distribution:
    """Probabilities of candidates, best first within a posting."""
    return best_first(
        candidates.sets.starts,
        candidates.codes,
        # The last digits depend on the batch; they must not decide between equals.
        probabilities(candidates.sets, weights).round(DECIMALS),
        negligible=parameters.negligible_probability,
    )


def shipped_model() -> Path:
    """Folder of the arrays that the product ships."""
    return Path(str(files("nlp")))


def model_files(folder: Path) -> list[Path]:
    """The files of a model.

    Raises
    ------
    MissingFileError
        When the folder holds no model.
    """
    return [_require(folder / name) for name in (EXPERTS_FILE, WEIGHTS_FILE)]


def load_weights(folder: Path | None = None) -> dict[str, Any]:
    """The fitted weights and the record of how they were fitted."""
    path = _require((folder or shipped_model()) / WEIGHTS_FILE)
    return json.loads(path.read_text(encoding="utf-8"))


def texts_of(postings: pd.DataFrame) -> list[Posting]:
    """The texts that coding reads; what is missing is empty."""
    columns = [
        _readable(postings[name].tolist()) if name in postings.columns else [""] * len(postings)
        for name in Posting._fields
    ]
    return [Posting(*texts) for texts in zip(*columns, strict=True)]


def _readable(values: list[object]) -> list[str]:
    """Texts without halves of surrogate pairs, which can be neither searched nor written."""
    texts = [value if isinstance(value, str) else "" for value in values]
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return [text.encode(errors="ignore").decode() for text in texts]
    return texts


def _require(path: Path) -> Path:
    if not path.is_file():
        raise MissingFileError(
            "the folder holds no model of the coder",
            which=[path.name],
            action="make one with `jinque train`, or leave the setting out",
        )
    return path


def _joined(parts: Sequence[Distribution]) -> Distribution:
    if not parts:
        return Distribution(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0))
    lengths = np.concatenate([part.lengths for part in parts])
    return Distribution(
        np.cumsum(lengths) - lengths,
        np.concatenate([part.code for part in parts]),
        np.concatenate([part.probability for part in parts]),
    )
