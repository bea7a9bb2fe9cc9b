"""One function knows where sentences end, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean.sentences import PAUSES, STOPS, ends_clause, ends_sentence, holds_prose, holds_sentence_end

CLOSERS = [
    "”",
    "“",
    "»",
    "«",
    "’",
    "›",
    "‹",
    ")",
    "]",
    "）",
    "」",
    "』",
    "】",
    "*",
    "†",
    "¹",
    "[2]",
    " 😀",
    " 👩\u200d🚒",
    "❤️",
    '"',
]


@pytest.mark.parametrize(
    "text",
    [
        "Wir haben keine Wahl mehr.“",
        "Nemáme jinou možnost.“",
        "Vi har ikke noget valg.«",
        "(siehe Seite 3.)",
        "Why?”)",
        "もう選択の余地はない。」",
        "我们别无选择。”",
        "खंभे सड़ चुके हैं।”",
        "لماذا لم يحذرنا أحد؟",
        "یہ خبر ہے۔",
        "Վերջ։",
        "ተጠናቀቀ።",
        "It rained….[12]",
        "At last! 😀",
        "Sie kam.¹",
    ],
)
def test_ends_of_sentences(text: str) -> None:
    """A stop ends a sentence whatever quotation mark, bracket, note or emoji follows."""
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "*",
        "Varnby schließt seinen Kai",
        "The “old quay”",
        "12 €",
        "ราคาเพิ่มขึ้น",
        "東埠頭を閉鎖へ",
        "Varnby 😀",
        "a,",
    ],
)
def test_no_end(text: str) -> None:
    """Words without a stop do not end a sentence, with or without closers."""
    assert not ends_sentence(text)


@given(st.sampled_from(sorted(STOPS)), st.lists(st.sampled_from(CLOSERS), max_size=3))
def test_any_stop_with_any_closers(stop: str, closers: list[str]) -> None:
    """Every stop can be followed by up to three closers; without the stop, the same text does not end."""
    assert ends_sentence(f"Varnby{stop}{''.join(closers)}")
    assert not ends_sentence(f"Varnby{''.join(closers)}")


@given(st.sampled_from(sorted(PAUSES)))
def test_pauses_end_a_clause_only(pause: str) -> None:
    """A comma, colon or semicolon ends no sentence."""
    assert ends_clause(f"Varnby{pause}")
    assert not ends_sentence(f"Varnby{pause}")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Der Rat tagt. Es kostet 12 €", True),
        ("We have no choice.” Work begins", True),
        ("费用很高。工程开始", True),
        ("Der Rat tagt z.B. am Montag", False),
        ("Mr. Holm goes", True),
        ("Работы идут 8 мес. без перерыва", False),
        ("One.", False),
    ],
)
def test_sentence_end_inside(text: str, inside: bool) -> None:
    """A sentence ends inside if a capital or a letter without case follows."""
    assert holds_sentence_end(text) == inside


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        ("Read more: the library of Varnby asks all parents to read aloud.", True),
        ("Lesen: Der Hafenrat schließt den Kai für acht Monate im Winter.", True),
        ("港務委員会は東埠頭を八カ月間閉鎖することを決めた。", True),
        ("Photo: Mara Ellund/Varnby Courier.", False),
        ("Follow Varnby Courier on Facebook, Twitter And Instagram.", False),
        ("Ferries return to the north coast of Varnby after the storm", False),
        ("写真：共同。", False),
    ],
)
def test_prose_and_labels(line: str, prose: bool) -> None:
    """Eight words, mostly in lower case, with a stop are prose; labels, names and headlines are not."""
    assert holds_prose(line) == prose
