"""Labelled corpora have three layouts; anything else is an error before the evaluation starts."""

from pathlib import Path

import pytest

from worker.errors import CopydeskError
from worker.evaluate.corpus import load

DOCS = b'{"id": "p", "text": "The harbour opens."}\n{"text": "The harbour opens in May."}\n'


def test_judged_pairs_name_articles_by_id_or_line(tmp_path: Path) -> None:
    """Pairs with the same text are true, with different texts false; pairs that are partly the same are left out."""
    (tmp_path / "docs.jsonl").write_bytes(DOCS)
    (tmp_path / "pairs.jsonl").write_text(
        '{"a": "p", "b": 1, "label": 3}\n{"a": 1, "b": "p", "label": 0}\n{"a": "p", "b": "p", "label": 1}\n'
    )
    assert load(tmp_path).pairs == {("p", "1"): True, ("1", "p"): False}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("docs.jsonl", b"3\n", "docs.jsonl, line 1: this is not a JSON object"),
        ("docs.jsonl", DOCS + b"\xff\xfe\n", "docs.jsonl, line 3: this is not a JSON object"),
        ("docs.jsonl", DOCS + b"\n", "docs.jsonl, line 3: this is not a JSON object"),
        ("pairs.jsonl", b'{"a": "p"}\n', "pairs.jsonl, line 1: it must name the ids a and b"),
        ("pairs.jsonl", b'{"a": "p", "b": "q", "label": 3}\n', "pairs.jsonl, line 1: it must name the ids a and b"),
        ("expected.json", b'{"files": ', 'expected.json is not a JSON object of "files"'),
        ("expected.json", b'{"stories": {}}', 'expected.json is not a JSON object of "files"'),
        ("expected.json", b"[]", 'expected.json is not a JSON object of "files"'),
        ("other.json", b"", "is not a labelled corpus"),
    ],
)
def test_an_invalid_corpus_is_reported(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """The error names the file, and the line if there is one."""
    if name == "pairs.jsonl":
        (tmp_path / "docs.jsonl").write_bytes(DOCS)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CopydeskError, match=message):
        load(tmp_path)
