"""Which occupations a posting may be, and what speaks for each.

Candidates come from the terms in the title, from titles that are similar, from the board's
category and from the description.  One further candidate stands for "none of these", so that
what is left over has a probability of its own.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .choice import ChoiceSets
from .hand_coded import HandCodedSimilarity
from .lexicon import Entry, Lexicon, Match
from .posting import Posting, is_search_word
from .segment import WordSegmenter
from .similarity import TitleSimilarity
from .titles import parse_title

FEATURES = (
    "term_share_of_segment",
    "term_length_log",
    "ends_segment",
    "starts_at_word",
    "ends_at_word",
    "in_first_segment",
    "is_whole_segment",
    "is_variant",
    "is_also_right",
    "not_in_title",
    "is_group",
    "similarity",
    "in_category",
    "is_category",
    "duties_log",
    "in_lead",
    "lead_position",
    "similarity_without_term",
    "in_category_without_term",
    "is_category_without_term",
    "duties_without_term",
    "in_lead_without_term",
    "hand_coded_centroid",
    "hand_coded_nearest",
    "hand_coded_without_term",
    "hand_coded_beside_whole",
    "never_hand_coded",
    "outside",
    "outside_without_term",
    "outside_similarity",
)
_AT = {name: position for position, name in enumerate(FEATURES)}
_FROM_TERM = slice(0, _AT["not_in_title"])

OUTSIDE = ""
UNIT_CODE_LENGTH = len("1-01-00-01")
SIMILAR_AT_MOST = 8
FROM_CATEGORY_AT_MOST = 6
FROM_TEXT_AT_MOST = 3
DESCRIPTION_CHARACTERS = 3_000
LEAD_CHARACTERS = 80
HAND_CODED_AT_MOST = 3
# Where the title names no job, the other evidence counts for more.
_ALONE = (
    ("similarity", "similarity_without_term"),
    ("in_category", "in_category_without_term"),
    ("is_category", "is_category_without_term"),
    ("duties_log", "duties_without_term"),
    ("in_lead", "in_lead_without_term"),
    ("hand_coded_nearest", "hand_coded_without_term"),
)


class Candidates(NamedTuple):
    """Candidates of many postings: codes (`OUTSIDE` for none of them) and their features."""

    codes: list[str]
    sets: ChoiceSets


class CandidateFinder:
    """Finds the candidates of postings and describes each by `FEATURES`.

    Parameters
    ----------
    lexicon : Lexicon
    segmenter : WordSegmenter
    hand_coded : HandCodedSimilarity, optional
        Postings that experts have coded; without them their features are nought.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        segmenter: WordSegmenter,
        hand_coded: HandCodedSimilarity | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._segmenter = segmenter
        self._hand_coded = hand_coded
        terms = list(lexicon.titles)
        codes = [lexicon.titles[term].occupation_code for term in terms]
        self._similarity = TitleSimilarity(terms, codes, segmenter)
        self._similarity_codes = self._similarity.codes.tolist()
        self._column = {code: i for i, code in enumerate(self._similarity_codes)}

    def find(self, postings: Sequence[Posting]) -> Candidates:
        """Candidates of each posting, in the order given; `OUTSIDE` comes last in each set."""
        segments = [parse_title(posting.title).segments for posting in postings]
        similarity = self._similarity.scores([" ".join(parts) for parts in segments])
        nearest = _largest(similarity, SIMILAR_AT_MOST)
        categories = {text: self._of_category(text) for text in {p.category for p in postings}}
        alike = self._alike(postings)
        codes: list[str] = []
        rows: list[list[float]] = []
        starts = []
        for posting, parts, scores, columns, coded in zip(
            postings, segments, similarity, nearest, alike, strict=True
        ):
            starts.append(len(rows))
            found = self._from_segments(parts)
            has_term = bool(found)
            if self._is_decided(parts):
                coded = _Alike.nothing()
            self._add_similar(found, scores, columns)
            _add_category(found, categories[posting.category])
            for code in coded.codes:
                found.setdefault(code, _without_term())
            self._add_description(found, posting.description)
            self._describe_all(found, scores, coded, has_term=has_term)
            found[OUTSIDE] = _outside(has_term, float(scores.max()))
            codes.extend(found)
            rows.extend(found.values())
        features = np.asarray(rows).reshape(-1, len(FEATURES))
        return Candidates(codes, ChoiceSets(features, np.asarray(starts, dtype=np.intp)))

    def _add_similar(
        self, found: dict[str, list[float]], scores: np.ndarray, nearest: np.ndarray
    ) -> None:
        for column in nearest[scores[nearest] > 0]:
            found.setdefault(self._similarity_codes[column], _without_term())

    def _alike(self, postings: Sequence[Posting]) -> "list[_Alike]":
        """What the hand-coded postings say of each posting."""
        if self._hand_coded is None:
            return [_Alike.nothing()] * len(postings)
        centroids, nearest = self._hand_coded.scores(postings)
        best = _largest(nearest, HAND_CODED_AT_MOST)
        return [
            _Alike(self._hand_coded, *row) for row in zip(centroids, nearest, best, strict=True)
        ]

    def _describe_all(
        self, found: dict[str, list[float]], scores: np.ndarray, coded: "_Alike", *, has_term: bool
    ) -> None:
        has_whole = any(row[_AT["is_whole_segment"]] for row in found.values())
        for code, row in found.items():
            row[_AT["is_group"]] = float(len(code) < UNIT_CODE_LENGTH)
            column = self._column.get(code)
            row[_AT["similarity"]] = float(scores[column]) if column is not None else 0.0
            row[_AT["hand_coded_centroid"]], row[_AT["hand_coded_nearest"]] = coded.of(code)
            row[_AT["never_hand_coded"]] = float(not coded.knows(code))
            if has_whole:
                row[_AT["hand_coded_beside_whole"]] = row[_AT["hand_coded_nearest"]]
            if not has_term:
                for with_term, without_term in _ALONE:
                    row[_AT[without_term]] = row[_AT[with_term]]

    def _from_segments(self, segments: Sequence[str]) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for position, segment in enumerate(segments):
            bounds = self._word_bounds(segment)
            for match in self._lexicon.title_index.every(segment):
                entry = self._lexicon.titles[match.term]
                row = _of_match(match, segment, bounds, position == 0)
                _offer(found, entry, row)
        return found

    def _is_decided(self, segments: Sequence[str]) -> bool:
        """Whether a whole part of the title is a term that the user has decided."""
        return not self._lexicon.own.isdisjoint(segments)

    def _word_bounds(self, segment: str) -> set[int]:
        bounds, end = {0}, 0
        for word in self._segmenter.cut(segment):
            end += len(word)
            bounds.add(end)
        return bounds

    def _of_category(self, category: str) -> dict[str, float]:
        """Codes that the last step of the board's path names; 1 for those it names exactly.

        What somebody searched for is no evidence.
        """
        if not category or is_search_word(category):
            return {}
        matched = self._from_segments(parse_title(category.rsplit("/", 1)[-1]).segments)
        best = sorted(matched, key=lambda code: (-sum(matched[code]), code))
        return {
            code: matched[code][_AT["is_whole_segment"]] for code in best[:FROM_CATEGORY_AT_MOST]
        }

    def _add_description(self, found: dict[str, list[float]], description: str) -> None:
        text = description[:DESCRIPTION_CHARACTERS].lower()
        duties: Counter[str] = Counter()
        for match in self._lexicon.duty_index.longest(text):
            codes = self._lexicon.duties[match.term]
            for code in codes:
                duties[code] += 1 / len(codes)  # type: ignore[assignment]
        for code, _ in duties.most_common(FROM_TEXT_AT_MOST):
            found.setdefault(code, _without_term())
        lead: dict[str, float] = {}
        for match in self._lexicon.title_index.longest(text[:LEAD_CHARACTERS]):
            code = self._lexicon.titles[match.term].occupation_code
            lead.setdefault(code, 1 - match.start / LEAD_CHARACTERS)
        for code in list(lead)[:FROM_TEXT_AT_MOST]:
            found.setdefault(code, _without_term())
        for code, row in found.items():
            row[_AT["duties_log"]] = math.log1p(duties.get(code, 0))
            row[_AT["in_lead"]] = float(code in lead)
            row[_AT["lead_position"]] = lead.get(code, 0.0)


