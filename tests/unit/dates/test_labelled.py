"""A date next to its label is read as the moment of publication."""

from datetime import UTC, datetime

import pytest

from worker.dates.labelled import parse_labelled

EVENING = datetime(2031, 5, 6, 21, 14, tzinfo=UTC)
DAY = datetime(2031, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Published: 6 May 2031 | Updated: 8 May 2031", DAY),
        ("Updated: 8 May 2031 | Published: 6 May 2031", DAY),
        ("UPDATED: 21:14, 6 May 2031", EVENING),
        ("Veröffentlicht: 6. Mai 2031, 21:14 Uhr", EVENING),
        ("Publié le 06/05/2031 à 21:14, mis à jour le 08/05/2031 à 08:30", EVENING),
        ("06/05/2031 21:14 | Actualizado: 08/05/2031 08:30", EVENING),
        ("Gepubliceerd op 6 mei 2031 om 21:14", EVENING),
        ("Publicerad 6 maj 2031 kl 21:14", EVENING),
        ("Opublikowano: 6 maja 2031, 21:14", EVENING),
        ("Опубликовано: 6 мая 2031, 21:14", EVENING),
        ("Güncelleme Tarihi: 6 Mayıs 2031 21:14", EVENING),
        ("公開日：2031年5月6日", DAY),
        ("입력 2031.05.06. 오후 9:14 수정 2031.05.08. 오전 8:30", EVENING),
        ("نشر في: 6 مايو 2031", DAY),
    ],
)
def test_moment_of_publication(written: str, moment: datetime) -> None:
    """Labels of many languages are known; that of publication has precedence; the day comes first but in English."""
    assert parse_labelled(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "6 May 2031",
        "Published",
        "Published: 06/05/2031",
        "Published by hundreds of pupils, 6 May 2031",
        "Update: By Friday 6 May 2031 forty families had left.",
        f"Published: 6 May 2031{' ' * 200}",
    ],
)
def test_no_label_or_more_than_a_date(written: str) -> None:
    """A line without a label, without a clear date, or with further words is none."""
    assert parse_labelled(written) is None
