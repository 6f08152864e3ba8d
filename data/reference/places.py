"""Recognition of places: from what a board prints to a county-level unit of Chongqing.

A name counts where the text starts with 重庆 or consists of nothing but the name: 江北区 also
lies in 宁波, 南岸 and 城口 are words elsewhere.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

# A place is short; whatever follows cannot change the district.
LONGEST_PLACE = 120
CODE_PREFIX = "50"
_CODE = re.compile(r"(\d{6})(?:\d{3}|\d{6})?")
_SEPARATORS = re.compile(r"[\s/\\\-–—_·•・‧,，、>＞|｜;；:：.。()（）\[\]【】]")
_COUNTRY = re.compile(r"(?:中华人民共和国|中国)")
_CITY = re.compile(r"(?:重庆市|重庆|chongqingshi|chongqing)", re.IGNORECASE)
# 重庆路, 重庆中路, 重庆大厦: a street or a house in another city.
_STREET = re.compile(r"重庆(?:[东南西北中一二三]?路|[东南西北中]?街|大道|大厦|广场|高架)")
_FILLER = re.compile(r"(?:市辖区|主城区|主城|县(?!$))")
_STREET_REST = re.compile(r"(?:[东南西北中一二三]?路|大道|大厦)")


@dataclass(frozen=True)
class PlaceNames:
    """Names that lead to a unit valid on one day.

    Parameters
    ----------
    codes : mapping
        Code as printed (valid, former or abolished) to the code valid on the day.
    names : mapping
        Name, former name or zone to the code valid on the day; the empty text where the name
        is of Chongqing but spans several units.
    bare_names : frozenset of str
        The names that count without 重庆 before them.
    moved : mapping
        Street or town that changed hands, by the code its old unit's name leads to.
    """

    codes: Mapping[str, str]
    names: Mapping[str, str]
    bare_names: frozenset[str]
    moved: Mapping[str, Mapping[str, str]]
    longest_name: int = field(init=False)

    def __post_init__(self) -> None:
        longest = max((len(name) for name in self.names), default=0)
        object.__setattr__(self, "longest_name", longest)

    def code_of(self, text: object) -> str | None:
        """Code of the unit that a text names, or None."""
        city_named, rest = _split(text)
        if code := _CODE.fullmatch(rest):
            return self.codes.get(code[1])
        name = self._leading_name(rest)
        if name is None or not (city_named or (name == rest and name in self.bare_names)):
            return None
        remainder = rest[len(name) :]
        if _STREET_REST.match(remainder):
            return None
        places = self.moved.get(name, {})
        place = next((each for each in places if remainder.startswith(each)), None)
        return (places[place] if place else self.names[name]) or None

    def is_chongqing(self, text: object) -> bool:
        """Whether a text names Chongqing or a unit of it."""
        city_named, rest = _split(text)
        code = _CODE.fullmatch(rest)
        if code:
            return city_named or rest.startswith(CODE_PREFIX)
        return city_named or rest in self.bare_names

    def _leading_name(self, text: str) -> str | None:
        """Longest known name at the start of a text."""
        lengths = range(min(self.longest_name, len(text)), 0, -1)
        return next((text[:n] for n in lengths if text[:n] in self.names), None)


def fold_name(name: str) -> str:
    """Fold a name for comparison: NFKC, without blanks and separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name))


def _split(text: object) -> tuple[bool, str]:
    """Whether the text starts with Chongqing, and what stands after it."""
    if not isinstance(text, str):
        return False, ""
    rest = fold_name(text.strip()[:LONGEST_PLACE])
    if country := _COUNTRY.match(rest):
        rest = rest[country.end() :]
    if _STREET.match(rest):
        return False, rest
    city_named = False
    while city := _CITY.match(rest):
        city_named, rest = True, rest[city.end() :]
    if city_named:
        while filler := _FILLER.match(rest):
            rest = rest[filler.end() :]
    return city_named, rest
