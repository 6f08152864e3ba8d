from .album import Chart, draw_charts, source_note
from .coding_quality import draw_coding_quality
from .outlook import draw_outlook
from .style import png_bytes, svg_bytes
from .tightness import draw_tightness
from .top_ranked import draw_top_ranked

__all__ = [
    "Chart",
    "draw_charts",
    "draw_coding_quality",
    "draw_outlook",
    "draw_tightness",
    "draw_top_ranked",
    "png_bytes",
    "source_note",
    "svg_bytes",
]
