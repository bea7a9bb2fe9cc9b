"""Keep links between translations with the texts that they are about, when articles leave a story or are erased.

It reads and judges texts under the placement lock, but only those of stories that have links.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from worker.store import stories, translation_texts, translations
from worker.stories.translation_text import AnchoredText, best, read

#: Texts of a story that are judged: the canonical one, and the earliest of those that were canonical before it.
_MOST_TEXTS: Final = 8


def divide(connection: Connection, moves: Collection[tuple[int, int]]) -> None:
    """Give each story (second) that articles of another (first) were moved to the links that its texts support.

    The other one loses those that none of its texts supports. What a person refused is refused for both.
    """
    links = translations.of_stories(connection, {old for old, _ in moves})
    if not links:
        return
    pairs = [(old, new, link) for old, new in sorted(moves) for link in links if link.story_id == old != new]
    texts = _texts(connection, {story for old, new, link in pairs for story in (old, new, link.other_id)})
    with stories.reporting_translations(connection, {story for move in moves for story in move}):
        for old, new, link in pairs:
            others = texts[link.other_id]
            found = best(texts[new], others) if link.other_id != new else None
            if found and not link.same:
                translations.refuse_also(connection, old, new, link.other_id)
            elif found:
                translations.insert(connection, [found])
                if not best(texts[old], others):
                    translations.remove(connection, [(old, link.other_id)])


def remove_unsupported(connection: Connection, links: Collection[tuple[int, int]]) -> None:
    """Remove those of these links that no text of the stories supports any more."""
    texts = _texts(connection, {story for pair in links for story in pair})
    translations.remove(connection, [(a, b) for a, b in links if not best(texts[a], texts[b])])


def _texts(connection: Connection, ids: Collection[int]) -> dict[int, list[AnchoredText]]:
    """Return the texts to judge of each of these stories."""
    texts: dict[int, list[AnchoredText]] = defaultdict(list)
    for text in translation_texts.first_texts(connection, ids, _MOST_TEXTS):
        texts[text.story_id].append(read(text))
    return texts