class _Alike:
    """What the hand-coded postings say of one posting."""

    def __init__(
        self,
        coded: HandCodedSimilarity | None,
        centroids: np.ndarray,
        nearest: np.ndarray,
        best: np.ndarray,
    ) -> None:
        self._column = coded.column if coded is not None else {}
        self._centroids, self._nearest = centroids, nearest
        self.codes = [coded.codes[i] for i in best if nearest[i] > 0] if coded is not None else []

    @classmethod
    def nothing(cls) -> "_Alike":
        """Nothing at all: no posting was coded by hand."""
        return cls(None, np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))

    def knows(self, code: str) -> bool:
        """Whether any posting was coded so by hand."""
        return code in self._column

    def of(self, code: str) -> tuple[float, float]:
        """Similarity to the code's centroid and to its nearest posting."""
        column = self._column.get(code)
        if column is None:
            return 0.0, 0.0
        return float(self._centroids[column]), float(self._nearest[column])


def _largest(scores: np.ndarray, count: int) -> np.ndarray:
    """Columns of the largest scores of each row, in no order."""
    last = min(count, scores.shape[1]) - 1
    return np.argpartition(-scores, last, axis=1)[:, : last + 1]


def _add_category(found: dict[str, list[float]], category: dict[str, float]) -> None:
    for code, is_whole in category.items():
        row = found.setdefault(code, _without_term())
        row[_AT["in_category"]] = 1.0
        row[_AT["is_category"]] = is_whole


