"""County-level units of Chongqing on a day, and figures of former units on today's map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from ..errors import InputError, UnknownCodeError, UnknownColumnsError
from .places import PlaceNames, fold_name
from .tables import reference_table, unknown_code

UNBOUNDED = (date.min, date.max)
# Texts are compared without a leading 重庆.
CITY = "重庆"


@dataclass(frozen=True, slots=True)
class District:
    """A county-level unit, or a functional zone lying inside one or several units.

    Parameters
    ----------
    code : str
        GB/T 2260 code; empty for a zone.
    kind : str
        district, county, autonomous_county or functional_zone.
    within : tuple of str
        Codes of the units a zone lies in.
    valid_from, valid_to : datetime.date
        First and last day.
    region, subregion : str
        Of 一区两群 (2020); ``_2024_plan`` of the spatial plan of 2024.
    rural_key_county : str
        none, national, municipal or treated_alike.
    """

    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...]
    former_codes: tuple[str, ...]
    kind: str
    within: tuple[str, ...]
    valid_from: date
    valid_to: date
    region: str
    subregion: str
    region_2024_plan: str
    subregion_2024_plan: str
    central_urban: bool
    rural_key_county: str

    def is_valid(self, on: date) -> bool:
        """Whether the unit exists on a day."""
        return self.valid_from <= on <= self.valid_to


@dataclass(frozen=True, slots=True)
class Transfer:
    """Share of a unit's figures that a change of boundaries hands to a unit."""

    from_code: str
    to_code: str
    valid_from: date
    weight: float
    places: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Districts:
    """The units valid on one day.

    Examples
    --------
    >>> districts = load_districts("2026-11-23")
    >>> len(districts.units), districts.name("500157")
    (37, '两江新区')
    >>> [districts.code_of(place) for place in ("重庆-江津市", "渝北", "宁波-江北区")]
    ['500116', '500157', None]
    """

    on: date
    units: tuple[District, ...]
    transfers: tuple[Transfer, ...]
    _by_code: Mapping[str, District]
    _places: PlaceNames

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the units, sorted."""
        return tuple(unit.code for unit in self.units)

    @property
    def table(self) -> pd.DataFrame:
        """The units' rows of the reference table as a new frame."""
        frame = reference_table("districts").frame()
        return frame[frame["district_code"].isin(self.codes)].reset_index(drop=True)

    def unit(self, code: str) -> District:
        """Return the unit of a code.

        Raises
        ------
        UnknownCodeError
            When no unit has the code on this day; the message names the nearest ones.
        """
        try:
            return self._by_code[code]
        except (KeyError, TypeError):
            names = {known: unit.name for known, unit in self._by_code.items()}
            raise unknown_code(f"district code on {self.on}", code, names) from None

    def name(self, code: str) -> str:
        """Official name of a unit."""
        return self.unit(code).name

    def code_of(self, text: object) -> str | None:
        """Code of the unit, valid on this day, that a place text names; else None.

        An abolished unit leads to the one that took its larger part, a street or town that
        moved leads to its new unit.  Takes time linear in the text.

        Examples
        --------
        >>> districts = load_districts("2026-11-23")
        >>> districts.code_of("重庆·北碚·水土"), districts.code_of("重庆市/北碚区")
        ('500157', '500109')
        """
        return self._places.code_of(text)

    def is_chongqing(self, text: object) -> bool:
        """Whether a place text names Chongqing, one of its units, or a code of it."""
        return self._places.is_chongqing(text)

    def apportion(
        self,
        frame: pd.DataFrame,
        value_columns: Sequence[str],
        *,
        on: date | str | pd.Series,
    ) -> pd.DataFrame:
        """Spread figures drawn within former boundaries over the units of this day.

        Parameters
        ----------
        frame : pandas.DataFrame
            Column district_code (missing = unknown, kept), the value columns, and any others,
            which stay as keys.
        value_columns : sequence of str
            Additive figures, such as openings; not rates or medians.
        on : date, ISO text, or Series of dates aligned with the frame
            Day whose boundaries the figures follow: 北碚区 keeps its code but not its area.

        Returns
        -------
        pandas.DataFrame
            The frame's columns; rows that came to share all keys are added up, values are
            floating point.

        Raises
        ------
        UnknownColumnsError
            When a column is missing.
        UnknownCodeError
            When a code is neither valid on this day nor a former one.

        Examples
        --------
        >>> districts = load_districts("2026-11-23")
        >>> old = pd.DataFrame({"district_code": ["500105", "500112"], "openings": [10, 100]})
        >>> districts.apportion(old, ["openings"], on="2025-09-30").values.tolist()
        [['500157', 107.0], ['500109', 3.0]]
        """
        values = list(value_columns)
        missing = [c for c in ("district_code", *values) if c not in frame.columns]
        if missing:
            raise UnknownColumnsError("the frame to apportion lacks columns", which=missing)
        work = frame.astype(dict.fromkeys(values, "float64")).reset_index(drop=True)
        days = on.to_numpy() if isinstance(on, pd.Series) else str(on)
        drawn = pd.to_datetime(pd.Series(days, index=work.index))
        work["district_code"] = work["district_code"].replace(self._former_codes())
        for day in sorted({transfer.valid_from for transfer in self.transfers}):
            work, drawn = self._handed_over(work, drawn, values, day)
        self._require_valid(work["district_code"])
        keys = [column for column in frame.columns if column not in values]
        added = work.groupby(keys, dropna=False, sort=False, as_index=False)[values]
        return added.sum(min_count=1)[list(frame.columns)]

    def _former_codes(self) -> dict[str, str]:
        return {former: unit.code for unit in self.units for former in unit.former_codes}

    def _handed_over(
        self, work: pd.DataFrame, drawn: pd.Series, values: list[str], day: date
    ) -> tuple[pd.DataFrame, pd.Series]:
        """Split the rows drawn before a day's change; an abolished code is old whatever its day."""
        transfers = [each for each in self.transfers if each.valid_from == day]
        senders = {each.from_code for each in transfers}
        before = (drawn < pd.Timestamp(day)) | ~work["district_code"].isin(self.codes)
        split = (work["district_code"].isin(senders) & before).to_numpy()
        if not split.any():
            return work, drawn
        parts, days = [work[~split]], [drawn[~split]]
        for each in transfers:
            sent = split & (work["district_code"] == each.from_code).to_numpy()
            part = work[sent].assign(district_code=each.to_code)
            part[values] = part[values] * each.weight
            parts.append(part)
            days.append(drawn[sent])
        return (
            pd.concat(parts, ignore_index=True),
            pd.concat(days, ignore_index=True),
        )

    def _require_valid(self, codes: pd.Series) -> None:
        unknown = sorted(set(codes.dropna()) - set(self.codes))
        if unknown:
            raise UnknownCodeError(
                f"districts that do not exist on {self.on}",
                which=unknown,
                expected=f"one of {len(self.codes)} county-level codes",
            )


