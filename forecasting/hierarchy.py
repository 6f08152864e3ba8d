"""Which series are sums of which: total, groups, groups within groups, and crossed groups.

A hierarchy is the summing matrix S of Hyndman, Ahmed, Athanasopoulos and Shang (2011,
Computational Statistics and Data Analysis 55, 2579-2589): all nodes are S times the bottom
series.  Groups may be crossed (sections by districts), and branches may end at different
depths: a series with a missing group has no node at that level, only those above.

Where the crossed series are too many or not known, two hierarchies of one total are joined
instead: their nodes then obey total = sum of sections = sum of districts, and S has a column
fewer than there are series without parts, one of them being what the others leave of the total.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from data.contract import REASON, Split
from data.errors import ConfigurationError, ContractError, EmptyInputError
from data.tables import SERIES

from .long_tables import names_of, numbers_of, refuse_repetition, require_columns

TOTAL = "total"
BOTTOM = "bottom"
SHOWN_PARTS = 5
UNKNOWN_SERIES = "该序列不在层级体系之中"

_SIGN = re.compile(r"\s*([/×])\s*")
_JOINED = {"/": "/", "×": " × "}


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Nodes of a hierarchy and how they add up.

    Parameters
    ----------
    nodes : tuple of str
        Names of all series: the sums in the order of the levels, then the bottom series.
    levels : tuple of str
        Level of every node, as in the specification; ``bottom`` for series without parts.
    summing : scipy.sparse.csr_array of shape (n_nodes, n_bottom)
        Ones where a bottom series is part of a node; its last rows are the identity.  In joined
        hierarchies minus one where a series lessens what is left for a node.
    sizes : numpy.ndarray of shape (n_nodes,)
        Bottom series in every node; in joined hierarchies the crossed ones, though not modelled.
    """

    nodes: tuple[str, ...]
    levels: tuple[str, ...]
    summing: sparse.csr_array
    sizes: np.ndarray

    @property
    def bottom(self) -> tuple[str, ...]:
        """Names of the bottom series, in the order of the columns."""
        return self.nodes[len(self.nodes) - self.summing.shape[1] :]

    @property
    def remainders(self) -> np.ndarray:
        """Positions of the series without parts that are what others leave of the total."""
        above = np.array(self.levels[: len(self.nodes) - len(self.bottom)])
        return np.flatnonzero(above == BOTTOM)

    @classmethod
    def from_groups(cls, table: pd.DataFrame, levels: Sequence[str]) -> "Hierarchy":
        """Build a hierarchy from the groups of its bottom series.

        Parameters
        ----------
        table : pandas.DataFrame
            One row a bottom series: ``series_id`` and the group columns; a missing or empty
            group means that the branch ends above.
        levels : sequence of str
            One group column, or several joined by ``/`` (nested) or ``×`` (crossed), a level;
            ``total`` is the sum of all. A node is named by its groups: ``C``, ``C/13``,
            ``C × 500103``. A level at which every node is one series is the bottom level and
            adds no nodes; nor does a node that is the bottom series of its name.

        Raises
        ------
        UnknownColumnsError
            When a column is missing.
        ContractError
            When a series or a column stands twice, or two nodes with different parts have one
            name.
        ConfigurationError
            When no level is given, or one names a column twice.
        EmptyInputError
            When there is no series.

        Examples
        --------
        >>> table = pd.DataFrame({"series_id": ["C13", "C14", "A"], "section": ["C", "C", "A"]})
        >>> hierarchy = Hierarchy.from_groups(table, ["total", "section"])
        >>> hierarchy.nodes
        ('total', 'C', 'C13', 'C14', 'A')
        >>> hierarchy.summing.toarray()[:2]
        array([[1., 1., 1.],
               [1., 1., 0.]])
        """
        if isinstance(levels, str) or not levels:
            raise ConfigurationError(
                "a hierarchy without levels", got=repr(levels), expected=f"such as ['{TOTAL}']"
            )
        bottom = _bottom_series(table)
        members = {name: (BOTTOM, np.array([place])) for place, name in enumerate(bottom)}
        sums: dict[str, tuple[str, np.ndarray]] = {}
        for level in levels:
            for name, places in _nodes_of_level(table, level).items():
                known = (members | sums).get(name)
                if known is None:
                    sums[name] = (level, places)
                elif not np.array_equal(known[1], places):
                    raise ContractError(
                        "two nodes of a hierarchy have one name but different parts",
                        which=[name],
                        got=f"levels {known[0]} and {level}",
                        action="rename the groups of one level",
                    )
        ordered = sums | members
        parts = [places for _, places in ordered.values()]
        starts = np.cumsum([0, *(len(places) for places in parts)])
        columns = np.concatenate(parts)
        summing = sparse.csr_array(
            (np.ones(columns.size), columns, starts), shape=(len(ordered), len(bottom))
        )
        sizes = np.diff(starts).astype(float)
        return cls(tuple(ordered), tuple(level for level, _ in ordered.values()), summing, sizes)

    def joined(self, other: "Hierarchy") -> "Hierarchy":
        """Put another division of the same total beside this one, without crossing the two.

        Parameters
        ----------
        other : Hierarchy
            Its first bottom series becomes what its other series leave of the total: let that
            be one that is certainly not zero, such as the largest.

        Returns
        -------
        Hierarchy
            The nodes of both, the total once.

        Raises
        ------
        ContractError
            When one has no node ``total``, or they share another name.

        Examples
        --------
        >>> sections = pd.DataFrame({"series_id": ["A", "C"]})
        >>> districts = pd.DataFrame({"series_id": ["500101", "500102"]})
        >>> both = [Hierarchy.from_groups(table, ["total"]) for table in (sections, districts)]
        >>> joined = both[0].joined(both[1])
        >>> joined.nodes, joined.bottom
        (('total', '500101', 'A', 'C', '500102'), ('A', 'C', '500102'))
        >>> joined.summing.toarray()[1]
        array([ 1.,  1., -1.])
        """
        self._require_one_total(other)
        own, theirs = self.summing.toarray(), other.summing.toarray()
        total, their_total = self.nodes.index(TOTAL), other.nodes.index(TOTAL)
        # The other's nodes by this one's columns, and by its own but the first.
        rest = np.hstack([np.outer(theirs[:, 0], own[total]), theirs[:, 1:] - theirs[:, :1]])
        rows = np.vstack([np.pad(own, ((0, 0), (0, theirs.shape[1] - 1))), rest])
        names = np.array([*self.nodes, *other.nodes])
        levels = np.array([*self.levels, *other.levels])
        crossed = [self.sizes * other.sizes[their_total], other.sizes * self.sizes[total]]
        places = np.delete(np.arange(names.size), len(self.nodes) + their_total)
        is_bottom = np.isin(names[places], [*self.bottom, *other.bottom[1:]])
        order = [*places[~is_bottom], *places[is_bottom]]
        return Hierarchy(
            tuple(names[order].tolist()),
            tuple(levels[order].tolist()),
            sparse.csr_array(rows[order]),
            np.concatenate(crossed)[order],
        )

    def _require_one_total(self, other: "Hierarchy") -> None:
        shared = set(self.nodes) & set(other.nodes)
        if TOTAL not in shared or len(shared) > 1:
            raise ContractError(
                "hierarchies that cannot be joined",
                which=sorted(shared),
                expected=f"'{TOTAL}' as the one node of both",
                action="build both with that level, and rename the other nodes of one",
            )

    def arranged(self, table: pd.DataFrame, column: str) -> pd.DataFrame:
        """Arrange one column of a long table by node and period.

        Parameters
        ----------
        table : pandas.DataFrame
            ``series_id, period`` and the column; rows of other series are left out.
        column : str
            Column of numbers.

        Returns
        -------
        pandas.DataFrame
            One row a node, one column a period; NaN where the table has no finite number.

        Raises
        ------
        UnknownColumnsError
            When a column is missing.
        ContractError
            When a series stands twice in a period.
        """
        keys = ["series_id", "period"]
        require_columns(table, [*keys, column], "a table of series")
        refuse_repetition(table, keys, column)
        keyed = numbers_of(table[column]).set_axis(pd.MultiIndex.from_frame(table[keys]))
        wide = keyed.unstack("period").reindex(list(self.nodes))  # noqa: PD010
        return wide.where(np.isfinite(wide))

    def check(
        self,
        values: pd.DataFrame,
        relative_tolerance: float = 0.001,
        absolute_tolerance: float = 1e-6,
    ) -> Split[pd.DataFrame]:
        """Find published sums that are not the sum of their parts.

        Parameters
        ----------
        values : pandas.DataFrame
            Contract SERIES: ``series_id, period, value`` of sums and bottom series.
        relative_tolerance : float
            Largest difference, as a share of the published value, that rounding may explain.
        absolute_tolerance : float
            Largest difference in units of the value.

        Returns
        -------
        Split
            Sound rows, and rejected ones with the reason in Chinese: sums that differ, with the
            bottom series that have no value in the period, and series outside the hierarchy.
            A sum of which no part has a value cannot be compared and is sound. Of joined
            hierarchies, check each before joining them.

        Raises
        ------
        UnknownColumnsError
            When a column of the contract is missing.
        """
        valid, broken = SERIES.split(values)
        reasons = pd.Series(index=valid.index, dtype="str")
        reasons[~valid["series_id"].isin(self.nodes)] = UNKNOWN_SERIES
        wide = self.arranged(valid, "value")
        published = wide.to_numpy()
        bottom = published[-len(self.bottom) :]
        sums = self.summing @ np.nan_to_num(bottom)
        present = self.summing @ (~np.isnan(bottom)).astype(float)
        allowed = np.maximum(absolute_tolerance, relative_tolerance * np.abs(published))
        rows = wide.index.get_indexer(valid["series_id"])
        columns = wide.columns.get_indexer(valid["period"])
        wrong = (np.abs(published - sums) > allowed) & (present > 0)
        for place in np.flatnonzero((rows >= 0) & wrong[rows, columns]):
            at = rows[place], columns[place]
            missing = self._missing_parts(at[0], bottom[:, at[1]])
            reasons.iloc[int(place)] = _difference(published[at], sums[at], missing)
        faulty = reasons.notna()
        rejected = [valid[faulty].assign(**{REASON: reasons[faulty]}), broken]
        filled = [rows for rows in rejected if len(rows)] or rejected[:1]
        return Split(
            valid[~faulty].reset_index(drop=True), pd.concat(filled).reset_index(drop=True)
        )

    def _missing_parts(self, node: int, bottom: np.ndarray) -> list[str]:
        """Name the bottom series of a node that have no value."""
        parts = self.summing.indices[self.summing.indptr[node] : self.summing.indptr[node + 1]]
        return [self.bottom[part] for part in parts if np.isnan(bottom[part])]


