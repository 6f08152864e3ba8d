"""What all charts share: colours, the frame with title and source, and how they are written."""

import io
from textwrap import shorten

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from catalog.fonts import keep_font

# Okabe and Ito's palette, distinguishable with every common colour blindness; the marker and the
# letter repeat what the colour says, so that a photocopy keeps it.
VERMILION, ORANGE, BLUE, SKY, GREEN, GREY = (
    "#D55E00", "#E69F00", "#0072B2", "#56B4E9", "#009E73", "#8C8C8C",
)  # fmt: skip
GRADE_COLOURS = {"A": VERMILION, "B": ORANGE, "C": BLUE, "N": GREY, "X": "#BDBDBD"}
GRADE_MARKERS = {"A": "o", "B": "s", "C": "^", "N": "D", "X": "x"}
INK, FAINT = "#222222", "#DDDDDD"

HASH_SALT = "jinque"
DOTS_PER_INCH = 150
WIDTH_INCHES = 8.0


def new_figure(height_inches: float) -> Figure:
    """Make an empty figure of the common width, outside of pyplot's global list."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def finish(figure: Figure, title: str, source: str) -> Figure:
    """Add title and source note, thin the frames, and fix the font."""
    figure.suptitle(title, fontsize=13, color=INK)
    figure.supxlabel(source, fontsize=7.5, color="#555555", x=0.01, ha="left")
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8.5, color=FAINT)
        axes.set_axisbelow(True)
    return keep_font(figure)


def legend_above(axes: Axes, *, columns: int) -> None:
    """Put the legend between title and frame, where it can cover no figure."""
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns, fontsize=8.5, frameon=False
    )


def clip(name: str, characters: int = 20) -> str:
    """Make a name fit a label, cut with an ellipsis; line breaks become spaces.

    Examples
    --------
    >>> clip("机床装调维修工", 5)
    '机床装调…'
    """
    flat = shorten(name, width=10_000, placeholder="…")
    return flat if len(flat) <= characters else flat[: characters - 1] + "…"


def svg_bytes(figure: Figure) -> bytes:
    """Write the figure as svg with text as paths; the same figure always gives the same bytes."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": HASH_SALT, "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(figure: Figure) -> bytes:
    """Write the figure as png at 150 dots per inch, without the name of the program."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()
