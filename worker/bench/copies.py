"""Make copies of an article as scrapers, editors and scanners do: one function per kind of copy."""

import random
import re
import textwrap
from collections.abc import Callable

from worker.bench.prose import GeneratedArticle, Writer

#: Characters per line of a newspaper column.
_COLUMN = 36
_DEBRIS_BEFORE = "Share this article\n\n"
_DEBRIS_AFTER = "\nCategorized in: News, World\n\nRelated Articles\n"


def exact(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return the same words with other line breaks."""
    return "\n\n".join([draft.title, *(textwrap.fill(" ".join(p), 72) for p in draft.paragraphs)])


def near(draft: GeneratedArticle, _writer: Writer, chance: random.Random) -> str:
    """Return the article with a typo in about every hundredth word, between leftovers of a web page."""
    words = draft.text().split(" ")
    for _ in range(len(words) // 100):
        position = chance.randrange(len(words))
        if len(words[position]) > 3:
            words[position] = words[position][0] + words[position][2] + words[position][1] + words[position][3:]
    return _DEBRIS_BEFORE + " ".join(words) + _DEBRIS_AFTER


def abridged(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return the first half of the article."""
    return GeneratedArticle(draft.language, draft.title, draft.paragraphs[: (len(draft.paragraphs) + 1) // 2]).text()


def extended(draft: GeneratedArticle, writer: Writer, _chance: random.Random) -> str:
    """Return the article with a third of its length added at the end."""
    more = writer.article().paragraphs[: max(len(draft.paragraphs) // 3, 1)]
    return GeneratedArticle(draft.language, draft.title, draft.paragraphs + more).text()


def scraped(draft: GeneratedArticle, _writer: Writer, chance: random.Random) -> str:
    """Return the output of a poor scraper: a leading date, glued sentences, and link texts lost."""
    lost = chance.choice(draft.names)
    body = "".join(sentence.replace(f" {lost}", "") for sentence in draft.sentences)
    return f"2026-03-{chance.randint(1, 28):02} {draft.title}\n{body}"


def printed(draft: GeneratedArticle, _writer: Writer, _chance: random.Random) -> str:
    """Return the article as a print column: narrow lines with hyphenated words."""
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
    """Return the article with about every sixth word replaced and every fifth pair of sentences swapped."""

    def other(match: re.Match[str]) -> str:
        return writer.word() if chance.random() < 1 / 6 else match.group()

    sentences = [re.sub(r"(?<= )[^\W\d]+", other, sentence) for sentence in draft.sentences]
    for position in range(0, len(sentences) - 1, 5):
        sentences[position], sentences[position + 1] = sentences[position + 1], sentences[position]
    return f"{draft.title}\n\n" + " ".join(sentences)


#: Kind of copy -> percentage of the files; the other files are new dispatches. The percentages are our estimate: agency
#: copy is mostly reprinted unchanged, or with the faults of a web page.
KINDS: dict[Callable[[GeneratedArticle, Writer, random.Random], str], int] = {
    exact: 12,
    near: 8,
    abridged: 5,
    extended: 3,
    scraped: 6,
    printed: 3,
    rewritten: 3,
}
