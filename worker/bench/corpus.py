"""Generate a corpus of article files with copies of every kind, each after its original."""

import random
from collections.abc import Iterator
from pathlib import Path

from worker.bench.copies import KINDS
from worker.bench.prose import LANGUAGES, GeneratedArticle, Writer

#: Originals that can be copied: copies of news come soon after the original.
_RECENT = 2_000


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield the texts of ``count`` articles as delivered; the same seed gives the same texts."""
    chance = random.Random(seed)  # noqa: S311  nothing secret
    writers = {language: Writer(language, seed) for language in LANGUAGES}
    recent: list[GeneratedArticle] = []
    kinds, shares = list(KINDS), list(KINDS.values())
    languages, spread = list(LANGUAGES), list(LANGUAGES.values())
    for _ in range(count):
        if recent and chance.random() * 100 < sum(shares):
            draft = chance.choice(recent)
            copy = chance.choices(kinds, shares)[0]
            yield copy(draft, writers[draft.language], chance)
            continue
        language = chance.choices(languages, spread)[0]
        draft = writers[language].article()
        if len(recent) < _RECENT:
            recent.append(draft)
        else:
            recent[chance.randrange(_RECENT)] = draft
        yield draft.text()


def write(folder: Path, count: int, seed: int) -> list[Path]:
    """Write ``count`` articles into a new folder, one per file; return the files in order."""
    folder.mkdir(parents=True)
    files = []
    for number, text in enumerate(texts(count, seed)):
        path = folder / f"{seed}-{number:07}.txt"
        path.write_text(text, "utf-8")
        files.append(path)
    return files
