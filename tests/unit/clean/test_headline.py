"""The first line of a plain text is its headline if it looks like one; a lead stays."""

import pytest

from worker.article import Article
from worker.clean import clean

PROSE = {
    "en": "The harbour council of Varnby voted on Tuesday to close the eastern quay for eight months.",
    "de": "Der Hafenrat von Varnby hat am Dienstag beschlossen, den Ostkai für acht Monate zu schließen. „Es eilt.“",
    "cs": "Přístavní rada ve Varnby rozhodla, že na osm měsíců zavře východní nábřeží. „Nemáme jinou možnost.“",
    "ja": "ヴァルンビュー市議会は火曜日、東埠頭を八カ月間閉鎖することを決めた。古い杭を一本ずつ取り替える。",
}
HEADLINES = {
    "en": "Varnby closes its eastern quay",
    "de": "Varnby schließt seinen Kai für acht Monate",
    "cs": "Varnby na osm měsíců zavře nábřeží",
    "ja": "東埠頭を八カ月閉鎖へ、市議会が決定",
}


@pytest.mark.parametrize("language", PROSE)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_first_line_without_stop_is_the_title(language: str, gap: str) -> None:
    """A line without a stop above prose becomes the title, with or without a blank line below it."""
    body = f"{PROSE[language]}{gap}{PROSE[language][::-1][1:]}."
    cleaned = clean(Article(f"{HEADLINES[language]}{gap}{body}", language=language))
    assert cleaned.title == HEADLINES[language]
    assert cleaned.text.startswith(PROSE[language])


@pytest.mark.parametrize(
    ("language", "byline"),
    [("en", "By Mara Ellund, Courier staff"), ("de", "Von Mara Ellund"), ("cs", "Autor: Mara Ellundová")],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_headline_above_a_byline_is_the_title(language: str, byline: str, gap: str) -> None:
    """A byline may be between the headline and the prose."""
    cleaned = clean(Article(f"{HEADLINES[language]}{gap}{byline}\n\n{PROSE[language]}", language=language))
    assert cleaned.title == HEADLINES[language]
    assert cleaned.text.endswith(PROSE[language])


@pytest.mark.parametrize(
    ("language", "headline"),
    [("de", "Wasserstände am Dienstag"), ("pl", "Pogoda na środę"), ("en", "Pollen in April"), ("hu", "Piac a keddi")],
)
def test_three_words_that_name_a_day_or_month_are_the_title(language: str, headline: str) -> None:
    """The headline of a recurring report may have three words."""
    cleaned = clean(Article(f"{headline}\n\n{PROSE['de']}", language=language))
    assert (cleaned.title, cleaned.text) == (headline, PROSE["de"])


@pytest.mark.parametrize("line", ["Anna May Wong", "By April Jones", "Joe Friday", "am Dienstag früh"])
def test_names_of_people_are_no_such_title(line: str) -> None:
    """A name may contain a month or a day; without a word in lower case, or as a byline, it is no headline."""
    assert clean(Article(f"{line}\n\n{PROSE['de']}", language="de")).title is None


def test_sentence_across_a_page_break_stays() -> None:
    """The first line is no headline if the page below it goes on with a small letter."""
    first = "The council of Marrow voted late on Monday to drain the mill"
    rest = "pond and to build a swimming hall of timber. It will cost twelve million florins, half paid by the county."
    cleaned = clean(Article(f"{first}\n\f{rest}"))
    assert cleaned.title is None
    assert " ".join(cleaned.text.split()) == f"{first} {rest}"


def test_line_above_a_sentence_about_a_way_stays() -> None:
    """A sentence that begins like a byline is none."""
    text = f"Four ways across the sound\n\nBy Monday it froze, she said.\n\n{PROSE['en']}"
    assert clean(Article(text, language="en")).text == text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Varnby"),
        ("en", "Dear readers of this paper,"),
        ("en", "- the quay, the fair, the ferry"),
        ("en", "The quay is closed. It costs 12 €"),
        ("de", "Karten gibt es unter www.varnby.example"),
        ("de", "„Wir haben keine andere Wahl mehr.“"),
        ("ja", "東埠頭"),
        ("cs", "Kdo zaplatí palivo navíc?"),
    ],
)
def test_first_line_of_an_author_stays(language: str, line: str) -> None:
    """A place, a salutation, an item, a sentence or an address above prose is no headline."""
    text = f"{line}\n\n{PROSE[language]}"
    cleaned = clean(Article(text, language=language))
    assert (cleaned.text, cleaned.title) == (text, None)


@pytest.mark.parametrize(
    ("language", "end"),
    [
        ("de", "sagte sie: „Wir haben keine andere Wahl mehr.“"),
        ("de", "nun wird es früher ernst 😀"),
        ("de", "die Karten kosten wie bisher 12 €"),
        ("de", "Karten gibt es auch auf kai.varnby.example"),
        ("cs", "řekla: „Už nemáme jinou možnost.“"),
        ("en", "and the plan can be seen at plan@varnby.example"),
        ("en", "as the council wrote in its report.†"),
        ("en", "It costs a third more. Tickets at the Mill Street office"),
        ("ja", "と述べた。」"),
    ],
)
def test_lead_below_a_title_stays(language: str, end: str) -> None:
    """A lead that ends with a quotation, an emoji, a sum, a note or an address is no standfirst."""
    text = f"Varnby 2031 {PROSE[language][:60].strip()} {end}\n\n{PROSE[language]}"
    assert clean(Article(text, language=language, title="Varnby 2031")).text == text


def test_standfirst_is_removed() -> None:
    """A paragraph of eight words that ends with a word, below a title and above prose, is the standfirst."""
    standfirst = "Mara Ellund on why the eastern quay of Varnby must close and what it costs"
    assert clean(Article(f"{standfirst}\n\n{PROSE['de']}", language="en", title="The quay")).text == PROSE["de"]


@pytest.mark.parametrize("headline", ["Who pays for the quay?", "Der Kai bleibt zu!"])
def test_question_above_a_dateline_is_the_title(headline: str) -> None:
    """Above a dateline a headline may be a question or a call."""
    cleaned = clean(Article(f"{headline}\n\nVARNBY (AP) -- {PROSE['en']}", language="en"))
    assert (cleaned.title, cleaned.text) == (headline, PROSE["en"])
