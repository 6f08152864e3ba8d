"""The eight skill levels (新八级工), from 学徒工 to 首席技师."""

from dataclasses import dataclass
from functools import cache

from .tables import reference_table


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """A skill level.

    Parameters
    ----------
    rank : int
        Position from below, 1 to 8.
    name : str
        Such as 高级工.
    certificate_level : str
        Level on the certificate, such as 三级; empty where none is printed.
    five_level_base : bool
        Whether it is one of the five levels of the national system.
    """

    rank: int
    name: str
    certificate_level: str
    five_level_base: bool


@cache
def load_skill_levels() -> tuple[SkillLevel, ...]:
    """Load the eight levels from below.

    Examples
    --------
    >>> [level.name for level in load_skill_levels() if level.five_level_base]
    ['初级工', '中级工', '高级工', '技师', '高级技师']
    """
    return tuple(
        SkillLevel(
            int(record["rank"]),
            record["name"],
            record["certificate_level"],
            record["five_level_base"] == "true",
        )
        for record in reference_table("skill_levels").records()
    )


def skill_level_of(text: str) -> SkillLevel | None:
    """Recognise a level by its name, its certificate level or both; None when it is neither.

    Examples
    --------
    >>> skill_level_of("三级/高级工").rank, skill_level_of("五级").name, skill_level_of("初级").rank
    (4, '初级工', 2)
    >>> skill_level_of("熟练工") is None
    True
    """
    parts = set(text.replace("（", "/").replace("(", "/").strip("()） ").split("/"))
    found = [level for level in load_skill_levels() if parts <= _spellings(level)]
    return found[0] if found else None


def _spellings(level: SkillLevel) -> set[str]:
    spellings = {level.name}
    if level.certificate_level:
        spellings |= {level.certificate_level, f"职业技能等级{level.certificate_level}"}
    if level.five_level_base and level.name.endswith("工"):
        spellings.add(level.name.removesuffix("工"))
    return spellings
