"""The quality gate: scores on the project's corpora must not fall below those reached."""

import json
from pathlib import Path

import pytest

from worker.evaluate import evaluate, load
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
LANGUAGES = ROOT / "tests" / "golden" / "languages"


@pytest.fixture
def languages(tmp_path: Path) -> Path:
    """Write the articles in twelve languages as a labelled corpus: two copies and another report per language."""
    lines = []
    for folder in sorted(path for path in LANGUAGES.iterdir() if path.is_dir()):
        for name, story in (("copy_a", "copies"), ("copy_b", "copies"), ("other", "other")):
            text = (folder / f"{name}.txt").read_text("utf-8")
            lines.append({"id": f"{folder.name}/{name}", "text": text, "story": f"{folder.name}/{story}"})
    corpus = tmp_path / "languages"
    corpus.mkdir()
    (corpus / "docs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return corpus


def test_seeds_become_the_expected_stories(settings: Settings) -> None:
    """The real pipeline decides every pair of the seeds correctly, on an empty database."""
    [result] = evaluate(settings, load(ROOT / "seeds"))
    assert (result.articles, result.stories, result.true_pairs) == (12, 7, 11)
    assert (result.precision, result.recall) == (1.0, 1.0), result.errors


def test_copies_in_twelve_languages_join_and_other_reports_do_not(settings: Settings, languages: Path) -> None:
    """In each of twelve languages the copy joins and the other report stays alone."""
    [result] = evaluate(settings, load(languages))
    assert result.articles == 36
    assert (result.precision, result.recall) == (1.0, 1.0), result.errors
