"""Writing a release: a folder that appears whole or not at all, and is never overwritten."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from data.errors import ConfigurationError, MissingFileError, ReleaseExistsError
from data.manifest import describe_environment, describe_inputs, hash_file, write_json

from .charts import draw_charts, png_bytes, svg_bytes
from .draft import Draft
from .formats import (
    Edition,
    Status,
    edition_of,
    write_csv,
    write_evidence,
    write_html,
    write_xlsx,
)
from .formats import write_json as write_catalog_json

MANIFEST = "manifest.json"
MANIFEST_VERSION = "1.0"
FOLDER_MODE = 0o755


def publish(
    draft: Draft,
    parent: Path | str,
    *,
    inputs: Iterable[Path | str] = (),
    input_rows: Mapping[str, int] | None = None,
    versions: Mapping[str, str] | None = None,
    previous: Path | str | None = None,
    revision: int | None = None,
    status: Status = "draft",
    replace_draft: bool = False,
) -> Path:
    """Write the release of a draft and return its folder.

    On any failure nothing has changed.

    Parameters
    ----------
    draft : Draft
    parent : path
        Folder of the releases; made when missing.
    inputs : iterable of path
        Input files whose names, sizes and hashes the manifest records.
    input_rows : mapping of str to int, optional
        Rows by file name, for the manifest.
    versions : mapping of str to str, optional
        What the figures depend on besides program and configuration; `diff_releases` reads
        ``coder`` and ``taxonomy`` to tell a change of method from a change of the data.
    previous : path, optional
        Folder of the release before; the hash of its manifest goes into this one.
    revision : int, optional
        Number of an erratum, from 2 upwards: the release becomes ``2026Q4-r2``.
    status : {'draft', 'published'}
        Whether the release still awaits signature.
    replace_draft : bool
        Allow to take the place of a release that is itself a draft.

    Raises
    ------
    ReleaseExistsError
        When the release stands already and may not be replaced.
    ConfigurationError
        When an erratum has no release to correct, or status or revision are wrong.
    MissingFileError
        When an input or the manifest of the previous release is missing.
    ContractError, UnknownColumnsError
        When a table of the draft breaks its contract.
    """
    edition = edition_of(draft, status=status, revision=revision)
    parent = Path(parent)
    target = parent / edition.name
    require_free(target, replace_draft=replace_draft)
    _require_corrected(parent, edition)
    manifest = {
        **_identity(edition),
        "configuration": public_configuration(draft.configuration),
        "environment": describe_environment(),
        "inputs": describe_inputs(inputs, rows=input_rows),
        "versions": dict(versions or {}),
        "previous": _previous(previous),
    }
    _write_whole(edition, manifest, target, replace_draft=replace_draft)
    return target


def _write_whole(
    edition: Edition, manifest: Mapping[str, Any], target: Path, *, replace_draft: bool
) -> None:
    """Write the release into a hidden folder beside its place, and put it there by renaming."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{edition.name}.partial-", dir=target.parent))
    try:
        write_files(edition, partial)
        write_json(partial / MANIFEST, {**manifest, "files": describe_files(partial)})
        partial.chmod(FOLDER_MODE)
        _flush(partial)
        _put_in_place(partial, target, replace_draft=replace_draft)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _flush_folder(target.parent)


