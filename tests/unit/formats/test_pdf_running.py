"""Running heads and feet of PDF pages are removed, in many languages; no line of the author is."""

import pytest

from tests.unit.formats.pdfs import pdf
from tests.unit.formats.reads import only
from worker.formats.readers.pdf_lines import Page, Piece
from worker.formats.readers.pdf_page_words import is_jump_line, is_page_number
from worker.formats.readers.pdf_running import without_running_lines

Drawn = tuple[float, float, float, str]
PROSE = [
    [
        "The ferry to Lindholm sails again from",
        "Monday, said Jonas Feld of the harbour,",
        "although its engine is still the old one and",
    ],
    [
        "nobody knows how long it will last in the",
        "storms of the autumn. The council meets",
        "on Friday to decide about the money that",
    ],
    [
        "a new engine costs. Until then the ferry",
        "sails at half its speed, so that all who live",
        "on the island need more patience than before.",
    ],
]


def body(number: int, top: float = 760, size: float = 10) -> list[Drawn]:
    """Return the lines of prose of one page."""
    return [(60, top - 13 * row, size, line) for row, line in enumerate(PROSE[number])]


def text_of(pages: list[list[Drawn]]) -> str:
    """Return the text of a PDF on one line."""
    return " ".join(only(pdf(pages), "a.pdf").text.split())


WHOLE = " ".join(line for lines in PROSE for line in lines)


@pytest.mark.parametrize(
    "head",
    [
        ["Lindholmer Bote", "Mittwoch, 9. April 2031", "Seite {}"],
        ["Le Courrier de Valmère", "mercredi 9 avril 2031", "p. {}"],
        ["La Gaceta de Alconar · Miércoles 9 de abril de 2031 · Página {}"],
        ["{}", "Varnby Tidende", "onsdag 9. april 2031"],
        ["Varn Courier"],
        ["- {} -"],
    ],
)
@pytest.mark.parametrize("height", [815, 25])
@pytest.mark.parametrize("size", [7, 10])
def test_heads_and_feet_of_several_pages_are_removed(head: list[str], height: float, size: float) -> None:
    """A sentence that runs over the end of the page stays whole."""
    pages = [
        [*body(n), *((60 + 190 * place, height, size, piece.format(n + 4)) for place, piece in enumerate(head))]
        for n in range(3)
    ]
    assert text_of([sorted(page, key=lambda drawn: -drawn[1]) for page in pages]) == WHOLE


def test_left_and_right_pages_have_different_heads() -> None:
    """A head counts as repeated if the page after the next has it."""
    heads = [[(60, 815, 8, f"{n}"), (250, 815, 8, ("Local news", "Varn Courier")[n % 2])] for n in range(4)]
    pages = [[*head, *body(n % 3)] for n, head in enumerate(heads)]
    assert "Courier" not in text_of(pages)
    assert "Local" not in text_of(pages)


@pytest.mark.parametrize(
    "row",
    [
        [(60, 815, 8, "Varnby Courier"), (250, 815, 8, "Wednesday, 9 April 2031"), (500, 815, 8, "Page 1")],
        [(60, 815, 10, "Lindholmer Bote | 9. April 2031 | Seite 3")],
        [(60, 815, 8, "12"), (250, 815, 8, "Le Courrier de Valmère, 9 avril 2031")],
        [(300, 25, 8, "3 / 12")],
        [(300, 25, 10, "Strona 3 z 12")],
        [(30, 825, 7, "4/9/31, 10:31 PM"), (250, 825, 7, "Ferry stays - Varn Courier")],
        [(30, 20, 7, "https://www.varncourier.example/ferry?id=3"), (550, 20, 7, "1/3")],
        [(30, 825, 7, "Ferry stays - Varn Courier"), (350, 825, 7, "https://www.varncourier.example/ferry")],
        [(30, 20, 7, "1 of 3"), (500, 20, 7, "09.04.2031, 22:31")],
        [(30, 20, 7, "VC_0409_A01_LOCAL.indd 3"), (450, 20, 7, "09.04.31 17:32")],
    ],
)
def test_the_head_of_a_single_page_is_known_by_its_form(row: list[Drawn]) -> None:
    """A page number in the margin is removed, with the name and the date next to it."""
    assert text_of([[*row, *body(0)]]) == " ".join(PROSE[0])


KEPT: list[list[list[Drawn]]] = [
    # a refrain in the letters of the text: at the top or the foot of each page, with a stop or without
    [[(60, 786, 10, "Row, brothers, row!"), *body(n)] for n in range(3)],
    [[(60, 786, 10, "And the sea was calm"), *body(n)] for n in range(3)],
    [[*body(n), (60, 708, 10, "Rudere, Bruder, rudere!")] for n in range(3)],
    [[*body(n), (60, 721, 10, "Vogue, vogue, mon bateau")] for n in range(3)],
    # in the middle of each page
    [[*body(n), (60, 700, 10, "Og havet var stille"), *body(n, 674)] for n in range(3)],
    # the number of a chapter, a year that ends a sentence, a line that differs by a number
    [[(60, 786, 10, f"Chapter {n}"), *body(n)] for n in range(3)],
    [[*body(n), (60, 721, 10, "1931.")] for n in range(3)],
    [[(60, 800, 18, f"{n + 1}"), *body(n)] for n in range(3)],
    [[(60, 815, 10, f"Kapitel {n}"), *body(n)] for n in range(3)],
    # the name of a place above a letter on one page
    [[(60, 800, 10, "Lindholm, 9 April 2031"), *body(0)]],
    # prose that mentions a page
    [[*body(0), (60, 721, 10, "continued on page 4")]],
    # an address or a date with a time in the text
    [[*body(0), (60, 721, 10, "https://www.varncourier.example/ferry")]],
    [[(60, 786, 10, "9.4.2031, 22:31"), *body(0)]],
    [[*body(0), (60, 721, 10, "Seite 3 des Vertrags nennt den Preis der Maschine.")]],
]


