"""What is known about two articles besides their texts changes how likely they are one story.

An address that both have speaks for one story; headlines of two periods speak against it, and so do two languages, and
one headline on two days above other figures. None is an input of the model: few of the sets that it is fitted on have
addresses or dates, and few headlines name a period.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from worker.language.groups import languages_differ
from worker.match.address import address_of
from worker.match.edition import are_editions
from worker.match.period import name_other_periods
from worker.match.verdict import Verdict

#: One address multiplies the odds of one story by this. Of 152 pairs of short items with one address, a headline and
#: the item below it above all, held-out models give all but one a probability of .15 or more, and the limit becomes
#: .085; texts that share little, such as two states of a page that is rewritten daily, are far below.
SAME_ADDRESS_ODDS: Final = 20.0
#: Headlines that differ in the period alone, or in the day, divide the odds by this: editions of one report with other
#: figures reach .998, odds of 500. The same words under two such headlines are an exact copy all the same.
OTHER_PERIOD_ODDS: Final = 1000.0
#: Texts in two languages are no copies: a translation is linked instead (`worker/translation`). Names and numbers make
#: translations between related languages look alike: of 8,760 pairs of a dispatch's languages 371 reach .65.
OTHER_LANGUAGE_ODDS: Final = 1000.0
#: From this share of common phrases on, the language of one of the texts was not recognised: two languages never share
#: more than .13 in these pairs.
_ONE_LANGUAGE_PHRASES: Final = 0.2
#: No odds above reach `agreement` from here.
_HOPELESS: Final = 0.01
_SAME_ADDRESS: Final = "Same story, found at the same address: "
_OTHER_LANGUAGE: Final = "Not a copy, because the languages differ. Otherwise alike: "
_OTHER_PERIOD: Final = "Not a copy, because the headlines name different periods. Otherwise alike: "
_OTHER_EDITION: Final = "Not a copy, but another day's report under the same headline, with other figures: "


class ArticleMetadata(NamedTuple):
    """The headline, the address, the time of publication and the language of an article, as far as they are known."""

    title: str | None = None
    url: str | None = None
    published: datetime | None = None
    language: str | None = None


UNKNOWN: Final = ArticleMetadata()


def with_metadata(verdict: Verdict, a: ArticleMetadata, b: ArticleMetadata) -> Verdict:
    """Return the verdict on two texts that takes into account what else is known of their articles."""
    chance = verdict.probability
    if not _HOPELESS < chance < 1.0:
        return verdict
    if name_other_periods(a.title, b.title):
        return _with_odds(verdict, 1 / OTHER_PERIOD_ODDS, _OTHER_PERIOD)
    if _is_in_other_language(verdict, a, b):
        return _with_odds(verdict, 1 / OTHER_LANGUAGE_ODDS, _OTHER_LANGUAGE)
    if a.url and b.url and (address := address_of(a.url)) and address == address_of(b.url):
        return _with_odds(verdict, SAME_ADDRESS_ODDS, _SAME_ADDRESS)
    if are_editions(a.title, b.title, a.published, b.published, verdict.evidence.numbers):
        return _with_odds(verdict, 1 / OTHER_PERIOD_ODDS, _OTHER_EDITION)
    return verdict


def _is_in_other_language(verdict: Verdict, a: ArticleMetadata, b: ArticleMetadata) -> bool:
    if not languages_differ(a.language, b.language):
        return False
    return max(verdict.evidence.grams_in_a, verdict.evidence.grams_in_b) < _ONE_LANGUAGE_PHRASES


def _with_odds(verdict: Verdict, times: float, before: str) -> Verdict:
    """Return the verdict after the odds of one story were multiplied; if that decided, its reason begins ``before``."""
    odds = times * verdict.probability / (1 - verdict.probability)
    similarity = odds / (1 + odds)
    same = similarity >= verdict.needed
    if same == verdict.same:
        return replace(verdict, similarity=similarity)
    if same:
        return replace(verdict, same=True, similarity=similarity, probability=similarity, before=before)
    # the probability stays: what follows the beginning of the reason says what is alike
    return replace(verdict, same=False, similarity=similarity, before=before)
