"""Training classes and the list in force, as the bureau's books hold them."""

from collections.abc import Iterator

import numpy as np

from ..quarters import shift_quarter
from .facts import LIST_LENGTH
from .registers import Registers
from .structure import Structure

QUARTERS_OF_CLASSES = 8
_PASS_RATE = (0.75, 0.95)
_LEVELS = ("初级工", "中级工", "高级工")
_PROVIDERS = 40
_CLASS_AT_MOST = 200
_GRADE_A, _GRADE_B = 30, 60


def supply_rows(
    registers: Registers,
    structure: Structure,
    certificates: np.ndarray,
    generator: np.random.Generator,
) -> Iterator[tuple[str, ...]]:
    """Classes of the last eight quarters, and those planned for the next.

    Parameters
    ----------
    registers : Registers
    structure : Structure
    certificates : numpy.ndarray, shape (n_quarters, n_occupations)
        True certificates; those of fewer than one person are left out.
    generator : numpy.random.Generator
    """
    first = max(len(registers.quarters) - QUARTERS_OF_CLASSES, 0)
    for step in range(first, len(registers.quarters)):
        yield from _classes(
            registers.quarters[step], structure, certificates[step], generator, "已完成"
        )
    following = shift_quarter(registers.quarters[-1], 1)
    yield from _classes(following, structure, certificates[-1], generator, "计划")  # fmt: skip


def _classes(
    quarter: str,
    structure: Structure,
    certificates: np.ndarray,
    generator: np.random.Generator,
    status: str,
) -> Iterator[tuple[str, ...]]:
    for occupation in np.flatnonzero(certificates >= 1):
        left = round(float(certificates[occupation]))
        while left > 0:
            certified = min(left, _CLASS_AT_MOST)
            left -= certified
            enrolled = round(certified / generator.uniform(*_PASS_RATE))
            district = structure.districts[int(generator.integers(len(structure.districts)))]
            yield (
                quarter,
                structure.codes[occupation],
                _LEVELS[int(generator.integers(len(_LEVELS)))],
                district,
                f"示例第{1 + int(generator.integers(_PROVIDERS))}职业培训学校",
                str(enrolled),
                str(certified) if status == "已完成" else "",
                status,
                str(round(enrolled * 1.1)),
            )


def previous_rows(registers: Registers, structure: Structure) -> Iterator[tuple[str, ...]]:
    """The list of the quarter before: the hundred largest registered gaps, in three grades."""
    if len(registers.quarters) < 2:
        return
    gap = registers.openings[-2].sum(axis=1) - registers.seekers[-2]
    for rank, occupation in enumerate(np.argsort(-gap, kind="stable")[:LIST_LENGTH]):
        grade = "A" if rank < _GRADE_A else "B" if rank < _GRADE_B else "C"
        yield registers.quarters[-2], structure.codes[occupation], grade
