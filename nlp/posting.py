"""The texts of a posting that coding reads."""

from typing import NamedTuple

SEARCH_WORD_MARK = "搜索词"


class Posting(NamedTuple):
    """The texts of a posting that coding reads, normalised."""

    title: str
    description: str = ""
    category: str = ""


def is_search_word(category: str) -> bool:
    """Whether a category is only what somebody searched for, which is no evidence."""
    return category.startswith(SEARCH_WORD_MARK)
