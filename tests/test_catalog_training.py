"""`jinque train` and `inputs.coder`: reviews become a coder that a run uses and names."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from catalog.command_line import app
from catalog.configuration import Configuration, InputsSection
from catalog.run import input_files, load_coder, method_versions
from catalog.training import train_coder
from data.errors import ConfigurationError, MissingFileError
from data.tables import REVIEWS
from nlp.retrain import shipped_examples
from nlp.review_store import add_reviews

WELDER = "6-18-02-04"
TEXT = "蓝光面罩前画出鱼鳞"


@pytest.fixture(autouse=True)
def _fewer_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fitting to a thirtieth of the examples takes a moment only."""
    shipped = shipped_examples()
    every = slice(None, None, 30)
    few = replace(
        shipped,
        identifiers=shipped.identifiers[every],
        codes=shipped.codes[every],
        rows=shipped.rows[every],
    )
    monkeypatch.setattr("nlp.retrain.shipped_examples", lambda: few)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    rows = pd.DataFrame(
        {
            "posting_id": [f"r{i}" for i in range(8)],
            "title": [f"火花艺术家{i}号" for i in range(8)],
            "description": TEXT,
            "occupation_code": WELDER,
        }
    )
    answers = REVIEWS.check(rows.assign(version=1).reindex(columns=REVIEWS.names))
    folder = tmp_path / "reviews"
    add_reviews(folder, answers, proposed_by={"coder": "c"}, workbook_sha256="0" * 64)
    return folder


def _configuration(folder: Path, coder: Path | None) -> Configuration:
    postings = folder / "postings.csv"
    postings.write_text("编号,职位名称\na,焊工\n", encoding="utf-8")
    return Configuration(
        inputs=InputsSection(postings=str(postings), coder=str(coder) if coder else None)
    )


def test_a_trained_coder_is_used_versioned_and_listed_as_input(
    reviews: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    trained = train_coder(reviews, folder)
    assert trained.reviews == 8
    assert trained.examples > 8
    configuration = _configuration(tmp_path, folder)
    posting = pd.DataFrame({"posting_id": ["x"], "title": ["火花艺术家"], "description": [TEXT]})
    assert load_coder(configuration).code(posting).coded["occupation_code"].item() == WELDER
    assert "model" in method_versions(configuration)
    assert "model" not in method_versions(_configuration(tmp_path, None))
    assert {path.parent for path in input_files(configuration)} == {tmp_path, folder}


def test_a_coder_is_never_overwritten(reviews: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(ConfigurationError, match="there already"):
        train_coder(reviews, tmp_path / "mine")


def test_a_folder_without_a_coder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no model of the coder"):
        load_coder(_configuration(tmp_path, tmp_path))


def test_the_command_says_what_it_was_fitted_to(reviews: Path, tmp_path: Path) -> None:
    arguments = ["train", "--reviews", str(reviews), "--out", str(tmp_path / "mine")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [
        "coder_weights.json",
        "expert_scores.npz",
    ]
