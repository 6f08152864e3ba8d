"""Which occupations a posting may be, and what speaks for each.

Candidates come from the terms in the title, from titles that are similar, from the board's
category, from the description, and from what experts said of other postings.  One further
candidate stands for "none of these", so that what is left over has a probability of its own.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .choice import ChoiceSets
from .code_index import CodeIndex, code_index
from .description_evidence import DescriptionEvidence, DescriptionRows
from .expert_scores import UNKNOWN, ExpertScores
from .lexicon import Lexicon
from .posting import Posting, is_search_word
from .posting_features import PostingFeatures
from .segment import WordSegmenter
from .similarity import TitleSimilarity
from .term_evidence import TERM_FEATURES, TermEvidence, TermRows, is_head
from .text_batch import TextBatch, rank_within
from .titles import parse_title

# Where the title names no job, the other evidence counts for more.
_ALONE = ("similarity", "in_category", "is_category", "duties_log", "in_lead")
FEATURES = (
    *TERM_FEATURES,
    "not_in_title",
    "is_group",
    "similarity",
    "in_category",
    "is_category",
    "duties_log",
    "in_lead",
    "lead_position",
    *(f"{name}_without_term" for name in _ALONE),
    "experts_unit",
    "experts_minor",
    "experts_unit_of_whole",
    "experts_minor_of_whole",
    "outside",
    "outside_without_term",
    "outside_similarity",
)
# What is found for a candidate never speaks against it: negative weights of such features only
# balance others with which they go together, and mislead where these are missing.
EVIDENCE = frozenset(
    {
        *TERM_FEATURES[: TERM_FEATURES.index("is_inside_longer")],
        "similarity",
        "in_category",
        "is_category",
        "duties_log",
        "in_lead",
        "lead_position",
        *(f"{name}_without_term" for name in _ALONE),
        "experts_unit",
        "experts_minor",
    }
)
_AT = {name: column for column, name in enumerate(FEATURES)}

SIMILAR_AT_MOST = 8
# Similar enough: this part of the similarity to the most similar occupation.
SIMILAR_AT_LEAST = 0.3
FROM_CATEGORY_AT_MOST = 6
FROM_EXPERTS_AT_MOST = 3
EXPERTS_APART_AT_MOST = 1.0
# An occupation of which experts saw no posting is scored as one of which they saw few.  A feature
# of its own would teach that rare trades never occur, which is true of the examples only.
SCORE_WITHOUT_EXAMPLES = -0.8
# Score of the occupation that a title names which stands alone; not fitted, for few do.
SCORE_OF_KNOWN_TITLE = 0.5


class Candidates(NamedTuple):
    """Candidates of many postings.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (n_candidates,)
        Positions in `nlp.code_index`; the last of each posting is none of the occupations.
    sets : ChoiceSets
        `FEATURES` of each candidate.
    """

    codes: np.ndarray
    sets: ChoiceSets


class CandidateFinder:
    """Finds the candidates of postings and describes each by `FEATURES`.

    Parameters
    ----------
    lexicon : Lexicon
    segmenter : WordSegmenter
    experts : ExpertScores, optional
        Fitted to postings that experts have coded; without them their features are nought.
    similarity : TitleSimilarity, optional
        As `similarity_of` makes it from the lexicon, which takes a second.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        segmenter: WordSegmenter,
        experts: ExpertScores | None = None,
        similarity: TitleSimilarity | None = None,
    ) -> None:
        self.index: CodeIndex = code_index()
        self._segmenter = segmenter
        self._terms = TermEvidence(lexicon, self.index)
        self._descriptions = DescriptionEvidence(lexicon, self.index)
        self._similarity = similarity or similarity_of(lexicon, segmenter)
        self._similar_codes = self.index.positions(self._similarity.codes)
        self._similar_column = _columns(self._similar_codes, len(self.index.codes))
        self._experts = experts
        self._is_group = ~self.index.is_unit

    def find(self, postings: Sequence[Posting]) -> Candidates:
        """Candidates of each posting, in the order given."""
        features = PostingFeatures.of(postings, self._segmenter)
        terms = self._terms.rows(features.titles, features.title_words)
        decided = self._terms.decided(terms, features.size)
        similarity = self._similarity.scores(features.fields["title"], features.size)
        categories = self._of_categories([posting.category for posting in postings])
        texts = self._descriptions.rows([posting.description for posting in postings])
        scores = None if self._experts is None else self._experts.of(features)
        # Where nothing but a title is there, and its head is known, other postings add nothing.
        known = terms.owner[terms.is_head]
        asked = ~(decided | features.is_silent)
        asked[known[features.is_bare[known]]] = False
        table = _Table(self.index, features.size)
        table.add(terms.owner, terms.code)
        least = similarity.max(axis=1) * SIMILAR_AT_LEAST
        table.add(*_best(similarity, SIMILAR_AT_MOST, self._similar_codes, least))
        table.add(categories.owner, categories.code)
        table.add(texts.owner[texts.is_candidate], texts.code[texts.is_candidate])
        if self._experts is not None and scores is not None:
            codes = self.index.positions(self._experts.scores["unit"].codes)
            least = scores["unit"].max(axis=1) - EXPERTS_APART_AT_MOST
            owner, code = _best(scores["unit"], FROM_EXPERTS_AT_MOST, codes, least)
            table.add(owner[asked[owner]], code[asked[owner]])
        own = self._terms.own(terms)
        table.close(decided, owner=terms.owner[own], code=terms.code[own])
        self._describe_titles(table, terms, similarity)
        _describe_categories(table, categories)
        _describe_texts(table, texts)
        if scores is not None:
            self._describe_experts(table, scores, asked)
        _describe_alone(table, similarity)
        return Candidates(table.code, ChoiceSets(table.features, table.starts))

    def terms_found(self, posting: Posting) -> pd.DataFrame:
        """The terms of the lexicon in a title, and what each stands for; the plainest first."""
        title = TextBatch([" ".join(parse_title(posting.title).segments)])
        rows = self._terms.rows(title, title.words(self._segmenter))
        order = np.lexsort((rows.code, -rows.strength))
        return pd.DataFrame(
            {
                "term": [self._terms.terms[term] for term in rows.term[order]],
                "occupation_code": [self.index.codes[code] for code in rows.code[order]],
            }
        )

    def _describe_titles(self, table: "_Table", terms: TermRows, similarity: np.ndarray) -> None:
        at, known = table.known(terms.owner, terms.code)
        table.features[:, _AT["not_in_title"]] = 1
        table.features[at, _AT["not_in_title"]] = 0
        table.features[at, : len(TERM_FEATURES)] = terms.features[known]
        table.features[:, _AT["is_group"]] = self._is_group[table.code]
        table.fill("similarity", similarity, self._similar_column)

    def _describe_experts(
        self, table: "_Table", scores: dict[str, np.ndarray], asked: np.ndarray
    ) -> None:
        """What experts' examples say, of postings that say something themselves."""
        if self._experts is None:
            return
        whole = table.features[:, _AT["is_whole_segment"]]
        head = is_head(table.features[:, : len(TERM_FEATURES)])
        for level, values in scores.items():
            name = f"experts_{level}"
            column = self._experts.columns(level, self.index)
            table.fill(name, values, column, unknown=SCORE_WITHOUT_EXAMPLES)
            unasked = ~asked[table.owner]
            table.features[unasked, _AT[name]] = np.where(
                head[unasked], SCORE_OF_KNOWN_TITLE, SCORE_WITHOUT_EXAMPLES
            )
            table.features[:, _AT[f"{name}_of_whole"]] = table.features[:, _AT[name]] * whole

    def _of_categories(self, categories: Sequence[str]) -> TermRows:
        """Codes that the last step of the board's path names.

        What somebody searched for is no evidence.
        """
        distinct, which = np.unique(np.asarray(categories, dtype=object), return_inverse=True)
        steps = [
            "" if is_search_word(path) else " ".join(parse_title(path.rsplit("/", 1)[-1]).segments)
            for path in distinct
        ]
        batch = TextBatch(steps)
        named = self._terms.rows(batch, batch.words(self._segmenter))
        named = _first_few(named, FROM_CATEGORY_AT_MOST)
        first = np.searchsorted(named.owner, np.arange(len(distinct) + 1))
        counts = (first[1:] - first[:-1])[which]
        owner = np.repeat(np.arange(len(categories)), counts)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        row = first[which][owner] + offset
        return TermRows(owner, named.code[row], named.features[row], named.term[row])


