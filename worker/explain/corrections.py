"""Put a logged correction into words, for the pages and the terminal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.article import CorrectionKind
from worker.store.correction_log import LoggedCorrection


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a sentence; with ``kind`` (``stories``, ``articles`` or ``corrections``) it is the id of one."""

    text: str
    kind: str | None = None


#: Kind -> the sentence where the log says what moved, and where it does not. Names in braces are fields of the log.
_SENTENCES: dict[CorrectionKind, tuple[str, str]] = {
    CorrectionKind.MERGE: (
        "Story {other_story_id} was merged into story {story_id}.",
        "The stories of articles {article_id} and {other_id} were merged.",
    ),
    CorrectionKind.SPLIT: (
        "Article {article_id}{more} left story {other_story_id} for story {story_id}.",
        "Article {article_id} was separated from article {other_id}.",
    ),
    CorrectionKind.NOT_A_COPY: (
        "Article {article_id} is not a copy of {other_id}: it{more} left story {other_story_id} for story {story_id}.",
        "Article {article_id} is not a copy of {other_id}.",
    ),
    CorrectionKind.SAME_STORY: (
        "Articles {article_id} and {other_id} are rightly in story {story_id}.",
        "Articles {article_id} and {other_id} are rightly in one story.",
    ),
    CorrectionKind.NOT_A_TRANSLATION: (
        "Stories {story_id} and {other_story_id} are not one dispatch in two languages.",
        "Stories {story_id} and {other_story_id} are not one dispatch in two languages.",
    ),
    CorrectionKind.PIN: (
        "Article {article_id} was made the canonical article of story {story_id}.",
        "Article {article_id} was made the canonical article of its story.",
    ),
    CorrectionKind.UNPIN: (
        "Article {article_id} of story {story_id} is no longer pinned as the canonical article.",
        "Article {article_id} is no longer pinned as the canonical article.",
    ),
}
_UNDONE = "Correction {undoes} was undone"
_FIELD = re.compile(r"\{(\w+)\}")
_KINDS = {
    "story_id": "stories",
    "other_story_id": "stories",
    "article_id": "articles",
    "other_id": "articles",
    "undoes": "corrections",
}


def _sentence(made: LoggedCorrection) -> str:
    if made.kind == CorrectionKind.UNDO:
        if not made.moved:
            return f"{_UNDONE}."
        if made.other_story_id is not None and made.story_id is not None and made.story_id < made.other_story_id:
            return _UNDONE + ": story {other_story_id} is part of story {story_id} again."
        return _UNDONE + ": article {article_id}{more} left story {other_story_id} for story {story_id}."
    whole, without = _SENTENCES[CorrectionKind(made.kind)]
    is_known = bool(made.moved) or (made.kind in {CorrectionKind.PIN, CorrectionKind.UNPIN} and made.story_id)
    return whole if is_known else without


def _more(made: LoggedCorrection) -> str:
    """Return how many articles moved besides the one that is named."""
    others = len(made.moved or ()) - 1
    if others < 1:
        return ""
    return f" and {others:,} other{'s' if others > 1 else ''}"


def correction_words(made: LoggedCorrection) -> Iterator[Words]:
    """Yield the sentence that says what a correction did, in pieces."""
    sentence = _sentence(made).replace("{more}", _more(made))
    for i, part in enumerate(_FIELD.split(sentence)):
        if i % 2:
            yield Words(str(getattr(made, part)), _KINDS[part])
        elif part:
            yield Words(part)


def correction_sentence(made: LoggedCorrection) -> str:
    """Return what a correction did as one sentence."""
    return "".join(words.text for words in correction_words(made))
