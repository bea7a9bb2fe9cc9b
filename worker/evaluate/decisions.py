"""Read what `copydesk export decisions` writes: pairs of articles with their texts, labelled by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker.errors import CopydeskError

FILE = "decisions.jsonl"
_NEEDED = frozenset({"label", "article_id", "other_article_id", "text", "other_text"})
_LABELS = {"same": True, "not": False}
#: Fields of an article that the pipeline uses, by their names in an export.
_FIELDS = {"text": "text", "title": "title", "language": "language", "published_at": "published"}


@dataclass(frozen=True, slots=True)
class Decisions:
    """The articles by id, in the order of arrival, each as a record to process; and whether each pair is the same."""

    articles: dict[str, dict[str, str]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], bool] = field(default_factory=dict)


def are_decisions(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether these lines of a file are exported decisions."""
    return bool(lines) and lines[0].keys() >= _NEEDED


def read_decisions(path: Path, lines: Sequence[Mapping[str, Any]]) -> Decisions:
    """Return articles and labels of exported decisions.

    Raises:
        CopydeskError: a line is no decision.
    """
    articles: dict[int, dict[str, str]] = {}
    decisions = Decisions()
    for number, line in enumerate(lines, start=1):
        ids = line.get("article_id"), line.get("other_article_id")
        if not line.keys() >= _NEEDED or line["label"] not in _LABELS or not all(type(i) is int for i in ids):
            raise CopydeskError(
                f"{path}, line {number}: this is no decision as `copydesk export decisions` writes it: it needs "
                "article_id, other_article_id, text, other_text, and the label same or not."
            )
        for prefix in ("", "other_"):
            articles[line[f"{prefix}article_id"]] = {
                name: str(value) for key, name in _FIELDS.items() if (value := line.get(f"{prefix}{key}"))
            }
        decisions.pairs[str(ids[0]), str(ids[1])] = _LABELS[line["label"]]
    decisions.articles.update((str(number), articles[number]) for number in sorted(articles))
    return decisions
