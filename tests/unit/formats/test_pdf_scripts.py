"""PDF: text from right to left, and vertical Chinese and Japanese, by the places of the letters."""

from worker.formats.readers.pdf_columns import in_reading_order
from worker.formats.readers.pdf_letters import Letter, Sheet
from worker.formats.readers.pdf_pieces import page_of

PAGE = (0.0, 0.0, 600.0, 800.0)


def set_line(shown: str, right: float, baseline: float) -> list[Letter]:
    """Return the letters of a line as the page shows them, the rightmost first; a blank is a gap."""
    places = [(right - 6 * n, letter) for n, letter in enumerate(shown)]
    return [Letter(x - 6, baseline - 2, x, baseline + 8, letter, baseline) for x, letter in places if letter != " "]


def set_column(text: str, left: float, top: float) -> list[Letter]:
    """Return the letters of a vertical line; in some fonts a stop has half of the width."""
    return [
        Letter(left + 5 * (letter in "。、"), top - 10 * n - 10, left + 10, top - 10 * n, letter, top - 10 * n - 8)
        for n, letter in enumerate(text)
    ]


def text_of(letters: list[Letter]) -> str:
    """Return the text of a page."""
    return "\n".join(in_reading_order(page_of(Sheet(letters, PAGE)).pieces))


def test_lines_are_read_from_right_to_left() -> None:
    """Numbers and Latin words inside of them keep their order, and a bracket its meaning."""
    # Written from the right, each number and Latin word has its last character first.
    letters = set_line("חברת enilhtroN הודיעה", 500, 700) + set_line("המנוע )8691( ישן 4,5 םעמ", 500, 685)
    letters = [letter._replace(text=letter.text) for letter in letters]
    assert text_of(letters).split("\n")[0] == "חברת Northline הודיעה"
    assert "(1968)" in text_of(letters)


def test_the_right_column_is_first() -> None:
    """The order in which the letters are drawn does not matter."""
    right = ["המועצה החליטה אתמול בלילה", "שהמעבורת תמשיך להפליג אל", "האי במשך שני חורפים", "אף על פי שהמנוע ישן"]
    left = ["הדייגים בנמל בירכו על כך", "מפני שהם מוכרים את רוב", "השלל ביבשה וחששו שיצטרכו", "לשכור כלי שיט פרטי"]
    drawn = [(line, 560, 700 - 15 * n) for n, line in enumerate(right)]
    drawn += [(line, 280, 700 - 15 * n) for n, line in enumerate(left)]
    letters = [letter for line in drawn for letter in set_line(*line)]
    assert text_of(letters[::-1]).split("\n") == right + left


def test_vertical_lines_are_read_from_the_right_and_band_by_band() -> None:
    """Lines become rows, and the bands of a page its columns; an indented line begins a paragraph."""
    upper = ["町議会は火曜日の夜、五", "時間の審議の末、渡し船", "を二冬運航すると決めた", "賛成は十一人、反対は八"]
    lower = ["人だった。港の管理者は", "新しい船は高く、春の前", "には来ないと警告した。", "漁業者は歓迎した。"]
    letters = [letter for n, line in enumerate(upper) for letter in set_column(line, 500 - 15 * n, 700 - 10 * (n == 3))]
    letters += [
        letter for n, line in enumerate(lower) for letter in set_column(line, 500 - 15 * n, 550 - 10 * (n == 3))
    ]
    assert text_of(letters).split("\n") == [*upper[:3], "", upper[3], *lower[:3], "", lower[3]]
