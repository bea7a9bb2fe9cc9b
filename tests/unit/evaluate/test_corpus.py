"""A corpus has one of two layouts and says what its labels mean; all else is an error before the evaluation starts."""

from pathlib import Path

import pytest

from worker.errors import CopydeskError
from worker.evaluate.corpus import load
from worker.evaluate.labels import LabelKind

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
        ("other.json", b"", "is not a corpus"),
    ],
)
def test_an_invalid_corpus_is_reported(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """The error names the file, and the line if there is one."""
    if name == "pairs.jsonl":
        (tmp_path / "docs.jsonl").write_bytes(DOCS)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CopydeskError, match=message):
        load(tmp_path)


STORY = b'{"id": "p", "text": "The harbour opens.", "title": "Harbour", "story": "s"}\n'


@pytest.mark.parametrize(
    ("toml", "docs", "kind", "labels"),
    [
        ('labels = "copies"', STORY, LabelKind.COPIES, {"p": "s"}),
        ('labels = "event"\nfield = "story"', STORY, LabelKind.EVENT, {"p": "s"}),
        ('labels = "event"\nfield = "event"', b'{"id": 7, "text": "A.", "event": 3}\n', LabelKind.EVENT, {"7": "3"}),
        ('labels = "none"', STORY, LabelKind.NONE, {}),
        ('labels = "pairs"', STORY, LabelKind.PAIRS, {}),
    ],
)
def test_corpus_toml_says_what_labels_mean(
    tmp_path: Path, toml: str, docs: bytes, kind: LabelKind, labels: dict[str, str]
) -> None:
    """The kind and the field decide what is read: labels of articles, judged pairs, or neither."""
    (tmp_path / "docs.jsonl").write_bytes(docs)
    (tmp_path / "pairs.jsonl").write_text('{"a": "p", "b": "p", "label": 3}\n' if b'"p"' in docs else "")
    (tmp_path / "corpus.toml").write_text(toml)
    corpus = load(tmp_path)
    assert (corpus.labels, corpus.stories) == (kind, labels)
    assert bool(corpus.pairs) == (kind is LabelKind.PAIRS)
    assert not corpus.note


def test_without_corpus_toml(tmp_path: Path) -> None:
    """Judged pairs are the labels if there are any, else stories; a corpus without either has a note for the user."""
    (tmp_path / "docs.jsonl").write_bytes(DOCS)
    assert load(tmp_path).labels is LabelKind.NONE
    assert load(tmp_path).note.startswith(f"{tmp_path.name} has no labels and no corpus.toml: only joins")
    (tmp_path / "docs.jsonl").write_bytes(DOCS + STORY)
    assert load(tmp_path).labels is LabelKind.COPIES
    (tmp_path / "pairs.jsonl").write_text('{"a": "p", "b": 1, "label": 3}\n')
    assert load(tmp_path).labels is LabelKind.PAIRS


def test_texts_are_kept_as_received(tmp_path: Path) -> None:
    """Title and text are joined; a record without both has no text here."""
    (tmp_path / "docs.jsonl").write_bytes(STORY + b'{"id": "t", "title": "Only this"}\n{"id": "b", "body": "x"}\n')
    assert load(tmp_path).texts == {"p": "Harbour The harbour opens.", "t": "Only this "}


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (b"labels = ", "corpus.toml is not valid TOML"),
        (b"\xff", "corpus.toml is not valid TOML"),
        (b"", r'corpus.toml: labels is missing. Write one of: labels = "copies", labels = "event"'),
        (b'labels = "events"', r"corpus.toml: labels is 'events'. Write one of: labels = \"copies\""),
        (b"labels = [1]", r"corpus.toml: labels is \[1\]. Write one of"),
        (b'labels = "event"\nfield = "text"', r"corpus.toml: field is 'text'. Write one of: field = \"story\""),
        (b'label = "copies"', "corpus.toml: the key 'label' is unknown. The keys are labels and field."),
        (b'labels = "pairs"', "corpus.toml says that pairs are judged, but there is no pairs.jsonl next to it."),
        (
            b'labels = "event"\nfield = "event"',
            "corpus.toml says that labels are in 'event', but no line of docs.jsonl",
        ),
    ],
)
def test_an_invalid_corpus_toml_is_reported(tmp_path: Path, toml: bytes, message: str) -> None:
    """The error names the file, what is wrong, and what is allowed."""
    (tmp_path / "docs.jsonl").write_bytes(STORY)
    (tmp_path / "corpus.toml").write_bytes(toml)
    with pytest.raises(CopydeskError, match=message):
        load(tmp_path)
