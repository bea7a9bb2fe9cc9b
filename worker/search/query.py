"""Parse what a person types into the search field: words, "a phrase", ``or`` and ``-not``."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from worker.search.words import tokens

#: Returns what the index has of a word: its stem, and that of the word without accents if it is another one; nothing
#: of a word that is too frequent to be indexed.
Stem = Callable[[str], tuple[str, ...]]
#: Lexemes that must follow each other: the position of each, and what it may be.
Sequence = list[tuple[int, tuple[str, ...]]]

_PART = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
#: A longer query is cut: Postgres evaluates it for each article that it examines.
_MOST_TERMS = 32


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other, each with its position in the term; ``similar`` are words that replace it."""

    words: tuple[tuple[int, str], ...]
    excluded: bool = False
    prefix: bool = False
    similar: tuple[str, ...] = ()

    def sequences(self, stem: Stem) -> list[Sequence]:
        """Return the sequences that match it; none if the index has none of its words."""
        terms: list[Sequence] = [[(position, stem(word)) for position, word in self.words]]
        terms += [[(0, stem(word))] for word in self.similar]
        indexed = [[(position, lexemes) for position, lexemes in term if lexemes] for term in terms]
        return [term for term in indexed if term]


@dataclass(frozen=True, slots=True)
class Query:
    """Alternatives, of which one must match: all of its terms, and none of its excluded terms."""

    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms that are looked for, without the excluded."""
        return tuple(term for terms in self.alternatives for term in terms if not term.excluded)

    @property
    def words(self) -> set[str]:
        """All words, also those of excluded terms."""
        return {word for terms in self.alternatives for term in terms for word in _words(term)}

    def replace(self, similar: dict[str, tuple[str, ...]]) -> "Query":
        """Return the query with similar words for its words."""
        return Query(
            tuple(
                tuple(
                    replace(term, similar=similar.get(term.words[0][1], ())) if _may_be_misspelt(term) else term
                    for term in terms
                )
                for terms in self.alternatives
            )
        )

    def misspellable(self) -> list[str]:
        """Return the words that may be misspelt: those that are looked for outside of phrases."""
        return [term.words[0][1] for term in self.terms if _may_be_misspelt(term)]


def _words(term: Term) -> Iterator[str]:
    yield from (word for _, word in term.words)
    yield from term.similar


def _may_be_misspelt(term: Term) -> bool:
    return len(term.words) == 1 and not term.excluded and not term.prefix


def parse(typed: str) -> Query:
    """Parse a query; one without alternatives has nothing that can be looked for."""
    alternatives: list[list[Term]] = [[]]
    for number, part in enumerate(_PART.finditer(typed)):
        if number >= _MOST_TERMS:
            break
        if part["word"] and part["word"].casefold() == "or":
            alternatives.append([])
        elif term := _term(part):
            alternatives[-1].append(term)
    searchable = [terms for terms in alternatives if any(not term.excluded for term in terms)]
    return Query(tuple(map(tuple, searchable)))


def _term(part: re.Match[str]) -> Term | None:
    word, phrase = part["word"], part["phrase"]
    excluded = bool(part["minus"]) if phrase is not None else word.startswith("-")
    found = list(enumerate(tokens(word if phrase is None else phrase)))
    if len(found) == 1 and found[0][1].single:
        return Term(((0, found[0][1].word),), excluded, prefix=True)
    # the last character of a run without blanks may begin a pair in the text
    pairs = tuple((i, token.word) for i, token in found if token.word and not token.single)
    return Term(tuple((i - pairs[0][0], word) for i, word in pairs), excluded) if pairs else None


def expression(query: Query, stem: Stem) -> str | None:
    """Return the query as Postgres's ``tsquery`` with the stems of one language; None if only stop words are left."""
    alternatives = []
    for terms in query.alternatives:
        wanted = [part for term in terms if not term.excluded and (part := _any_sequence(term, stem))]
        excluded = [f"!{part}" for term in terms if term.excluded and (part := _any_sequence(term, stem))]
        if wanted:
            alternatives.append(f"({' & '.join(wanted + excluded)})")
    return " | ".join(alternatives) or None


def _any_sequence(term: Term, stem: Stem) -> str:
    sequences = [_phrase(lexemes, prefix=term.prefix) for lexemes in term.sequences(stem)]
    return f"({' | '.join(sequences)})" if sequences else ""


def _phrase(sequence: Sequence, *, prefix: bool) -> str:
    words = [
        f"({' | '.join(quoted(lexeme) + (':*' if prefix else '') for lexeme in lexemes)})" for _, lexemes in sequence
    ]
    distances = [after - before for (before, _), (after, _) in pairwise(sequence)]
    return words[0] + "".join(f" <{distance}> {word}" for distance, word in zip(distances, words[1:], strict=True))


def quoted(lexeme: str) -> str:
    """Return a lexeme as ``tsquery`` and ``tsvector`` read it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'" if not lexeme.isalnum() else f"'{lexeme}'"
