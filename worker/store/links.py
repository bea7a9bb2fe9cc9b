"""A stored verdict on two articles, as it is written and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from worker.article import Decider


@dataclass(frozen=True, slots=True)
class Link:
    """The verdict on an article and a candidate, stored to explain why the article is in its story.

    ``same`` is true if they were joined, false if refused · ``reason`` explains the evidence · ``overridden``: a
    person's correction decided against it
    """

    article_id: int
    other_id: int
    same: bool
    relation: str
    similarity: float
    reason: str
    evidence: Mapping[str, Any]
    decided_by: str = Decider.COPYDESK
    overridden: bool = False
