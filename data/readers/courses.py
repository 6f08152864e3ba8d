"""Training courses as schools advertise them: a course's name in words, no code."""

from ..contract import Column, Contract
from ..tables import NUMBER, TEXT

COURSE_ADVERTISEMENTS = Contract(
    "course advertisements",
    (
        Column("course", TEXT, "name of the course as printed"),
        Column("provider", TEXT, "training provider", nullable=True),
        Column("category", TEXT, "the site's category", nullable=True),
        Column("certificate", TEXT, "certificate promised", nullable=True),
        Column("place", TEXT, "place of the course as printed", nullable=True),
        Column("duration", TEXT, "class hours or months as printed", nullable=True),
        Column("price_yuan", NUMBER, "price asked", nullable=True, minimum=0),
        Column("posted_on", TEXT, "day of publication as printed", nullable=True),
    ),
)
