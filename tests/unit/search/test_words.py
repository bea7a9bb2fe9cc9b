"""How a text is divided into the words that a search compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.search.words import folded, plain, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The “crane” fell—twice.", ["the", "crane", "fell", "twice"]),
        ("l’élection d'un", ["l", "élection", "d", "un"]),
        ("snake_case and wi-fi 3.5", ["snake", "case", "and", "wi", "fi", "3", "5"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("ＡＢＣ ﬁsh", ["abc", "fish"]),
        ("गाँव के", ["गाँव", "के"]),
        ("مَدْرَسَة", ["مدرسة"]),
        ("посёлок", ["поселок"]),
        ("港口2026", ["港口", "口", "2026"]),
        ("水", ["水"]),
        ("ไปวัด", ["ไป", "ปว", "วั", "ัด", "ด"]),
        ("x" * 65, [""]),
        ("", []),
        ("…!?", []),
    ],
)
def test_a_text_is_divided_into_words(text: str, expected: list[str]) -> None:
    """Punctuation, case and vowel points do not count; scripts without blanks are divided into pairs."""
    assert words(text) == expected


@given(st.text(max_size=80))
def test_both_functions_give_the_same_words(text: str) -> None:
    """The words with places are those without, each inside of the text and in order, and none has a quote or blank."""
    spans = list(tokens(text))
    assert [span.word for span in spans] == words(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    assert not any(set(" '\"\\&|!()<>:*\x00") & set(span.word) for span in spans)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Müller", "muller"), ("Łódź", "lodz"), ("λιμάνι", "λιμανι"), ("Ærø", "aero"), ("чай", "чай"), ("ệ", "e")],
)
def test_accents_of_latin_and_greek_are_left_out(word: str, expected: str) -> None:
    """Accents may be left out in a query; a mark that makes another letter may not."""
    assert plain(folded(word)) == expected


@given(st.text(max_size=20))
def test_a_plain_word_stays_as_it_is(word: str) -> None:
    """Leaving accents out twice changes nothing more, and never leaves nothing of a word."""
    once = plain(folded(word))
    assert plain(once) == once
    assert bool(once) == bool(folded(word))
