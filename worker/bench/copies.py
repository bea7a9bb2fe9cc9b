"""An article in, a copy of it out as scrapers, editors and scanners make them: one function a kind of copy."""

import random
import re
import textwrap
from collections.abc import Callable

from worker.bench.prose import GeneratedArticle, Writer

#: Letters of a newspaper column.
_COLUMN = 36
_DEBRIS_BEFORE = "Share this article\n\n"
_DEBRIS_AFTER = "\nCategorized in: News, World\n\nRelated Articles\n"


def exact(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return the same words in another layout."""
    return "\n\n".join([draft.title, *(textwrap.fill(" ".join(p), 72) for p in draft.paragraphs)])


def near(draft: GeneratedArticle, _writer: Writer, chance: random.Random) -> str:
    """Return the article with a typing error in every hundredth word, between leftovers of a page."""
    words = draft.text().split(" ")
    for _ in range(len(words) // 100):
        at = chance.randrange(len(words))
        if len(words[at]) > 3:
            words[at] = words[at][0] + words[at][2] + words[at][1] + words[at][3:]
    return _DEBRIS_BEFORE + " ".join(words) + _DEBRIS_AFTER


def abridged(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return the first half."""
    return GeneratedArticle(draft.language, draft.title, draft.paragraphs[: (len(draft.paragraphs) + 1) // 2]).text()


def extended(draft: GeneratedArticle, writer: Writer, _chance: random.Random) -> str:
    """Return the article with a third more at its end."""
    more = writer.article().paragraphs[: max(len(draft.paragraphs) // 3, 1)]
    return GeneratedArticle(draft.language, draft.title, draft.paragraphs + more).text()


def scraped(draft: GeneratedArticle, _writer: Writer, chance: random.Random) -> str:
    """Return what a poor scraper leaves: a date before it, sentences glued, the text of links lost."""
    lost = chance.choice(draft.names)
    body = "".join(sentence.replace(f" {lost}", "") for sentence in draft.sentences)
    return f"2026-03-{chance.randint(1, 28):02} {draft.title}\n{body}"


def printed(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return a print column: narrow lines, words divided at their ends."""
    lines: list[str] = []
    line = ""
    for word in draft.text().split():
        room = _COLUMN - len(line) - 1
        if len(word) + 1 > room > 4 and len(word) > 7 and word.isalpha():
            lines.append(f"{line} {word[: room - 2]}-")
            line = word[room - 2 :]
        elif len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".lstrip()
    return "\n".join([*lines, line])


def rewritten(draft: GeneratedArticle, writer: Writer, chance: random.Random) -> str:
    """Return the article with every sixth word another one, and some sentences in another place."""

    def other(match: re.Match[str]) -> str:
        return writer.word() if chance.random() < 1 / 6 else match.group()

    sentences = [re.sub(r"(?<= )[^\W\d]+", other, sentence) for sentence in draft.sentences]
    for at in range(0, len(sentences) - 1, 5):
        sentences[at], sentences[at + 1] = sentences[at + 1], sentences[at]
    return f"{draft.title}\n\n" + " ".join(sentences)


#: Kind of copy, and how many of a hundred files are one; the others are new dispatches. The shares are ours: agency
#: copy is mostly reprinted as it is, or with the faults of a page.
KINDS: dict[Callable[[GeneratedArticle, Writer, random.Random], str], int] = {
    exact: 12,
    near: 8,
    abridged: 5,
    extended: 3,
    scraped: 6,
    printed: 3,
    rewritten: 3,
}
