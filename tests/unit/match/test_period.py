"""Headlines that differ only in the period that they name announce two editions of one recurring report."""

import pytest

from worker.features import features
from worker.match import evidence, reason, verdict
from worker.match.metadata import UNKNOWN, ArticleMetadata, with_metadata
from worker.match.period import name_other_periods


@pytest.mark.parametrize(
    ("headline", "other"),
    [
        ("Employment situation in Nordland, March 2031", "Employment situation in Nordland, April 2031"),
        ("Skarn port traffic, 2030", "Skarn port traffic, 2031"),
        ("Hofmatt dairy results Q1 2031", "Hofmatt dairy results Q2 2031"),
        ("Hofmatt dairy first quarter results", "Hofmatt dairy third-quarter results"),
        ("Share buyback, week 14", "Share buyback, week 15"),
        ("Fish auction at Skarn on Tuesday", "Fish auction at Skarn on Wednesday"),
        ("Fish auction at Skarn, Mon 9 March", "Fish auction at Skarn, Tuesday 10 March"),
        ("Notice to mariners No. 14/2031", "Notice to mariners No. 15/2031"),
        ("Pollen count 2031-04-09", "Pollen count 2031-04-10"),
        ("Verbraucherpreise im März 2031", "Verbraucherpreise im Mai 2031"),
        ("Les prix à la consommation en février", "Les prix à la consommation en août"),
        ("Índice de precios de enero de 2031", "Índice de precios de julio de 2031"),
        ("Промышленное производство за март", "Промышленное производство за апрель"),
        ("Konsumentpriserna i mars", "Konsumentpriserna i juni"),
        ("2031年3月就业形势", "2031年4月就业形势"),
        ("소비자물가 2031년 3월", "소비자물가 2031년 4월"),
        ("ดัชนีราคา มีนาคม", "ดัชนีราคา เมษายน"),
        ("ดัชนีราคาผู้บริโภคเดือนมีนาคม2574", "ดัชนีราคาผู้บริโภคเดือนเมษายน2574"),
        ("मार्च में खुदरा महंगाई", "अप्रैल में खुदरा महंगाई"),
        ("মার্চ মাসে রপ্তানি আয়", "এপ্রিল মাসে রপ্তানি আয়"),
        ("மார்ச் மாத விலை", "ஏப்ரல் மாத விலை"),
        ("مؤشر الأسعار في مارس", "مؤشر الأسعار في أبريل"),
        ("מדד המחירים במרץ", "מדד המחירים באפריל"),
        ("Fogyasztói árak márciusban", "Fogyasztói árak áprilisban"),
        ("Kuluttajahinnat maaliskuussa", "Kuluttajahinnat huhtikuussa"),
        ("Tarbijahinnad märtsis", "Tarbijahinnad juunis"),
        ("Tüketici fiyatları Mart'ta", "Tüketici fiyatları Nisan'da"),
        ("Inflation at 2.4 percent in March", "Inflation at 2 percent in April"),
        ("El índice de febrero se situó en 49,5 puntos", "El índice de marzo se situó en 50,3 puntos"),
        ("3月消费者价格同比上涨0.8%", "4月消费者价格同比上涨1.1%"),
        ("Pogoda na wtorek", "Pogoda na środę"),
        ("Погода на субботу", "Погода на среду"),
        ("Időjárás kedden", "Időjárás szerdán"),
        ("Ο καιρός της Τρίτης", "Ο καιρός της Τετάρτης"),
        ("Väderprognos för måndagen", "Väderprognos för tisdagen"),
        ("火曜日の天気", "水曜の天気"),
        ("周一油价播报", "周二油价播报"),
        ("월요일 아침 날씨", "화요일 아침 날씨"),
    ],
)
def test_two_editions_name_two_periods(headline: str, other: str) -> None:
    """Months, years, quarters, weeks, weekdays, days and numbers of editions, in many languages."""
    assert name_other_periods(headline, other)
    assert name_other_periods(other, headline)


@pytest.mark.parametrize(
    ("headline", "other"),
    [
        ("Quake in Nordland kills 12", "Quake in Nordland kills 15"),
        ("Ferry strike ends in March", "Crane falls in April"),
        ("Employment in Nordland, Jan", "Employment in Nordland, January 2031"),
        ("Employment in Nordland, March", "Employment in Nordland"),
        ("Fish auction on Mon", "Fish auction on Monday"),
        ("Hofmatt dairy 4th quarter net", "Hofmatt dairy year net"),
        ("Dairy pays 20 francs a share in May", "Dairy pays 30 francs a share in May"),
        ("UPDATE 1-Ferry strike ends", "UPDATE 2-Ferry strike ends"),
        ("March", "April"),
        ("Blast in Skarn: 12 dead on Monday", "Blast in Skarn: 15 dead on Tuesday"),
        ("月曜の天気", "月曜日の天気"),
        ("Mayor of Skarn resigns", "Marchers of Skarn resigns"),
        (None, "Employment in April"),
        ("", ""),
    ],
)
def test_other_differences_name_no_other_period(headline: str | None, other: str | None) -> None:
    """Other figures, other words, one period named twice or in one headline only, and periods of two kinds."""
    assert not name_other_periods(headline, other)
    assert not name_other_periods(other, headline)


NOTE = (
    "The figures come from questions put to 4,200 households each month. A person counts as employed who worked "
    "for pay for an hour or more in the week of the count, or ran a shop, a practice or a farm of their own. What "
    "returns with the seasons is taken out of the figures, and each January the office corrects the year before."
)
MARCH = f"The unemployment rate in Nordland was 4.1 percent, after 4.3 percent, the office reported. {NOTE}"
APRIL = f"The unemployment rate in Nordland was 4.4 percent, after 4.1 percent, the office reported. {NOTE}"


def test_editions_of_a_report_are_not_one_story() -> None:
    """Two months' releases that share nearly all of their text are apart by their headlines, and the reason says so."""
    alike = verdict(evidence(features(MARCH, None, "en"), features(APRIL, None, "en")))
    apart = with_metadata(alike, ArticleMetadata("Employment, March 2031"), ArticleMetadata("Employment, April 2031"))
    assert alike.same
    assert not apart.same
    assert apart.similarity < 0.1
    assert reason(apart).startswith("Not a copy, because the headlines name different periods. Otherwise alike: ")


def test_the_same_words_are_a_copy_under_any_headline() -> None:
    """An exact copy stays one, and so does a verdict without metadata."""
    same = verdict(evidence(features(MARCH, None, "en"), features(MARCH, None, "en")))
    assert with_metadata(same, ArticleMetadata("Employment, March"), ArticleMetadata("Employment, April")) == same
    alike = verdict(evidence(features(MARCH, None, "en"), features(APRIL, None, "en")))
    assert with_metadata(alike, UNKNOWN, ArticleMetadata("Employment, April")) == alike
