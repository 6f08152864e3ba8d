"""Texts as one array: equal pieces have equal hashes, and no text reaches into another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.segment import Segmenter
from nlp.text_batch import BREAK, Features, TextBatch, rank_within

# Few characters, so that pieces repeat; a break, a blank, Latin, and one outside the first plane.
CHARACTERS = "电焊工a1 \n👷"
TEXTS = st.lists(st.text(alphabet=CHARACTERS, max_size=12), max_size=8)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


def _known(features: Features) -> dict[int, list[int]]:
    """Hashes by text, in no order."""
    return {
        int(owner): sorted(features.key[features.owner == owner].tolist())
        for owner in np.unique(features.owner)
    }


def _hash(piece: str) -> int:
    """Hash of a piece that stands alone in its batch."""
    batch = TextBatch([piece])
    return int(batch.hashes(np.array([1]), np.array([1 + len(piece)]))[0])


@given(TEXTS, st.data())
def test_pieces_have_equal_hashes_exactly_when_they_are_equal(
    texts: list[str], data: st.DataObject
) -> None:
    batch = TextBatch(texts)
    ends = st.integers(0, len(batch.joined))
    bounds = data.draw(st.lists(st.tuples(ends, ends).map(sorted), min_size=2, max_size=20))
    starts, stops = np.array(bounds).T
    keys = batch.hashes(starts, stops).tolist()
    pieces = [batch.joined[start:stop] for start, stop in bounds]
    assert len(set(keys)) == len(set(pieces))
    assert len(set(zip(keys, pieces, strict=True))) == len(set(pieces))


@given(st.text(alphabet=CHARACTERS.replace(BREAK, ""), min_size=1, max_size=10), TEXTS, TEXTS)
def test_a_hash_does_not_depend_on_what_stands_around(
    piece: str, before: list[str], after: list[str]
) -> None:
    batch = TextBatch([*before, piece, *after])
    start = sum(len(text) + 1 for text in before) + 1
    assert batch.joined[start : start + len(piece)] == piece
    found = batch.hashes(np.array([start]), np.array([start + len(piece)]))
    assert found.tolist() == [_hash(piece)]


def test_pieces_of_the_same_characters_in_another_order_differ() -> None:
    pieces = ["电焊", "焊电", "电", "焊", "电焊电", "电电焊", "焊电电", "电焊 ", " 电焊"]
    assert len({_hash(piece) for piece in pieces}) == len(pieces)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@given(texts=TEXTS)
def test_runs_are_those_of_a_plain_loop(length: int, texts: list[str]) -> None:
    expected = {}
    for owner, text in enumerate(texts):
        plain = text.replace(BREAK, " ")
        framed = plain if length == 1 else f"{BREAK}{plain}{BREAK}"
        runs = [framed[i : i + length] for i in range(len(framed) - length + 1)] if plain else []
        if runs:
            expected[owner] = sorted(_hash_framed(run) for run in runs)
    assert _known(TextBatch(texts).runs(length)) == expected


def _hash_framed(run: str) -> int:
    """Hash of a run that may begin or end with the frame."""
    inner = run.strip(BREAK)
    batch = TextBatch([inner])
    start = 0 if run.startswith(BREAK) else 1
    return int(batch.hashes(np.array([start]), np.array([start + len(run)]))[0])


@given(texts=TEXTS)
def test_words_are_those_of_each_text_alone(segmenter: Segmenter, texts: list[str]) -> None:
    batch = TextBatch(texts)
    words = batch.words(segmenter)
    for owner, text in enumerate(texts):
        plain = text.replace(BREAK, " ")
        expected = [word for word in segmenter.cut(plain) if word != " "]
        mine = words.owner == owner
        bounds = zip(words.starts[mine], words.ends[mine], strict=True)
        assert [batch.joined[start:end] for start, end in bounds] == expected
        assert words.key[mine].tolist() == [_hash(word) for word in expected]
    assert (np.diff(words.starts) > 0).all()


@given(TEXTS)
def test_whole_texts_are_one_feature_each(texts: list[str]) -> None:
    whole = TextBatch(texts).whole()
    filled = {i: text.replace(BREAK, " ") for i, text in enumerate(texts) if text}
    assert whole.owner.tolist() == list(filled)
    assert whole.key.tolist() == [_hash(text) for text in filled.values()]


@given(TEXTS)
def test_every_character_knows_its_text(texts: list[str]) -> None:
    batch = TextBatch(texts)
    assert batch.size == len(texts)
    if texts:
        assert len(batch.owner) == len(batch.joined) == len(batch.characters)
    for owner, text in enumerate(texts):
        at = np.flatnonzero((batch.owner == owner) & ~batch.is_break)
        assert "".join(batch.joined[i] for i in at) == text.replace(BREAK, " ")


def test_breaks_inside_a_text_are_blanks(segmenter: Segmenter) -> None:
    with_break, with_blank = TextBatch(["电工\n焊工", "x"]), TextBatch(["电工 焊工", "x"])
    assert with_break.joined == with_blank.joined
    assert with_break.words(segmenter).owner.tolist() == [0, 0, 1]


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""]])
def test_empty_texts_have_no_features(texts: list[str], segmenter: Segmenter) -> None:
    batch = TextBatch(texts)
    assert batch.size == len(texts)
    found = [batch.runs(1), batch.runs(2), batch.runs(3), batch.words(segmenter), batch.whole()]
    assert [len(features.owner) for features in found] == [0] * 5


def test_empty_texts_between_others_keep_their_place() -> None:
    batch = TextBatch(["", "电", "", "工", ""])
    assert batch.whole().owner.tolist() == [1, 3]
    assert [batch.runs(n).owner.tolist() for n in (1, 2, 3)] == [[1, 3], [1, 1, 3, 3], [1, 3]]


def test_lone_surrogates_are_characters_like_others() -> None:
    batch = TextBatch(["\ud800电", "电\udfff", "\ud800"])
    assert [len(keys) for keys in _known(batch.runs(1)).values()] == [2, 2, 1]
    assert _hash("\ud800") in _known(batch.runs(1))[0]
    assert _hash("\ud800") != _hash("\udfff")


def test_hashes_are_the_same_on_every_machine() -> None:
    """The shipped arrays name features by them: another hash would make them all unknown."""
    base, mask = 0x9E3779B97F4A7C15, 2**64 - 1
    for piece in ("电", "电焊工", "java开发"):
        key = sum((ord(sign) + 1) * base**i for i, sign in enumerate(piece)) & mask
        key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9 & mask
        key = (key ^ (key >> 27)) * 0x94D049BB133111EB & mask
        assert _hash(piece) == key ^ (key >> 31)


def test_fields_have_features_of_their_own() -> None:
    plain = TextBatch(["电工", "焊工"]).whole()
    salted = [plain.salted(name) for name in ("word", "head", "employer")]
    keys = np.concatenate([plain.key, *(features.key for features in salted)])
    assert len(np.unique(keys)) == 8
    assert all(features.owner.tolist() == [0, 1] for features in salted)
    assert plain.salted("word").key.tolist() == salted[0].key.tolist()


def test_long_runs_are_read_whole(segmenter: Segmenter) -> None:
    batch = TextBatch(["中" * 200_000, "a" * 200_000])
    assert np.bincount(batch.runs(2).owner).tolist() == [200_001, 200_001]
    # All inner runs are one and the same feature, beside the first and the last.
    assert [len(set(keys)) for keys in _known(batch.runs(2)).values()] == [3, 3]
    assert (np.bincount(batch.words(segmenter).owner) > 0).all()


@given(st.lists(st.integers(0, 5), max_size=30).map(sorted))
def test_rank_within_counts_from_nought(owner: list[int]) -> None:
    expected = [owner[:i].count(value) for i, value in enumerate(owner)]
    assert rank_within(np.array(owner, dtype=np.intp)).tolist() == expected