def public_configuration(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the section of input files: paths are no one's business, hashes stand elsewhere.

    Examples
    --------
    >>> public_configuration({"inputs": {"postings": "/home/me/a.csv"}, "score": {"seed": 1}})
    {'score': {'seed': 1}}
    """
    return {key: value for key, value in configuration.items() if key != "inputs"}


def write_files(edition: Edition, folder: Path) -> None:
    """Write every file of a release except its manifest into an empty folder."""
    (folder / "charts").mkdir()
    pictures = []
    for chart in draw_charts(edition.draft):
        name = f"charts/{chart.name}"
        (folder / f"{name}.svg").write_bytes(svg_bytes(chart.figure))
        (folder / f"{name}.png").write_bytes(png_bytes(chart.figure))
        pictures.append((f"{name}.svg", chart.caption))
    write_csv(edition, folder / "catalog.csv")
    write_xlsx(edition, folder / "catalog.xlsx")
    write_catalog_json(edition, folder / "catalog.json")
    write_html(edition, folder / "catalog.html", pictures)
    write_json(folder / "quality.json", edition.draft.quality)
    write_evidence(edition, folder / "evidence")


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and hash of every file of a release except its manifest, by relative path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    described = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hash_file(path),
        }
        for path in paths
    }
    described.pop(MANIFEST, None)
    return described


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """Manifest of a release.

    Raises
    ------
    MissingFileError
        When there is none.
    ConfigurationError
        When it is no JSON object.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        raise MissingFileError(
            "this is no release: its manifest is missing",
            which=[f"{path.parent.name}/{MANIFEST}"],
            action="name the folder of a release, such as releases/2026Q4",
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(
            f"{path.parent.name}/{MANIFEST} is no JSON", got=str(error)
        ) from error
    if not isinstance(manifest, dict):
        raise ConfigurationError(
            f"{path.parent.name}/{MANIFEST} is no manifest", got=type(manifest).__name__
        )
    return manifest


def _identity(edition: Edition) -> dict[str, Any]:
    return {
        "manifest_version": MANIFEST_VERSION,
        "release": edition.name,
        "quarter": edition.draft.quarter,
        "revision": edition.revision,
        "status": edition.status,
        "synthetic": edition.draft.synthetic,
    }


def _previous(folder: Path | str | None) -> dict[str, str] | None:
    if folder is None:
        return None
    release = read_manifest(folder).get("release", Path(folder).name)
    return {"release": str(release), "manifest_sha256": hash_file(Path(folder) / MANIFEST)}


def require_free(target: Path, *, replace_draft: bool) -> None:
    """Refuse a target at which a release stands that may not be replaced.

    Raises
    ------
    ReleaseExistsError
    """
    if not os.path.lexists(target):
        return
    if replace_draft and _is_draft(target):
        return
    raise ReleaseExistsError(
        f"the release {target.name} exists and is never overwritten",
        action="correct it with an erratum (revision 2 becomes "
        f"{target.name.split('-r')[0]}-r2)"
        + ("; only a release with status 'draft' can be replaced" if replace_draft else ""),
    )


def _is_draft(target: Path) -> bool:
    try:
        return not target.is_symlink() and read_manifest(target).get("status") == "draft"
    except (MissingFileError, ConfigurationError):
        return False


def _require_corrected(parent: Path, edition: Edition) -> None:
    if edition.revision and not (parent / edition.draft.quarter / MANIFEST).is_file():
        raise ConfigurationError(
            f"the erratum {edition.name} has no release to correct",
            expected=f"a release {edition.draft.quarter} beside it",
            action="publish without a revision number",
        )


def _put_in_place(partial: Path, target: Path, *, replace_draft: bool) -> None:
    """Rename into place; a reader finds the old folder, none, or the new one, never a mixture."""
    aside = partial.with_name(partial.name.replace(".partial-", ".replaced-"))
    require_free(target, replace_draft=replace_draft)
    replaces = target.exists()
    if replaces:
        target.rename(aside)
    try:
        partial.rename(target)
    except BaseException as error:
        overtaken = target.exists()
        if replaces and not overtaken:
            aside.rename(target)
        if overtaken and isinstance(error, OSError):
            raise ReleaseExistsError(
                f"the release {target.name} was written by another run meanwhile",
                action="compare it with 'jinque diff' before any erratum",
            ) from error
        raise
    if replaces:
        shutil.rmtree(aside)


def _flush(folder: Path) -> None:
    """Bring every file and folder to the disk, the folders after what they hold."""
    for path in sorted(folder.rglob("*"), reverse=True):
        _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
