"""Finding and reading back the releases in a folder."""

import json
import re
from pathlib import Path

import pandas as pd

from data.errors import BrokenReleaseError
from data.quarters import QUARTER_PATTERN

_FOLDER = re.compile(rf"({QUARTER_PATTERN})(?:-r(\d{{1,4}}))?")


def latest_release_before(parent: Path, quarter: str) -> Path | None:
    """The latest release of an earlier quarter in a folder; of its errata, the last.

    Parameters
    ----------
    parent : pathlib.Path
        Folder of the releases; may not be there yet.
    quarter : str
        Quarter of the issue, such as ``2026Q4``.
    """
    if not parent.is_dir():
        return None
    found = []
    for folder in parent.iterdir():
        match = _FOLDER.fullmatch(folder.name)
        if match and match[1] < quarter and (folder / "manifest.json").is_file():
            found.append((match[1], int(match[2] or 1), folder))
    return max(found)[2] if found else None


def read_grades(release: Path) -> pd.Series:
    """Grades that a release gave, index 细类 code.

    Raises
    ------
    BrokenReleaseError
        When its `catalog.json` is missing or is not one.
    """
    path = release / "catalog.json"
    try:
        occupations = json.loads(path.read_text(encoding="utf-8"))["occupations"]
        grades = {row["occupation_code"]: row["grade"] for row in occupations}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenReleaseError(
            f"the release '{release.name}' has no sound catalog.json",
            action=f"check it with `jinque verify {release.name}`",
        ) from error
    return pd.Series(grades, dtype="str").rename_axis("occupation_code")
