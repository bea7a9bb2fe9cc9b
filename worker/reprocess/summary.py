"""What reprocessing did, or would do: of a batch, and of a run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: Maximum number of examples in a summary; all articles are counted.
MOST_TOLD: Final = 1_000


@dataclass(frozen=True, slots=True)
class Changed:
    """What reprocessing changes in an article: whether its text, and the story and relation before and after.

    ``story_after`` is None for a new story in a dry run, which has no id.
    """

    article_id: int
    text: bool
    story_before: int
    story_after: int | None
    relation_before: str
    relation_after: str


@dataclass
class Summary:
    """Counts of articles, and the first ``MOST_TOLD`` that change or can't be read."""

    looked_at: int = 0
    unchanged: int = 0
    text_changed: int = 0
    story_changed: int = 0
    relation_changed: int = 0
    kept_as_it_was: int = 0  # outdated articles whose bytes can't be read again, and those of ``crashed``
    done: int = 0  # the id up to which all articles are done
    changed: list[Changed] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)  # article -> why it was not reprocessed
    crashed: dict[int, str] = field(default_factory=dict)  # article on which compiled code crashed -> the signal

    def count(self, changes: Sequence[Changed]) -> None:
        """Add these changes."""
        self.text_changed += sum(c.text for c in changes)
        self.story_changed += sum(c.story_after != c.story_before for c in changes)
        self.relation_changed += sum(c.relation_after != c.relation_before for c in changes)
        self.changed += changes[: MOST_TOLD - len(self.changed)]

    def keep(self, reasons: Mapping[int, str]) -> None:
        """Add articles that stay as they were, with the reasons."""
        self.kept_as_it_was += len(reasons)
        self.reasons |= dict([*reasons.items()][: MOST_TOLD - len(self.reasons)])

    def add(self, batch: "Summary") -> None:
        """Add what a batch did."""
        self.looked_at += batch.looked_at
        self.unchanged += batch.unchanged
        self.text_changed += batch.text_changed
        self.story_changed += batch.story_changed
        self.relation_changed += batch.relation_changed
        self.kept_as_it_was += batch.kept_as_it_was
        self.changed += batch.changed[: MOST_TOLD - len(self.changed)]
        self.reasons |= dict([*batch.reasons.items()][: MOST_TOLD - len(self.reasons)])
        self.crashed |= batch.crashed


def why_kept(summary: Summary) -> Counter[str]:
    """Count the reasons why articles were not reprocessed."""
    return Counter(summary.reasons.values())
