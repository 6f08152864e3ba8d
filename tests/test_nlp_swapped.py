"""Texts of another job agree less with their titles than a title's own text."""

import numpy as np
import pytest

from nlp import Coder, Posting
from nlp.swapped import AGREEMENT_OF_DOUBT, agreement_of_title_and_description

TEXTS = {
    "会计": "负责账务处理、纳税申报、编制财务报表，持会计证",
    "货车司机": "驾驶货车送货，持B2驾驶证，熟悉市区道路",
    "java开发工程师": "负责后端开发，熟悉java、spring、mysql数据库",
    "房产经纪人": "带客户看房，房源开发，促成二手房买卖",
}


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder.load()


def test_swapped_texts_agree_less_than_the_own(coder: Coder) -> None:
    titles, texts = list(TEXTS), list(TEXTS.values())
    own = [Posting(*pair) for pair in zip(titles, texts, strict=True)]
    other = [Posting(*pair) for pair in zip(titles, texts[1:] + texts[:1], strict=True)]
    before = agreement_of_title_and_description(coder, own)
    after = agreement_of_title_and_description(coder, other)
    assert (after["agreement"] < before["agreement"]).all()
    assert not before["is_doubtful"].any()
    assert after["is_doubtful"].sum() >= 2


def test_what_says_nothing_raises_no_doubt(coder: Coder) -> None:
    told = agreement_of_title_and_description(
        coder, [Posting("会计"), Posting("", "看房"), Posting("")]
    )
    assert told["agreement"].isna().all()
    assert not told["is_doubtful"].any()


def test_agreement_is_a_share_and_does_not_depend_on_the_batch(coder: Coder) -> None:
    postings = [Posting(*pair) for pair in TEXTS.items()]
    together = agreement_of_title_and_description(coder, postings)
    alone = [agreement_of_title_and_description(coder, [each]) for each in postings]
    np.testing.assert_allclose(together["agreement"], [one["agreement"].item() for one in alone])
    assert together["agreement"].between(AGREEMENT_OF_DOUBT, 1).all()
