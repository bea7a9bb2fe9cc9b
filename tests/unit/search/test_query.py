"""How a query is parsed, and what Postgres gets of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.search.query import expression, parse

STOP_WORDS = {"the", "of"}


def stem(word: str) -> tuple[str, ...]:
    """Return a word without its final s, as a simple stemmer would; nothing of a stop word."""
    return () if word in STOP_WORDS else (word.removesuffix("s"),)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ports strike", "((('port')) & (('strike')))"),
        ('"port of call"', "((('port') <2> ('call')))"),
        ("wi-fi", "((('wi') <1> ('fi')))"),
        ("port or strike", "((('port'))) | ((('strike')))"),
        ("port OR strike -crane", "((('port'))) | ((('strike')) & !(('crane')))"),
        ('port -"the crane"', "((('port')) & !(('crane')))"),
        ("the port", "((('port')))"),
        ("水", "((('水':*)))"),
        ("港口区", "((('港口') <1> ('口区')))"),
        ("-port", None),
        ("the", None),
        ("or or", None),
        ('"', None),
        ("", None),
    ],
)
def test_a_query_becomes_an_expression(typed: str, expected: str | None) -> None:
    """Words, phrases, alternatives and exclusions; stop words keep their place in a phrase and are left out."""
    assert expression(parse(typed), stem) == expected


def test_a_similar_word_is_an_alternative() -> None:
    """A misspelt word is replaced where it is looked for, not where it is excluded or part of a phrase."""
    query = parse('prot -prot "prot call"').replace({"prot": ("port",)})
    assert expression(query, stem) == "((('prot') | ('port')) & (('prot') <1> ('call')) & !(('prot')))"
    assert query.misspellable() == ["prot"]


@given(st.text(max_size=60))
def test_a_query_has_a_bound(typed: str) -> None:
    """However much is typed, the number of terms is limited, and each of them has words."""
    query = parse(typed * 20)
    assert sum(len(terms) for terms in query.alternatives) <= 32
    assert all(term.words for terms in query.alternatives for term in terms)