def _of_match(match: Match, segment: str, bounds: set[int], is_first: bool) -> list[float]:
    length = match.end - match.start
    row = [0.0] * len(FEATURES)
    row[_AT["term_share_of_segment"]] = length / len(segment)
    row[_AT["term_length_log"]] = math.log(length)
    row[_AT["ends_segment"]] = float(match.end == len(segment))
    row[_AT["starts_at_word"]] = float(match.start in bounds)
    row[_AT["ends_at_word"]] = float(match.end in bounds)
    row[_AT["in_first_segment"]] = float(is_first)
    row[_AT["is_whole_segment"]] = float(length == len(segment))
    return row


def _offer(found: dict[str, list[float]], entry: Entry, row: list[float]) -> None:
    """Keep for each code of the entry the occurrence that says most for it."""
    row[_AT["is_variant"]] = float(entry.is_variant)
    for code in (entry.occupation_code, *entry.also_right):
        own = row.copy()
        own[_AT["is_also_right"]] = float(code != entry.occupation_code)
        if code not in found or _strength(own) > _strength(found[code]):
            found[code] = own


def _strength(row: list[float]) -> float:
    return sum(row[_FROM_TERM]) - 2 * row[_AT["is_also_right"]] - 2 * row[_AT["is_variant"]]


def _without_term() -> list[float]:
    row = [0.0] * len(FEATURES)
    row[_AT["not_in_title"]] = 1.0
    return row


def _outside(has_term: bool, best_similarity: float) -> list[float]:
    row = [0.0] * len(FEATURES)
    row[_AT["outside"]] = 1.0
    row[_AT["outside_without_term"]] = float(not has_term)
    row[_AT["outside_similarity"]] = best_similarity
    return row