def load_districts(on: date | str) -> Districts:
    """Load the county-level units of Chongqing on a day.

    The table models the change of 2025-11-06; for days before 2016-11-24 it gives the units
    of that day, whose predecessors are known by former names and codes.

    Raises
    ------
    InputError
        When the day is neither a date nor ISO text.
    """
    try:
        day = on if isinstance(on, date) else date.fromisoformat(on)
    except (TypeError, ValueError):
        raise InputError("not a day", got=repr(on), expected="a form like 2026-11-23") from None
    return _districts(date(day.year, day.month, day.day))


@lru_cache(maxsize=64)
def _districts(on: date) -> Districts:
    known = [_district(record) for record in reference_table("districts").records()]
    transfers = tuple(
        transfer
        for transfer in map(_transfer, reference_table("district_apportionment").records())
        if transfer.valid_from <= on
    )
    units = tuple(unit for unit in known if unit.code and unit.is_valid(on))
    return Districts(
        on,
        units,
        transfers,
        MappingProxyType({unit.code: unit for unit in units}),
        _place_names(known, units, transfers, on),
    )


def _place_names(
    known: Iterable[District],
    units: Iterable[District],
    transfers: Iterable[Transfer],
    on: date,
) -> PlaceNames:
    """Names in rising order of precedence: zones, abolished units, units of the day."""
    main = _main_successors(transfers)
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    bare: set[str] = set()
    for zone in (each for each in known if not each.code and each.is_valid(on)):
        code = zone.within[0] if len(zone.within) == 1 else ""
        spellings = {fold_name(name) for name in (zone.name, zone.short_name, *zone.aliases)}
        names |= {name.removeprefix(CITY): code for name in spellings}
        bare |= {name for name in (zone.name, zone.short_name) if not name.startswith(CITY)}
    abolished = [each for each in known if each.code and each.valid_to < on]
    for unit in (*abolished, *units):
        code = unit.code if unit.is_valid(on) else main[unit.code]
        spellings = {fold_name(n) for n in (unit.name, unit.short_name, *unit.aliases)}
        names |= {name.removeprefix(CITY): code for name in spellings}
        codes |= dict.fromkeys((unit.code, *unit.former_codes), code)
        bare |= spellings
    moved: dict[str, dict[str, str]] = {}
    for transfer in transfers:
        sender = next(unit for unit in known if unit.code == transfer.from_code)
        for name in {sender.name, sender.short_name, *sender.aliases}:
            moved.setdefault(name, {}).update(dict.fromkeys(transfer.places, transfer.to_code))
    return PlaceNames(
        MappingProxyType(codes), MappingProxyType(names), frozenset(bare), MappingProxyType(moved)
    )


def _main_successors(transfers: Iterable[Transfer]) -> dict[str, str]:
    """Find the unit that received the largest share, by sender."""
    ordered = sorted(transfers, key=lambda transfer: transfer.weight)
    return {transfer.from_code: transfer.to_code for transfer in ordered}


def _district(record: dict[str, str]) -> District:
    first, last = UNBOUNDED
    return District(
        record["district_code"],
        record["name"],
        record["short_name"],
        _listed(record["aliases"]),
        _listed(record["former_codes"]),
        record["kind"],
        _listed(record["within_code"]),
        date.fromisoformat(record["valid_from"]) if record["valid_from"] else first,
        date.fromisoformat(record["valid_to"]) if record["valid_to"] else last,
        record["region"],
        record["subregion"],
        record["region_2024_plan"],
        record["subregion_2024_plan"],
        record["central_urban"] == "true",
        record["rural_key_county"],
    )


def _transfer(record: dict[str, str]) -> Transfer:
    return Transfer(
        record["from_code"],
        record["to_code"],
        date.fromisoformat(record["valid_from"]),
        float(record["weight"]),
        _listed(record["places"]),
        record["basis"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
