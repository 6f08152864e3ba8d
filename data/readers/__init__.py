"""Readers of everything that people hand in: csv, xlsx and parquet, Chinese or English headers."""

from .courses import COURSE_ADVERTISEMENTS
from .encoding import detect_encoding, open_text
from .headers import ALIASES, fold_header, recognise
from .limits import ReaderLimits
from .postings import posting_files, read_postings
from .tables import read_table, with_other_columns

__all__ = [
    "ALIASES",
    "COURSE_ADVERTISEMENTS",
    "ReaderLimits",
    "detect_encoding",
    "fold_header",
    "open_text",
    "posting_files",
    "read_postings",
    "read_table",
    "recognise",
    "with_other_columns",
]
