"""Follow-ups of running disputes: each day's news is new, the names and the background paragraphs are the same."""

import random
from collections.abc import Iterator

from tests.feed.item import Item, date, moment
from tests.feed.names import Names
from tests.feed.texts import texts_of


def disputes(rng: random.Random, names: Names, days: int) -> Iterator[Item]:
    """Yield the follow-ups of three bids and three strikes: nine of each, on different days."""
    texts = texts_of("disputes")
    for number in range(6):
        kind = "bid" if number < 3 else "strike"
        news, background = texts[kind]["news"], texts[kind]["background"]
        cast = {
            "target": names.company(),
            "bidder": names.company(),
            "town": names.place(),
            "bank": names.bank(),
            "boss": names.person(),
            "owner": names.person(),
            "leader": names.person(),
        }
        for turn, lead in enumerate(rng.sample(news, len(news))):
            day = turn * days // len(news)
            facts = cast | {"n": rng.randint(21, 89), "m": rng.randint(3, 19), "date": date(day + rng.randint(2, 9))}
            text = "\n\n".join(paragraph.format(**facts) for paragraph in (lead, *background))
            title = f"{cast['target'].upper()} {kind.upper()}: DAY {turn + 1}"
            yield Item("dispute", f"dispute {number}/{turn}", title, text, moment(day, 600 + 7 * number))