@pytest.mark.parametrize("pages", KEPT, ids=range(len(KEPT)))
def test_no_line_of_the_author_is_removed(pages: list[list[Drawn]]) -> None:
    """Refrains, chapters, dates and mentions of pages stay, on every page."""
    text = text_of(pages)
    for page in pages:
        for line in page:
            assert line[3] in text
    assert len(text) == len(" ".join(line[3] for page in pages for line in page))


def test_a_title_that_heads_every_page_stays_once() -> None:
    """Slides and reports repeat it in large letters: the first is the headline."""
    pages = [[(60, 800, 20, "Engines of the island ferry"), *body(n)] for n in range(3)]
    assert text_of(pages) == f"Engines of the island ferry {WHOLE}"


def test_pages_of_nothing_else_are_read() -> None:
    """If all lines look like running heads, they are the text."""
    assert text_of([[(60, 815, 8, "Varn Courier")], [(60, 815, 8, "Varn Courier")]]) == "Varn Courier Varn Courier"


def test_jump_lines_are_removed_from_columns() -> None:
    """The sentence goes on in the next column."""
    left, right = [*PROSE[0], "Continued on A4"], ["FERRY from A1", *PROSE[1]]
    page = [(60.0, 760.0 - 13 * n, 10.0, line) for n, line in enumerate(left)]
    page += [(330.0, 760.0 - 13 * n, 10.0, line) for n, line in enumerate(right)]
    assert "engine is still the old one and nobody knows" in text_of([page])


@pytest.mark.parametrize(
    "line",
    [
        "Continued on page 4",
        "(Continued from A1)",
        "CONTINUED ON B12",
        "See FERRY, Page A4",
        "FERRY from A1",
        "See FERRY on Page 4A",
        "FERRY From Page 1A",
        "► Fortsetzung auf Seite 4",
        "Fortsetzung von Seite 1",
        "Lire la suite en page 4",
        "Suite page 12",
        "Continúa en la página 8",
        "Viene de la página 1",
        "Segue a pagina 3",
        "Continua na página 4",
        "Vervolg op pagina 4",
        "Fortsättning på sidan 7",
        "Fortsetter på side 7",
        "Fortsættes på side 7",
        "Jatkuu sivulla 4",
        "Dokończenie na str. 4",
        "Pokračování na straně 4",
        "Folytatás a 4. oldalon",
        "Devamı 4. sayfada",
        "Продолжение на стр. 4",
        "(Окончание. Начало на стр. 1)",
        "Закінчення на стор. 4",
        "Συνέχεια στη σελίδα 4",
        "下转第4版",
        "（上接第一版）",
        "4面に続く",
        "4면에 계속",
        "التتمة على الصفحة ٤",
        "המשך בעמוד 4",
        "อ่านต่อหน้า 4",
        "Xem tiếp trang 4",
    ],
)
def test_jump_lines_are_known_in_many_languages(line: str) -> None:
    """A line that only sends the reader to another page is no text."""
    assert is_jump_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "continued on page 4",
        "Continued rain is expected on Friday",
        "See page 4 of the report by Mara Ellund",
        "OSLO, 4",
        "Fortsetzung folgt",
        "auf Seite 4 des Berichts",
        "La suite du procès en 2031",
        "Segue il calcio",
        "Jatkuu",
        "4",
        "Продолжение следует",
        "на стр. 4",
        "下转",
        "第4版",
        "面に続く",
        "Viene de Alconar",
        "HARBOUR 12",
        "Suite 4",
    ],
)
def test_other_lines_are_no_jump_lines(line: str) -> None:
    """Prose that mentions a page, and what begins like a jump line, stays."""
    assert not is_jump_line(line)


@pytest.mark.parametrize(
    "number",
    [
        "7",
        "- 7 -",
        "Page 7",
        "page 7 of 12",
        "7/12",
        "Seite 7 von 12",
        "Página 7",
        "S. 7",
        "sida 7",
        "7. oldal",
        "Стр. 7",
        "с. 7",
        "Σελίδα 7",
        "第7頁",
        "7ページ",
        "7면",
        "第七版",
        "صفحة ٧",
        "עמוד 7",
        "पृष्ठ ७",
        "หน้า 7",
        "A4",
        "xii",
        "| 7 |",
        "Trang 7",
    ],
)
def test_page_numbers_are_known_in_many_languages(number: str) -> None:
    """The word for "page" may be in front of the number or behind it."""
    assert is_page_number(number)


@pytest.mark.parametrize(
    "line",
    [
        "Page of history",
        "7 goals",
        "Seite an Seite",
        "",
        "-",
        "Side effects",
        "Strana zelených",
        "7:0 (3:0)",
        "12,000",
        "S. Feld",
        "civil",
        "Il",
        "四面",
        "9 April 2031",
        "Pagina bianca",
        "第七",
    ],
)
def test_other_lines_are_no_page_numbers(line: str) -> None:
    """Words that begin like the word for "page", results and dates are text."""
    assert not is_page_number(line)


@pytest.mark.parametrize("name", ["浜野新聞", "Вестник Липовки", "صحيفة الميناء", "Η Φωνή του Λιμανιού"])
def test_heads_in_any_script_are_removed(name: str) -> None:
    """Repetition and place do not depend on the script; the same words in the text stay."""
    lines = [Piece(60, 740 - 13 * n, 300, 750 - 13 * n, f"{name} {n}") for n in range(9)]
    pages = [Page([Piece(60, 810, 160, 818, name), *lines], 0, 842)] * 2
    assert without_running_lines(pages) == [lines, lines]
