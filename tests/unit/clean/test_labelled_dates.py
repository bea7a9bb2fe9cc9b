"""Lines that only date a text are moved from above it to the metadata, in any language."""

from datetime import UTC, datetime

import pytest

from worker.article import Article
from worker.clean import clean

LEAD = "The council of Marrow voted late on Monday to drain the mill pond and to build a swimming hall of timber."
PROSE = f"{LEAD}\n\nThe hall will cost twelve million florins, said the mayor, half of it paid by the county."
EVENING = datetime(2031, 5, 6, 21, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "May 6, 2031 — 9.14pm",
        "Veröffentlicht: 6. Mai 2031, 21:14 Uhr",
        "Publié le 06/05/2031 à 21:14, mis à jour le 08/05/2031 à 08:30",
        "Опубликовано: 6 мая 2031, 21:14",
        "2031年5月6日 21:14",
        "입력 2031.05.06. 오후 9:14 수정 2031.05.08. 오전 8:30",
        "Selasa, 06 Mei 2031 21:14",
    ],
)
def test_date_above_the_text(line: str) -> None:
    """It is stored and removed, and is no headline."""
    cleaned = clean(Article(f"{line}\n\n{PROSE}", language="en"))
    assert (cleaned.text, cleaned.title, cleaned.published_at) == (PROSE, None, EVENING)


@pytest.mark.parametrize(
    "text",
    [
        f"2031年5月6日 21:14\n\n{LEAD}\n\n2031年5月7日 21:14\n\n{LEAD[::-1]}.",
        f"Опубликовано в 2031 году\n\n{PROSE}",
    ],
)
def test_dates_of_the_author_stay(text: str) -> None:
    """The times of several entries and a line with further words are left."""
    cleaned = clean(Article(text, title="Varnby", language="en"))
    assert (cleaned.text, cleaned.published_at) == (text, None)
