"""Show how two texts in different languages correspond, and which of several was likely written first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.language.sentences import sentences
from worker.store.read.stories import StoryDetail
from worker.translation.anchors import MOST_CHARS, anchors
from worker.translation.evidence import ComparedText, evidence


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Sentences that say the same in both texts by ``shared`` names and numbers; with 0 they are in one text only."""

    left: str
    right: str
    shared: int


def likely_source_sentence(story: StoryDetail) -> str:
    """Return which of a story and its translations was likely written first; it must have translations."""
    source = story.likely_source
    if source is None:
        raise ValueError(f"story {story.id} has no translations")
    where = "this story" if source.story_id == story.id else f"story {source.story_id}"
    return f"Likely written first in the language {source.language} ({where}). {source.reason} This is a guess."


def corresponding(left: str, left_language: str, right: str, right_language: str) -> list[Correspondence]:
    """Return the sentences of two texts side by side, as far as names and numbers show which belong together."""
    texts, languages = (left[:MOST_CHARS], right[:MOST_CHARS]), (left_language, right_language)
    parts = [list(sentences(text)) for text in texts]
    sides = [
        ComparedText(anchors(text, language), language, len(text))
        for text, language in zip(texts, languages, strict=True)
    ]
    same = evidence(*sides).same
    votes = Counter((_sentence(parts[0], sides[0], i), _sentence(parts[1], sides[1], j)) for i, j in same)
    return list(_rows(parts[0], parts[1], votes))


def _sentence(parts: Sequence[str], side: ComparedText, anchor: int) -> int:
    """Return the number of the sentence that an anchor is in."""
    offset = round(side.anchors[anchor].position * max(side.chars, 1))
    for number, part in enumerate(parts):
        offset -= len(part)
        if offset < 0:
            return number
    return len(parts) - 1


def _rows(left: Sequence[str], right: Sequence[str], votes: Counter[tuple[int, int]]) -> Iterator[Correspondence]:
    """Yield the sentences in order: those that vote for each other together, what is between them apart."""
    best = {max((p for p in votes if p[0] == i), key=lambda p: votes[p]) for i, _ in votes}
    best |= {max((p for p in votes if p[1] == j), key=lambda p: votes[p]) for _, j in votes}
    at_left = at_right = 0
    for first, last in _blocks(sorted(best)):
        yield from _apart(left[at_left : first[0]], right[at_right : first[1]])
        at_left, at_right = last[0] + 1, last[1] + 1
        shared = sum(n for (i, j), n in votes.items() if first[0] <= i <= last[0] and first[1] <= j <= last[1])
        both = (_joined(left[first[0] : at_left]), _joined(right[first[1] : at_right]))
        yield Correspondence(*both, shared)
    yield from _apart(left[at_left:], right[at_right:])


def _blocks(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the first and last pair of each run of pairs that share a sentence; both numbers ascend."""
    first = last = None
    for pair in pairs:
        if first is None or last is None:
            first = last = pair
        elif pair[0] == last[0] or pair[1] == last[1]:
            last = pair
        else:
            yield first, last
            first = last = pair
    if first is not None and last is not None:
        yield first, last


def _apart(left: Sequence[str], right: Sequence[str]) -> Iterator[Correspondence]:
    if left or right:
        yield Correspondence(_joined(left), _joined(right), 0)


def _joined(parts: Sequence[str]) -> str:
    return "".join(parts).strip()
