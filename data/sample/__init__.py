"""The built-in sample: a small invented labour market for demonstrations and tests."""

from .occupations import CROWDED, SHORT
from .write import write_sample

__all__ = ["CROWDED", "SHORT", "write_sample"]
