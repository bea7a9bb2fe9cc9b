"""A feed as an agency sends it: templates and recurring reports stay apart, refiled dispatches are copies."""

import random
from collections import defaultdict
from collections.abc import Iterator

import orjson
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, new_processor, rows
from worker.settings import Settings

_FIRST = "Harl Ost Brent Cald Vel Dorn Marr Quin Sel Tam Ulver Wex".split()
_LAST = "mark Steel|Foods|Lines Inc|Power and Light|Savings Bank|Chemical Corp|Airways|Stores".split("|")


def results(rng: random.Random, company: str) -> str:
    """Return the quarterly results of a company, as a table in words."""
    shares, net, sales = rng.uniform(0.1, 3), rng.uniform(1, 90), rng.uniform(100, 900)
    return (
        f"{company.upper()} 1ST QTR NET\n\nShr {shares:.2f} dlrs vs {shares * 0.9:.2f} dlrs\n"
        f"Net {net:.1f} mln vs {net * 0.8:.1f} mln\nSales {sales:.1f} mln vs {sales * 0.95:.1f} mln\n"
        f"Avg shrs {rng.randint(2, 40)}.{rng.randint(1, 9)} mln vs {rng.randint(2, 40)}.{rng.randint(1, 9)} mln\n"
        f"NOTE: Results include a gain of {rng.randint(2, 30)}.{rng.randint(1, 9)} mln dlrs from the sale of assets."
    )


def prices(rng: random.Random, day: int) -> str:
    """Return the price notice of a day."""
    rates = ", ".join(f"{name} {rng.uniform(20, 90):.2f}" for name in ("wheat", "barley", "oats", "maize", "rye"))
    return (
        f"The Ostrel exchange fixed the following prices on April {day}, in crowns a hundredweight: {rates}. "
        f"Turnover was {rng.randint(200, 900)} lots against {rng.randint(200, 900)} the day before, dealers said. "
        "The next notice follows at the close of business tomorrow."
    )


_BACKGROUND = (
    "Vaske Holdings already owns 14.8 pct of the shipping group, which runs ferries between Ostrel and the islands. "
    "The ministry of transport in Ostrel must approve any purchase of more than a quarter of the shares."
)
_NEWS = (
    (
        "Tolmer Lines asked a court in Ostrel to stop the bid of Orrin Vaske. Its lawyers said that his papers omit "
        "two loans of a bank in Calder Sound, and that holders who tender now cannot know who will own their ferries."
    ),
    (
        "Ida Brenk told holders of Tolmer Lines that the board would look for another buyer. She named three banks to "
        "receive offers until June, and asked Orrin Vaske to wait for the outcome before he mails his papers."
    ),
    (
        "Harbour workers of Tolmer Lines marched against the bid of Orrin Vaske on Friday. Their union fears for four "
        "hundred jobs at the yard in Dornhaven, where new owners have closed two of the three slips since autumn."
    ),
    (
        "Analysts at Quent and Sons said that Tolmer Lines was worth at least 96 crowns a share to a buyer. They "
        "put the two tankers at 300 mln crowns and warned that Orrin Vaske would have to sell them to pay his lenders."
    ),
    (
        "Tolmer Lines agreed to sell its two tankers to a group of pension funds. Orrin Vaske opposed it in a "
        "letter, calling it a gift at the cost of the holders, and said that he might ask for a special meeting."
    ),
)


def feed() -> Iterator[tuple[str, str]]:
    """Yield a label and a text: texts with one label are copies of one dispatch."""
    rng = random.Random(4)
    companies = [f"{first}{last}" for first in _FIRST for last in _LAST]
    for company in companies:
        yield company, results(rng, company)
    for day in range(1, 29):
        yield f"prices {day}", prices(rng, day)
    for number, news in enumerate(_NEWS):
        yield f"matter {number}", f"{news}\n\n{_BACKGROUND}"
    for number in range(40):
        words = dispatch(100 + number, 150).split()
        yield f"dispatch {number}", " ".join(words)
        words[rng.randrange(10, 140)] = "corrected"
        yield f"dispatch {number}", " ".join([*words, "Adds", "detail", "in", "last", "line."])


def test_a_feed_has_a_story_a_dispatch(settings: Settings, engine: Engine) -> None:
    """Companies' results, daily notices and follow-ups with one background stay apart; refiled dispatches join."""
    items = list(feed())
    random.Random(2).shuffle(items)
    lines = b"\n".join(orjson.dumps({"text": text}) for _, text in items)
    processor = new_processor(settings)
    processor.process(deliver(settings, engine, [("feed.jsonl", lines.decode())]))
    processor.close()
    members = defaultdict(list)
    for article, story in rows(engine, "SELECT id, story_id FROM articles ORDER BY id"):
        members[story].append(article)
    found = list(members.values())
    labels = {number: label for number, (label, _) in enumerate(items, start=1)}
    false_joins = sum(len({labels[i] for i in ids}) - 1 for ids in found)
    story_of = {i: story for story, ids in enumerate(found) for i in ids}
    copies = defaultdict(set)
    for number, label in labels.items():
        copies[label].add(story_of[number])
    assert false_joins == 0
    assert all(len(places) == 1 for places in copies.values())
