"""For any text, cleaning is idempotent and deterministic, its result can be stored, and it never fails."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.article import Article, Cleaned
from worker.clean import STEPS, SURFACE_STEPS, clean, explain
from worker.clean.metadata import Metadata, Trigger
from worker.clean.triggers import triggers_in

#: Pieces of debris, of breaks and of faults: random letters alone would never match a rule.
PIECES = st.sampled_from(
    [
        "\n", "\n\n", " ", "  ", "\t", "- ", "-\n", "\u00ad", "\f", ".", ". .", "..", '"', "”", "&amp;",
        "&amp;lt;", "&#38;", "Â£", "â€œ", "\u200b", "\u200d", "\ufeff", "\ud83d", "\ude00", "\x00", "ﬁ",
        "e\u0301", "\u00a0", "\r\n", "VARNBY (AP) -- ", "VARNBY — ", "date 2031-04-09 ", "2031-04\n",
        "By Mara Ellund\n", "Also read: x\n", "Share\n", "(AP)", "-- PTI", "Categorized in:",
        "Photo: Mara Ellund\n", "summit.The", "VarnbyThe harbour ", "be- fore ", "Xi- Putin ", "short- and ",
        "The harbour of Varnby opens in May.", "Headline of the day\n", "the ", "harbour", "Related Articles\n",
        "(VRN.N)", "12\n", "* [Ferries](/f)\n", "[quay](/q) ", "![](/p.gif)", "* News (https://varnby.example/n)\n",
        " (https://varnby.example/a\nb) ", "<p>", "</p>", '<img src="x">', "• A point of the summary, long enough\n",
        "Ferries return to the north coast after a year of repairs at last\n\n", "[caption]",
        "Wednesday April 9, 2031\n", "Share Tweet\n", "(September 12)",
        "A ferry lies at the northern quay of the harbour. ", "(Photo: Mara Ellund)\n",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)


def again(cleaned: Cleaned) -> Cleaned:
    """Clean the cleaned text again, with the fields of the first result."""
    fields: dict[str, Any] = {name: getattr(cleaned, name) for name in ("title", "language", "published_at")}
    return clean(Article(cleaned.text, author=cleaned.byline, **fields))


@settings(max_examples=300)
@given(TEXTS, st.none() | st.just("Headline of the day"))
def test_cleaning_twice_is_cleaning_once(text: str, title: str | None) -> None:
    """A cleaned text is left unchanged."""
    once = clean(Article(text, title=title, language="en"))
    assert again(once).text == once.text
    assert not again(once).changes


@settings(max_examples=100)
@given(TEXTS)
def test_result_can_be_stored(text: str) -> None:
    """No NUL, lone surrogate or outer blank is left, and the same text gives the same result."""
    cleaned = clean(Article(text, language="en"))
    assert cleaned == clean(Article(text, language="en"))
    assert "\x00" not in cleaned.text
    assert cleaned.text.encode().decode() == cleaned.text.strip()


@settings(max_examples=100)
@given(TEXTS)
def test_explanation_leads_from_raw_to_cleaned(text: str) -> None:
    """Each change starts from the result of the previous one, and the last one results in the cleaned text."""
    changes = explain(Article(text, language="en"))
    texts = [text, *(change.after for change in changes)]
    assert [change.before for change in changes] == texts[:-1]
    assert texts[-1] == clean(Article(text, language="en")).text


@settings(max_examples=300)
@given(TEXTS | st.text(st.characters(max_codepoint=0x2FFF), max_size=40))
def test_step_is_skipped_only_if_it_would_change_nothing(text: str) -> None:
    """A step whose trigger is not in the text changes nothing; later steps only once the characters are repaired."""
    triggers = triggers_in(text)
    for step in SURFACE_STEPS if Trigger.CHARACTER in triggers else STEPS:
        if step.trigger is not None and step.trigger not in triggers:
            assert step.apply(text, Metadata(language="en")) == (text, 0), step.name
