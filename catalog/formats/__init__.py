from .csv import flat_table, write_csv
from .edition import CONTRACTS, OPTIONAL_CONTRACTS, Edition, Status, edition_of
from .evidence import without_small_cells, write_evidence
from .html import render_html, write_html
from .json import structured, write_json
from .xlsx import ANNEX_SHEET, CATALOG_SHEET, write_xlsx

__all__ = [
    "ANNEX_SHEET",
    "CATALOG_SHEET",
    "CONTRACTS",
    "OPTIONAL_CONTRACTS",
    "Edition",
    "Status",
    "edition_of",
    "flat_table",
    "render_html",
    "structured",
    "without_small_cells",
    "write_csv",
    "write_evidence",
    "write_html",
    "write_json",
    "write_xlsx",
]
