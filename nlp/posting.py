"""The texts of a posting that coding reads."""

from typing import NamedTuple

SEARCH_WORD_MARK = "搜索词"


class Posting(NamedTuple):
    """The texts of a posting that coding reads, normalised.

    Parameters
    ----------
    title, description : str
    category : str
        The board's category, a path whose steps are separated by slashes.
    industry : str
        Industry in the board's wording.
    employer : str
    """

    title: str
    description: str = ""
    category: str = ""
    industry: str = ""
    employer: str = ""


def is_search_word(category: str) -> bool:
    """Whether a category is only what somebody searched for, which is no evidence."""
    return category.startswith(SEARCH_WORD_MARK)
