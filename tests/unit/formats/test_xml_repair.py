"""Slips in the XML of agencies are repaired with a note; what can't be repaired is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import only, outcomes, refusal
from worker.article import Article
from worker.formats import safe_xml
from worker.formats.xml_repair import repair

NITF = (
    '<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><body><body.head><hedline><hl1>{title}</hl1></hedline>'
    "</body.head><body.content><p>{text}</p></body.content></body></nitf>"
)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Søn & far", "Første linje<br>anden linje", "Første linje\nanden linje"),
        ("Pörssi", "Kurssi < 5 & nousi. <x:em>Heti</x:em>", "Kurssi < 5 & nousi. Heti"),
        ("Порт", "Причал <![CDATA[закрыт & пуст</p>", "Причал закрыт & пуст"),
    ],
)
def test_a_slip_in_nitf_costs_no_article(title: str, text: str, expected: str) -> None:
    """It is read, and the note says so."""
    document = NITF.format(title=title, text=text)
    if "CDATA" in text:
        document = document.replace("</p></p>", "</p>")
    article = only(document.encode(), "a.xml")
    assert article.title == title
    assert article.text == expected
    assert "repaired" in article.notes[0]


def test_a_slip_in_a_message_of_several_items_costs_none() -> None:
    """The items before the slip are read once, those behind it too."""
    items = "".join(
        f"<newsItem guid='{number}'><contentSet><inlineData>{text}</inlineData></contentSet></newsItem>"
        for number, text in enumerate(("Kaia er stengt.", "Sild & torsk.", "Broen er åpen."))
    )
    results = outcomes(f"<newsMessage><itemSet>{items}</itemSet></newsMessage>".encode(), "a.xml")
    articles = [outcome for outcome in results if isinstance(outcome, Article)]
    assert [article.text for article in articles] == ["Kaia er stengt.", "Sild & torsk.", "Broen er åpen."]
    assert [bool(article.notes) for article in articles] == [False, True, False]


@pytest.mark.parametrize("text", ["<p>a</b>", "cut off here"])
def test_what_is_broken_otherwise_is_refused(text: str) -> None:
    """Crossed tags and a document that breaks off are not guessed at."""
    document = NITF.format(title="A", text=text)
    assert "broken" in refusal(document[: document.index(text) + len(text)].encode(), "a.xml")


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "a & b", "&amp;", "<br/>", "<![CDATA[x & y]]>", "<!-- a & b -->", "&#228;"])
    )
)
def test_repairing_sound_xml_changes_no_word(parts: list[str]) -> None:
    """What a parser reads is not changed, and repairing twice is repairing once."""
    text = "<a>" + "".join(parts) + "</a>"
    assert repair(repair(text)) == repair(text)
    if "a & b" not in parts and parts.count("<p>") == parts.count("</p>") == 0:
        assert safe_xml.element_text(safe_xml.parse(repair(text).encode())) == safe_xml.element_text(
            safe_xml.parse(text.encode())
        )
