"""The order in which an area's parts are listed: the whole, its regions, their districts."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from data.reference.districts import District, Districts
from forecasting.hierarchy import TOTAL

WHOLE, REGION, DISTRICT = "全市", "片区", "区县"
INDENTATION = "\u3000"


class Place(NamedTuple):
    """A series, what level it is of, and its name, indented as deep as it lies."""

    series_id: str
    level: str
    name: str


def places_in_order(series: Collection[str], units: Districts) -> list[Place]:
    """List the whole, then region by region, the one with the central districts first.

    Parameters
    ----------
    series : collection of str
        ``total``, names of regions and subregions, and codes of districts.
    units : Districts
        Units of the day whose boundaries count.

    Examples
    --------
    >>> from data.reference import load_districts
    >>> units = load_districts("2026-11-23")
    >>> series = ["500101", "500103", "500118", "主城都市区", "total"]
    >>> [place.name.replace(INDENTATION, ">") for place in places_in_order(series, units)]
    ['全市', '>主城都市区', '>>渝中区', '>>永川区', '>万州区']
    """
    chosen = [units.unit(code) for code in units.codes if code in series]
    whole = [Place(TOTAL, WHOLE, WHOLE)] if TOTAL in series else []
    return [*whole, *_within(chosen, ("region", "subregion"), set(series), depth=1)]


def _within(
    units: list[District], levels: tuple[str, ...], series: set[str], *, depth: int
) -> Iterator[Place]:
    """Regions of the first level with what lies in them, or the districts below all levels."""
    if not levels:
        for unit in units:
            yield Place(unit.code, DISTRICT, INDENTATION * depth + unit.name)
        return
    groups: dict[str, list[District]] = {}
    for unit in sorted(units, key=lambda unit: (not unit.central_urban, unit.code)):
        groups.setdefault(getattr(unit, levels[0]), []).append(unit)
    for name, inside in groups.items():
        if is_listed := name in series:
            yield Place(name, REGION, INDENTATION * depth + name)
        rest = series - {name}
        yield from _within(inside, levels[1:], rest, depth=depth + is_listed)
