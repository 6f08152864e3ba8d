"""Words and character runs of postings, field by field, as weighted vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import sparse

from .posting import Posting, is_search_word
from .segment import WordSegmenter
from .similarity import title_features
from .text_batch import Features, TextBatch, Words
from .titles import parse_title
from .vocabulary import Vocabulary

DESCRIPTION_CHARACTERS = 400
WORDING = "wording"  # the title with its decoration, which may hint at the job
# Length of each field's part of the vector; chosen by cross-validation on hand-coded postings.
FIELD_WEIGHTS = MappingProxyType(
    {"title": 1.0, "description": 0.6, "category": 0.6, "circumstances": 0.5, WORDING: 0.5}
)
POSTINGS_WITH_FEATURE_AT_LEAST = 2


@dataclass(frozen=True)
class PostingFeatures:
    """Features of a batch of postings.

    Parameters
    ----------
    size : int
        Number of postings.
    titles : TextBatch
        The parts of each title that may name a job, separated by blanks.
    title_words : Words
        Words of ``titles``.
    fields : dict of str to list of Features
        Features of each of `FIELD_WEIGHTS`.
    """

    size: int
    titles: TextBatch
    title_words: Words
    fields: dict[str, list[Features]]

    @classmethod
    def of(cls, postings: Sequence[Posting], segmenter: WordSegmenter) -> "PostingFeatures":
        """Read postings.

        Parameters
        ----------
        postings : sequence of Posting
        segmenter : WordSegmenter
        """
        titles = TextBatch([" ".join(parse_title(each.title).segments) for each in postings])
        title_words = titles.words(segmenter)
        descriptions = TextBatch(
            [each.description[:DESCRIPTION_CHARACTERS].lower() for each in postings]
        )
        paths = ["" if is_search_word(p.category) else p.category.lower() for p in postings]
        categories = TextBatch(paths)
        last_steps = TextBatch([path.rsplit("/", 1)[-1] for path in paths])
        industries = TextBatch([each.industry.lower() for each in postings])
        employers = TextBatch([each.employer.lower() for each in postings])
        fields = {
            "title": title_features(titles, title_words),
            "description": [_long_words(descriptions, segmenter)],
            "category": [_words(categories, segmenter), last_steps.whole().salted("step")],
            WORDING: [_words(TextBatch([each.title.lower() for each in postings]), segmenter)],
            "circumstances": [
                _words(industries, segmenter),
                _long_words(employers, segmenter).salted("employer"),
            ],
        }
        return cls(len(postings), titles, title_words, fields)

    @property
    def is_silent(self) -> np.ndarray:
        """Whether each posting says nothing but decoration."""
        return self.is_bare & ~self._has("title")

    @property
    def is_bare(self) -> np.ndarray:
        """Whether each posting says nothing beside its title."""
        return ~(self._has("description") | self._has("category") | self._has("circumstances"))

    def _has(self, field: str) -> np.ndarray:
        """Whether each posting has any feature of a field."""
        found = np.zeros(self.size, dtype=bool)
        for features in self.fields[field]:
            found[features.owner] = True
        return found


class PostingVectors:
    """Vectors of postings: the fields side by side, each of its own length.

    Parameters
    ----------
    vocabularies : dict of str to Vocabulary
        One for each of `FIELD_WEIGHTS`.
    """

    def __init__(self, vocabularies: dict[str, Vocabulary]) -> None:
        self.vocabularies = vocabularies

    @classmethod
    def fit(cls, features: PostingFeatures) -> "PostingVectors":
        """The features that occur in more than one posting."""
        return cls(
            {
                name: Vocabulary.fit(
                    features.fields[name], features.size, at_least=POSTINGS_WITH_FEATURE_AT_LEAST
                )
                for name in FIELD_WEIGHTS
            }
        )

    def extended(self, features: PostingFeatures, before: int) -> "PostingVectors":
        """With the features of further postings; ``before`` counts those fitted to so far."""
        return PostingVectors(
            {
                name: vocabulary.extended(features.fields[name], features.size, before)
                for name, vocabulary in self.vocabularies.items()
            }
        )

    def columns_in(self, extended: "PostingVectors") -> np.ndarray:
        """Where each column of these vectors stands in extended ones."""
        places, first = [], 0
        for name in FIELD_WEIGHTS:
            keys = extended.vocabularies[name].keys
            places.append(first + np.searchsorted(keys, self.vocabularies[name].keys))
            first += len(keys)
        return np.concatenate(places)

    def of(self, features: PostingFeatures) -> sparse.csr_matrix:
        """Vectors of postings.

        Returns
        -------
        scipy.sparse.csr_matrix of float32, shape (n_postings, n_columns)
        """
        parts = [
            weight * self.vocabularies[name].vectors(features.fields[name], features.size)
            for name, weight in FIELD_WEIGHTS.items()
        ]
        return sparse.hstack(parts, format="csr", dtype=np.float32)


def _words(batch: TextBatch, segmenter: WordSegmenter) -> Features:
    words = batch.words(segmenter)
    return Features(words.owner, words.key)


def _long_words(batch: TextBatch, segmenter: WordSegmenter) -> Features:
    """Words of two and more characters."""
    words = batch.words(segmenter)
    long = words.ends - words.starts > 1
    return Features(words.owner[long], words.key[long])