def similarity_of(lexicon: Lexicon, segmenter: WordSegmenter) -> TitleSimilarity:
    """Similarity to the title terms of a lexicon."""
    codes = [entry.occupation_code for entry in lexicon.titles.values()]
    return TitleSimilarity.fit(list(lexicon.titles), codes, segmenter)


class _Table:
    """Candidates of a batch as they are collected, and then their features."""

    def __init__(self, index: CodeIndex, size: int) -> None:
        self._width = len(index.codes)
        self._parts = [np.arange(size) * self._width + index.outside]
        self._outside = index.outside
        self._size = size

    def add(self, owner: np.ndarray, code: np.ndarray) -> None:
        """Name candidates."""
        self._parts.append(owner * self._width + code)

    def close(self, decided: np.ndarray, *, owner: np.ndarray, code: np.ndarray) -> None:
        """Make one row a candidate, ordered by posting and code.

        Parameters
        ----------
        decided : numpy.ndarray of bool, shape (n_postings,)
            Postings that a user has decided by a title of his own.
        owner, code : numpy.ndarray of int
            What he has decided on.
        """
        keys = np.unique(np.concatenate(self._parts))
        admitted = np.concatenate([self._parts[0], owner * self._width + code])
        self._keys = keys[~decided[keys // self._width] | np.isin(keys, admitted)]
        self.owner, self.code = np.divmod(self._keys, self._width)
        self.starts = np.searchsorted(self.owner, np.arange(self._size))
        self.features = np.zeros((len(self._keys), len(FEATURES)), dtype=np.float32)

    @property
    def is_outside(self) -> np.ndarray:
        return self.code == self._outside

    def known(self, owner: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of those that are candidates, and which of the given these are."""
        wanted = owner * self._width + code
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found = self._keys[at] == wanted
        return at[found], np.flatnonzero(found)

    def fill(
        self, name: str, values: np.ndarray, column: np.ndarray, *, unknown: float = 0
    ) -> None:
        """Set a feature from a matrix of postings by classes."""
        place = column[self.code]
        self.features[:, _AT[name]] = np.where(
            place == UNKNOWN, unknown, values[self.owner, np.maximum(place, 0)]
        )


def _describe_categories(table: _Table, categories: TermRows) -> None:
    at, known = table.known(categories.owner, categories.code)
    table.features[at, _AT["in_category"]] = 1
    whole = categories.features[:, TERM_FEATURES.index("is_whole_segment")]
    table.features[at, _AT["is_category"]] = whole[known]


def _describe_texts(table: _Table, texts: DescriptionRows) -> None:
    at, known = table.known(texts.owner, texts.code)
    table.features[at, _AT["duties_log"]] = np.log1p(texts.duties[known])
    table.features[at, _AT["in_lead"]] = texts.lead_position[known] > 0
    table.features[at, _AT["lead_position"]] = texts.lead_position[known]


def _describe_alone(table: _Table, similarity: np.ndarray) -> None:
    """Features for titles that name no job, and those of none of the occupations."""
    features = table.features
    outside = table.is_outside
    in_title = (features[:, _AT["not_in_title"]] == 0) & ~outside
    has_term = np.logical_or.reduceat(in_title, table.starts)
    alone = ~has_term[table.owner]
    for name in _ALONE:
        features[:, _AT[f"{name}_without_term"]] = features[:, _AT[name]] * alone
    features[outside] = 0
    features[outside, _AT["outside"]] = 1
    features[outside, _AT["outside_without_term"]] = ~has_term
    features[outside, _AT["outside_similarity"]] = similarity.max(axis=1)


def _columns(codes: np.ndarray, width: int) -> np.ndarray:
    column = np.full(width, UNKNOWN)
    column[codes] = np.arange(len(codes))
    return column


def _best(
    scores: np.ndarray, count: int, codes: np.ndarray, least: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Postings and codes of the largest scores of each posting, above its least."""
    owner, column = np.divmod(np.flatnonzero(scores > least[:, None]), scores.shape[1])
    order = np.lexsort((column, -scores[owner, column], owner))
    kept = order[rank_within(owner) < count]
    return owner[kept], codes[column[kept]]


def _first_few(rows: TermRows, count: int) -> TermRows:
    """The plainest so many occupations of each text."""
    order = np.lexsort((rows.code, -rows.strength, rows.owner))
    owner = rows.owner[order]
    kept = order[rank_within(owner) < count]
    return TermRows(rows.owner[kept], rows.code[kept], rows.features[kept], rows.term[kept])
