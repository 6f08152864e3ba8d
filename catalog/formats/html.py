"""`catalog.html`: the release as one printable page without scripts or foreign resources."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from .edition import Edition
from .guidance import (
    coverage_view,
    gate_view,
    input_view,
    key_points,
    reading_guide,
)
from .requirements import requirements_notes, requirements_view
from .surveys import SURVEYS_NOTE, surveys_view
from .views import (
    annex_view,
    catalog_views,
    changes_view,
    demand_view,
    district_outlook_view,
    format_cell,
    outlook_view,
)
from .wording import SYNTHETIC_BANNER

TEMPLATE = "catalog.html"
DEMAND_ROWS = 50
REQUIREMENTS_ROWS = 10


def write_html(edition: Edition, path: Path, charts: Sequence[tuple[str, str]]) -> Path:
    """Write the page.

    Parameters
    ----------
    edition : Edition
        What to print.
    path : pathlib.Path
        File to write.
    charts : sequence of (str, str)
        Path of each picture relative to the page, and its description in Chinese.
    """
    path.write_text(render_html(edition, charts), encoding="utf-8", newline="\n")
    return path


def render_html(edition: Edition, charts: Sequence[tuple[str, str]]) -> str:
    """Return the page as text; every text of the draft is escaped."""
    draft = edition.draft
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["cell"] = format_cell
    source = files("catalog").joinpath("templates", TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(source).render(
        edition=edition,
        draft=draft,
        banner=SYNTHETIC_BANNER,
        key_points=key_points(draft),
        catalog=catalog_views(draft),
        annex=annex_view(draft),
        changes=changes_view(draft),
        compared=bool(draft.ranking["previous_grade"].notna().any()),
        demand=demand_view(draft, DEMAND_ROWS),
        demand_total=len(draft.demand),
        surveys=surveys_view(draft),
        surveys_note=SURVEYS_NOTE,
        outlook=outlook_view(draft),
        districts=district_outlook_view(draft),
        requirements=requirements_view(draft, REQUIREMENTS_ROWS),
        requirements_notes=requirements_notes(draft),
        charts=charts,
        quality=[
            view
            for view in (
                input_view(draft.quality), gate_view(draft.quality), coverage_view(draft.quality)
            )
            if view.rows
        ],
        guide=reading_guide(edition),
    )  # fmt: skip
