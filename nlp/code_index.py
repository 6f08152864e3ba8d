"""Positions for the codes of the 大典, so that candidates are numbers until they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from data.reference import load_occupations
from data.reference.occupations import CODE_LENGTHS, LEVEL_NAMES

OUTSIDE = ""
UNIT_CODE_LENGTH = CODE_LENGTHS["unit"]
NO_GROUP = -1


@dataclass(frozen=True)
class CodeIndex:
    """All groups of the 大典, in the order of their codes, and one position for none of them.

    Attributes
    ----------
    codes : tuple of str
        Codes, ascending; `OUTSIDE` comes last.
    group : dict of str to numpy.ndarray of int
        For each level, the position of the group that holds a code, or `NO_GROUP` where the
        code itself is coarser.
    """

    codes: tuple[str, ...]
    position: dict[str, int]
    group: dict[str, np.ndarray]

    @property
    def outside(self) -> int:
        """Position of none of the occupations."""
        return len(self.codes) - 1

    @property
    def is_unit(self) -> np.ndarray:
        """Whether a position is a 细类."""
        return self.group["unit"] != NO_GROUP

    def positions(self, codes: Sequence[str]) -> np.ndarray:
        """Positions of known codes; the empty code is `OUTSIDE`."""
        return np.fromiter((self.position[code] for code in codes), dtype=np.intp, count=len(codes))

    def ancestors(self, position: int) -> tuple[int, ...]:
        """Positions of a group and of those that hold it, the deepest first."""
        held = [int(self.group[level][position]) for level in reversed(LEVEL_NAMES)]
        return tuple(place for place in held if place != NO_GROUP)


@cache
def code_index() -> CodeIndex:
    """Positions in the edition that the product ships.

    Examples
    --------
    >>> index = code_index()
    >>> welder = index.position["6-18-02-04"]
    >>> index.codes[index.group["minor"][welder]]
    '6-18-02'
    """
    codes = (*sorted(load_occupations().groups), OUTSIDE)
    position = {code: place for place, code in enumerate(codes)}
    group = {
        level: np.array(
            [position[code[:length]] if len(code) >= length else NO_GROUP for code in codes]
        )
        for level, length in CODE_LENGTHS.items()
    }
    return CodeIndex(codes, position, group)
