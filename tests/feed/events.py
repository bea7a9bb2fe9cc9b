"""Reports of events: by an agency, and by outlets that report the same facts on their own in other words."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.feed.item import Item, moment
from tests.feed.names import Names
from tests.feed.texts import texts_of

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
#: The wording of the agency's headlines.
AGENCY = 0
#: What an outlet adds that no other has; each outlet takes one of these per event.
_OWN = (
    "Our reporter reached a neighbour, {own}, who had seen it from a window and could not sleep afterwards.",
    "A reader, {own}, sent us a photograph that shows the scene from the other side.",
    "Asked by this newspaper, {own} of the chamber of commerce would only say that it had been a matter of time.",
    "{own}, who teaches history here, compares it with a winter of the sixties that old people still talk about.",
    "The bishop, {own}, will speak about it on Sunday, and the square is expected to be full.",
    "Two streets away, at the counter of {own}, people talked about little else over their first coffee.",
)


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a kind, with its names and numbers, on a day of the feed."""

    number: int
    kind: Mapping[str, Any]
    facts: Mapping[str, str | int]
    day: int

    def fact(self, number: int, wording: int) -> str:
        """Return one of six facts in one of three wordings."""
        sentence: str = self.kind["facts"][number][wording]
        return sentence.format(**self.facts)

    def title(self, wording: int) -> str:
        """Return the headline in one of three wordings; an agency's is in capitals."""
        title: str = self.kind["title"][wording].format(**self.facts)
        return title.upper() if wording == AGENCY else title


def events(rng: random.Random, names: Names, count: int, days: int) -> Iterator[Event]:
    """Yield events, one kind after the other."""
    kinds = texts_of("events")["kind"]
    for number in range(count):
        day = rng.randrange(days)
        cast: dict[str, str | int] = {
            **{key: names.place() for key in ("town", "other", "region", "ship")},
            **{key: names.person() for key in ("chief", "person")},
            **{key: names.company() for key in ("company", "second")},
            "n": rng.randint(120, 990),
            "m": rng.randint(7, 48),
            "day": _DAYS[day % 7],
        }
        yield Event(number, kinds[number % len(kinds)], cast, day)


def dispatch(rng: random.Random, event: Event) -> Item:
    """Return a dispatch on an event: all facts in order, in three paragraphs."""
    said = [event.fact(n, rng.randrange(3)) for n in range(6)]
    text = "\n\n".join(" ".join(said[start : start + 2]) for start in (0, 2, 4))
    return Item("dispatch", f"event {event.number}", event.title(AGENCY), text, moment(event.day, 420))


def independent(rng: random.Random, names: Names, event: Event) -> Iterator[Item]:
    """Yield four reports of an event: three outlets have words of their own, the fourth a sentence of each of them."""
    own = [sentence.format(own=names.person()) for sentence in rng.sample(_OWN, 5)]
    for outlet in range(4):
        facts = [0, *sorted(rng.sample(range(1, 6), 3))]
        if outlet < 3:
            told = [event.fact(fact, outlet) for fact in facts]
        else:
            told = [*(event.fact(fact, wording) for wording, fact in enumerate(facts[:3])), own[4]]
        told.insert(rng.randint(1, len(told)), own[outlet])
        when = moment(event.day, 480 + 90 * outlet + rng.randrange(60))
        label = f"report {event.number}/{outlet}"
        yield Item("report", label, event.title(outlet % 3), " ".join(told), when, f"outlet {outlet}")
