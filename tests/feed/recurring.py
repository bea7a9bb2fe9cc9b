"""Reports that recur: markets at the opening and the close, price indices, tenders and share buy-backs."""

import random
from collections.abc import Iterator

from tests.feed.item import Item, date, moment
from tests.feed.names import Names

_MOODS = (
    "Dealers spoke of a quiet session in which most investors waited for the figures on employment.",
    "Brokers said that foreign funds bought early on, but that demand dried up before noon.",
    "Trading was thin because banks in the capital were closed for a holiday.",
    "Buyers returned after two weak days, although few expect the rise to last.",
)
_WHY = (
    "a stronger currency", "the fall of oil prices", "hopes of lower interest rates", "profit taking after the rise",
    "the budget debate", "better figures from exporters", "a rumour of a large bid", "weak orders abroad",
)  # fmt: skip
_MONTHS = "April May June July August September October November December January".split()


def recurring(rng: random.Random, names: Names, days: int) -> Iterator[Item]:
    """Yield the reports, each with a label that no other has."""
    for town in names.some(names.place, 3):
        shares = list(names.some(names.company, 6))
        for day in range(days):
            for minute, session in ((545, "OPEN"), (1_020, "CLOSE")):
                title, text = _market(rng, town, shares, session)
                yield Item("market", f"{town} {day} {session}", title, text, moment(day, minute))
        bank = names.bank()
        for day in range(0, days, 4):
            yield Item("tender", f"{town} tender {day}", *_tender(rng, town, bank, day), moment(day, 700))
    for company in names.some(names.company, 4):
        bank = names.bank()
        for day in range(0, days, 2):
            yield Item("buy-back", f"{company} {day}", *_buy_back(rng, company, bank, day), moment(day, 1_080))
    for country in names.some(names.place, 5):
        for number, month in enumerate(_MONTHS):
            day = number * days // len(_MONTHS)
            yield Item("index", f"{country} {month}", *_index(rng, country, month), moment(day, 630))


def _market(rng: random.Random, town: str, shares: list[str], session: str) -> tuple[str, str]:
    first, second, third = rng.sample(shares, 3)
    level, points = rng.uniform(1_180, 1_320), rng.uniform(0.4, 19)
    up = rng.random() < 0.5
    when = "in early trading" if session == "OPEN" else "at the end of the session"
    title = f"{town.upper()} STOCKS {session} {'HIGHER' if up else 'LOWER'}"
    text = (
        f"Share prices in {town} were {'higher' if up else 'lower'} {when} on {rng.choice(_WHY)}. The index of the "
        f"thirty largest companies {'rose' if up else 'fell'} {points:.2f} points to {level:.2f}.\n\n"
        f"{rng.choice(_MOODS)} {first} was {rng.randint(1, 9)} crowns {'firmer' if up else 'weaker'} at "
        f"{rng.randint(60, 400)}, while {second} lost {rng.randint(1, 9)} to {rng.randint(60, 400)}. "
        f"{third} was unchanged at {rng.randint(60, 400)}.\n\nTurnover was {rng.randint(180, 900)} mln crowns against "
        f"{rng.randint(180, 900)} mln the day before. Rises outnumbered falls by {rng.randint(60, 190)} to "
        f"{rng.randint(30, 150)}."
    )
    return title, text


def _tender(rng: random.Random, town: str, bank: str, day: int) -> tuple[str, str]:
    rate = rng.uniform(3.1, 3.9)
    title = f"{town.upper()} TREASURY BILL TENDER"
    text = (
        f"The treasury in {town} sold {rng.randint(2, 9)}00 mln crowns of 91-day bills at an average yield of "
        f"{rate:.3f} pct, against {rate + rng.uniform(-0.1, 0.1):.3f} pct at the tender before. Bids totalled "
        f"{rng.randint(900, 2_400)} mln crowns, {bank} said as agent. The bills will be issued on {date(day + 2)} and "
        f"mature on {date(day + 93)}. The next tender of {rng.randint(2, 9)}00 mln crowns is set for {date(day + 7)}."
    )
    return title, text


def _buy_back(rng: random.Random, company: str, bank: str, day: int) -> tuple[str, str]:
    low = rng.uniform(40, 44)
    title = f"{company}: Transaction in Own Shares"
    text = (
        f"{company} announces that on {date(day)} it purchased {rng.randint(20, 180)},{rng.randint(100, 999)} of its "
        f"ordinary shares through {bank} under the programme announced in January. The highest price paid was "
        f"{low + rng.uniform(0.2, 2):.2f} crowns and the lowest price paid was {low:.2f} crowns per share. The company "
        f"intends to cancel the purchased shares. Following the purchase, it has {rng.randint(801, 811)},"
        f"{rng.randint(100, 999)},{rng.randint(100, 999)} ordinary shares in issue with voting rights. This figure may "
        f"be used by holders as the denominator for the calculations by which they determine whether they must notify "
        f"their interest, or a change of their interest, under the disclosure rules."
    )
    return title, text


def _index(rng: random.Random, country: str, month: str) -> tuple[str, str]:
    change, year = rng.uniform(0.1, 0.9), rng.uniform(1.2, 3.9)
    up, down = rng.sample(["food", "clothing", "rents", "fuel", "transport", "furniture", "services"], 2)
    title = f"{country.upper()} CONSUMER PRICES RISE {change:.1f} PCT IN {month.upper()}"
    text = (
        f"Consumer prices in {country} rose {change:.1f} pct in {month}, the statistics office said. The rise over the "
        f"same month of last year was {year:.1f} pct, compared with {year + rng.uniform(-0.4, 0.4):.1f} pct in the "
        f"month before. The index, base 2020, stood at {rng.uniform(104, 118):.1f}. Prices of {up} rose "
        f"{rng.uniform(0.5, 3):.1f} pct, while those of {down} fell {rng.uniform(0.1, 2):.1f} pct."
    )
    return title, text