def _bottom_series(table: pd.DataFrame) -> list[str]:
    require_columns(table, ["series_id"], "the table of groups")
    names = names_of(table["series_id"])
    if not len(names):
        raise EmptyInputError("a hierarchy without series")
    unusable = names.isna() | names.duplicated()
    if unusable.any():
        raise ContractError(
            "bottom series of a hierarchy that are missing or stand twice",
            which=names[unusable].tolist(),
            expected="one row a series",
        )
    return names.tolist()


def _nodes_of_level(table: pd.DataFrame, level: str) -> dict[str, np.ndarray]:
    """Positions of the bottom series in every node of a level, nodes by name."""
    if level == TOTAL and TOTAL not in table.columns:
        return {TOTAL: np.arange(len(table))}
    columns = _SIGN.split(level.strip())[::2]
    signs = _SIGN.split(level.strip())[1::2]
    if len(set(columns)) < len(columns):
        raise ConfigurationError(
            "a level of a hierarchy names a column twice", got=repr(level), expected="each once"
        )
    require_columns(table, columns, f"the table of groups for the level '{level}'")
    groups = table[columns].apply(names_of).reset_index(drop=True)
    known = (table[columns].notna().to_numpy() & (groups != "").to_numpy()).all(axis=1)
    names = groups[columns[0]]
    for sign, column in zip(signs, columns[1:], strict=True):
        names = names + _JOINED[sign] + groups[column]
    distinct = names[groups[known].drop_duplicates().index]
    if distinct.duplicated().any():
        raise ContractError(
            f"groups of the level '{level}' that differ but are joined to one name",
            which=distinct[distinct.duplicated()].unique().tolist(),
            action="rename them without the signs that join names, / and ×",
        )
    positions = names[known].groupby(names[known]).indices
    nodes = {str(name): np.flatnonzero(known)[at] for name, at in positions.items()}
    return nodes if any(places.size > 1 for places in nodes.values()) else {}


def _difference(published: float, total: float, missing: list[str]) -> str:
    """Say in Chinese how far a published sum is from its parts."""
    text = (
        f"与分项之和不符：公布数{published:.10g}，分项合计{total:.10g}，相差{published - total:.6g}"
    )
    if not missing:
        return text
    shown = "、".join(missing[:SHOWN_PARTS]) + ("等" if len(missing) > SHOWN_PARTS else "")
    return f"{text}；本期缺少{len(missing)}个分项：{shown}"
