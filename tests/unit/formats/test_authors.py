"""An author field gives names of people, or nothing."""

import pytest

from worker.formats.authors import author_names

SOURCE, URL = "Tarnow Herald", "https://www.herald.example/lock"


@pytest.mark.parametrize(
    "written",
    [
        "By Ada Holm May 20, 2033",
        "Written by Ada Holm",
        "Ada Holm | 17 mai 2033",
        "Ada Holm · 17.05.2033 08:40",
        "Ada Holm Last updated 2 hours ago",
        "Ada Holm, aktualisiert am 17. Mai",
        "desk@herald.example (Ada Holm)",
        "Ada Holm <desk@herald.example>",
        "Ada Holm @adaholm",
        "“Ada Holm”",
        "Text: Ada Holm",
        "Von Ada Holm",
        "Par Ada Holm",
        "Ada Holm, Staff Writer",
        "Ada Holm, Herald Business Editor",
        "admin, Ada Holm",
        "Ada Holm, Tarnow Herald",
        "By Ada Holm, By Ada Holm",
        "Posted by Ada Holm on May 17, 2033 at 8:40 am",
        "Published by Ada Holm",
        "Ada Holm 17 mai 2033",
        "Ada Holm Staff Writer",
        "記者 Ada Holm",
        "Ada Holm 3 hours ago",
        "Ada Holm, a day ago",
    ],
)
def test_a_name_in_a_byline(written: str) -> None:
    """Labels, dates, addresses, job titles and the site's name around a name go."""
    assert author_names(written, SOURCE, URL) == "Ada Holm"


@pytest.mark.parametrize(
    "written",
    [
        "admin",
        "Username",
        "Tweet",
        "{{author}}",
        "%author%",
        "[object Object]",
        "Last updated",
        "Staff",
        "Staff Writer",
        "Newsroom",
        "Redaktion",
        "La rédaction",
        "Редакция",
        "編集部",
        "Tarnow Herald",
        "The Tarnow Herald",
        "herald.example",
        "desk@herald.example",
        "https://social.example/ada",
        "@adaholm",
        "17 May 2033",
        "By",
        "...",
    ],
)
def test_what_is_no_name(written: str) -> None:
    """Accounts, labels, newsrooms, addresses, dates and the site itself are no authors."""
    assert author_names(written, SOURCE, URL) is None


@pytest.mark.parametrize(
    "name",
    [
        "Theresa May",
        "April Jones",
        "Anna Maj",
        "Byron Katie",
        "Parveen Khan",
        "Von der Leyen, Ursula",
        "Di Maio",
        "J. K. Rowling",
        "Stan Lee",
        "Jean-Paul D'Arcy Jr.",
        "Ada Holm and Ivo Brandt",
        "Ada Holm, Ivo Brandt",
        "李明",
        "Иван Петров",
        "Reuters",
        "50 Cent",
        "Herald Brown",
        "x" * 2_001,
    ],
)
def test_names_stay(name: str) -> None:
    """Names that contain months, prepositions or numbers, agencies, and overlong values are left alone."""
    assert author_names(name, SOURCE, URL) == name


def test_a_field_that_is_missing() -> None:
    """No author is none."""
    assert author_names(None, SOURCE, URL) is None
