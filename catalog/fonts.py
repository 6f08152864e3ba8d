"""Chinese fonts for pictures, so that a machine without any still draws no empty boxes.

The Noto CJK fonts (SIL Open Font License) come as files of the package ``mplfonts``.  Only those
files are used: the package's own functions rewrite the user's matplotlib settings, and one of its
other fonts, SimHei, is not free.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.text import Text

from data.errors import MissingFileError

FontStyle = Literal["sans", "serif"]
FONT_FILES: dict[FontStyle, str] = {
    "sans": "NotoSansCJKsc-Regular.otf",
    "serif": "NotoSerifCJKsc-Regular.otf",
}


def chinese_font_path(style: FontStyle = "sans") -> Path:
    """File of the Noto CJK font in the style asked for.

    Raises
    ------
    MissingFileError
        When the package ``mplfonts`` or its font file is not installed.

    Examples
    --------
    >>> chinese_font_path("serif").name
    'NotoSerifCJKsc-Regular.otf'
    """
    package = importlib.util.find_spec("mplfonts")
    folders = list(package.submodule_search_locations or ()) if package else []
    paths = [Path(folder) / "fonts" / FONT_FILES[style] for folder in folders]
    for path in paths:
        if path.is_file():
            return path
    raise MissingFileError(
        "the Chinese font of the charts is not installed",
        which=[FONT_FILES[style]],
        expected="a file of the package mplfonts",
        action="install the locked environment again with 'make setup'",
    )


def chinese_font(style: FontStyle = "sans") -> FontProperties:
    """Font properties that name the font file itself, so that nothing needs registering.

    Examples
    --------
    >>> chinese_font().get_name()
    'Noto Sans CJK SC'
    """
    return FontProperties(fname=chinese_font_path(style))


@contextmanager
def chinese_text(style: FontStyle = "sans") -> Iterator[None]:
    """Let everything drawn inside the block use the Chinese font; undo all of it afterwards.

    Dollar signs stay dollar signs: names of occupations are no formulas.  A figure that outlives
    the block keeps its font once `keep_font` has been called on it.

    Examples
    --------
    >>> before = list(fontManager.ttflist)
    >>> with chinese_text():
    ...     matplotlib.rcParams["font.family"]
    ['Noto Sans CJK SC']
    >>> fontManager.ttflist == before
    True
    """
    path = chinese_font_path(style)
    known: list[FontEntry] = list(fontManager.ttflist)
    fontManager.addfont(path)
    name = chinese_font(style).get_name()
    try:
        with matplotlib.rc_context({"font.family": name, "text.parse_math": False}):
            yield
    finally:
        fontManager.ttflist[:] = known


def keep_font(figure: Figure, style: FontStyle = "sans") -> Figure:
    """Write the font file into every text of the figure, which then draws alike anywhere.

    Call it inside `chinese_text`, when the figure is complete.
    """
    figure.draw_without_rendering()  # tick labels do not exist before
    for text in figure.findobj(Text):
        text.get_fontproperties().set_file(chinese_font_path(style))
    return figure
