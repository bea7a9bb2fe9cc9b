"""Stems of words, by the dictionaries of Postgres."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from worker.search.query import Stem
from worker.search.words import plain
from worker.store.execute import execute

#: The dictionary of articles in other languages: it knows no stems and no stop words.
SIMPLE = "simple"
#: ISO 639-1 codes and the dictionaries of stems; which of them a server has depends on its version.
_LANGUAGES = (
    "ar arabic, hy armenian, eu basque, ca catalan, da danish, nl dutch, en english, et estonian, fi finnish, "
    "fr french, de german, el greek, hi hindi, hu hungarian, id indonesian, ga irish, it italian, lt lithuanian, "
    "ne nepali, no norwegian, nb norwegian, nn norwegian, pl polish, pt portuguese, ro romanian, ru russian, "
    "sr serbian, es spanish, sv swedish, ta tamil, tr turkish, yi yiddish"
)
_DICTIONARIES = {code: f"{name}_stem" for code, name in (pair.split() for pair in _LANGUAGES.split(", "))}
#: Words kept per dictionary, about 10 MB; then it is forgotten and filled again.
_MOST_KEPT = 100_000

_STEMS = """
    SELECT dictionary, word, ts_lexize(CAST('pg_catalog.' || dictionary AS regdictionary), word)
    FROM unnest(CAST(%(dictionaries)s AS text[])) AS dictionary, unnest(CAST(%(words)s AS text[])) AS word"""


class Stems:
    """Asks Postgres once for the stem of each word, and keeps it."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, tuple[str, ...]]] = {}
        self._names: list[str] = []

    def dictionaries(self, connection: Connection) -> list[str]:
        """Return the dictionaries that this server has, `simple` first."""
        if not self._names:
            rows = execute(
                connection,
                "SELECT DISTINCT dictname::text FROM pg_ts_dict WHERE dictname = ANY(CAST(%(names)s AS text[]))",
                {"names": sorted({*_DICTIONARIES.values()})},
            )
            self._names = [SIMPLE, *sorted(name for (name,) in rows.fetchall())]
        return self._names

    def dictionary(self, connection: Connection, language: str) -> str:
        """Return the dictionary for an article in this language."""
        name = _DICTIONARIES.get(language.partition("-")[0].lower(), SIMPLE)
        return name if name in self.dictionaries(connection) else SIMPLE

    def learn(self, connection: Connection, dictionary: str, words: Collection[str]) -> Stem:
        """Return the function that gives the lexemes of each of these words."""
        self._ask(connection, [dictionary], words)
        return self.known(dictionary)

    def learn_everywhere(self, connection: Connection, words: Collection[str]) -> dict[str, Stem]:
        """Return the functions that give the lexemes of these words, by dictionary."""
        dictionaries = self.dictionaries(connection)
        self._ask(connection, dictionaries, words)
        return {dictionary: self.known(dictionary) for dictionary in dictionaries}

    def known(self, dictionary: str) -> Stem:
        """Return the function that gives the lexemes of words that were learned."""
        return _itself if dictionary == SIMPLE else self._kept[dictionary].__getitem__

    def _ask(self, connection: Connection, dictionaries: Sequence[str], words: Collection[str]) -> None:
        asked = [dictionary for dictionary in dictionaries if dictionary != SIMPLE]
        for dictionary in asked:
            kept = self._kept.setdefault(dictionary, {})
            if len(kept) > _MOST_KEPT:
                kept.clear()
        new = {word for dictionary in asked for word in words if word not in self._kept[dictionary]}
        if not new:
            return
        typed = sorted({*new, *map(plain, new)})
        values = {"dictionaries": asked, "words": typed}
        stems: dict[str, dict[str, str | None]] = {dictionary: {} for dictionary in asked}
        for dictionary, word, lexemes in execute(connection, _STEMS, values).fetchall():
            stems[dictionary][word] = word if lexemes is None else next(iter(lexemes), None)
        for dictionary in asked:
            known = stems[dictionary]
            self._kept[dictionary].update((word, _lexemes(known[word], known[plain(word)])) for word in new)


def _lexemes(stem: str | None, of_plain: str | None) -> tuple[str, ...]:
    """Return the stems of a word as written and as typed without accents; the accents of the first help to find it."""
    if stem is None:
        return ()
    own = plain(stem)
    return (own,) if of_plain is None or of_plain == own else (own, of_plain)


def _itself(word: str) -> tuple[str, ...]:
    return (plain(word),)
