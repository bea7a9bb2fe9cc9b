"""Dispatches that fill a form: results, dividends, eurobond terms and ratings of many companies."""

import random
from collections.abc import Iterator

from tests.feed.item import Item, date, moment
from tests.feed.names import Names

_NOTES = (
    "NOTE: Results include a tax credit of {a} mln dlrs, or {c} cts a share, in both periods.",
    "NOTE: Prior year figures are restated for the two-for-one stock split of {month}.",
    "NOTE: Net includes a gain of {a} mln dlrs from the sale of a subsidiary. Full name of the company is {name} Inc.",
    "",
)
_MONTHS = "January February April June August October November".split()
_COUPONS = ("7-1/8", "7-3/4", "8", "8-1/4", "8-5/8", "9", "9-3/8", "9-7/8")
_LISTINGS = ("Luxembourg", "London", "Frankfurt", "Zurich")
_GRADES = ("AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+")
_CAUSES = (
    "weaker cash flow and the cost of recent acquisitions, which raised debt to {n} pct of capital",
    "higher debt after the purchase of its own shares and the dim outlook for margins in the industry",
    "the sale of unprofitable units, lower interest payments and a debt burden of {n} pct of capital",
    "an expected fall of earnings, while the cost of building new plants must be met by borrowing",
)


def templates(rng: random.Random, names: Names, days: int) -> Iterator[Item]:
    """Yield the dispatches, each with a label that no other has."""
    for kind, count, write in (
        ("results", 90, _results),
        ("dividend", 50, _dividend),
        ("eurobond", 40, _eurobond),
        ("rating", 30, _rating),
    ):
        for number in range(count):
            day = rng.randrange(days)
            title, text = write(rng, names, day)
            yield Item(kind, f"{kind} {number}", title, text, moment(day, rng.randrange(480, 1_080)))


def _results(rng: random.Random, names: Names, _day: int) -> tuple[str, str]:
    name, quarter = names.company(), rng.choice(["1ST", "2ND", "3RD", "4TH"])
    lines = [
        f"Shr {rng.randint(5, 290)} cts vs {rng.randint(5, 290)} cts",
        f"Net {rng.randint(200, 9_999)},000 vs {rng.randint(200, 9_999)},000",
        f"{rng.choice(['Revs', 'Sales'])} {rng.uniform(5, 900):.1f} mln vs {rng.uniform(5, 900):.1f} mln",
    ]
    if rng.random() < 0.6:
        lines.append(f"Avg shrs {rng.randint(2, 90)},{rng.randint(100, 999)},000 vs {rng.randint(2, 90)},482,000")
    if rng.random() < 0.5:
        lines += ["Nine mths", f"Shr {rng.uniform(0.2, 6):.2f} dlrs vs {rng.uniform(0.2, 6):.2f} dlrs"]
        lines += [f"Net {rng.uniform(1, 90):.1f} mln vs {rng.uniform(1, 90):.1f} mln"]
    note = rng.choice(_NOTES).format(
        a=f"{rng.uniform(1, 30):.1f}", c=rng.randint(3, 80), month=rng.choice(_MONTHS), name=name
    )
    return f"{name.upper()} {quarter} QTR NET", "\n".join([*lines, note]).strip()


def _dividend(rng: random.Random, names: Names, day: int) -> tuple[str, str]:
    name, cents = names.company(), rng.randint(4, 60)
    prior = cents if rng.random() < 0.7 else cents - rng.randint(1, 3)
    verb = "SETS QUARTERLY" if prior == cents else "RAISES QUARTERLY"
    title = f"{name.upper()} {verb} DIVIDEND"
    text = f"Qtly div {cents} cts vs {prior} cts prior\nPay {date(day + 30)}\nRecord {date(day + rng.randint(8, 20))}"
    return title, text


def _eurobond(rng: random.Random, names: Names, day: int) -> tuple[str, str]:
    name, bank, year = names.company(), names.bank(), rng.randint(2029, 2038)
    size, coupon = 25 * rng.randint(1, 12), rng.choice(_COUPONS)
    fee, part = rng.choice(["1-1/4", "1-3/8", "1-1/2"]), rng.choice(["5/8", "3/8", "1/2"])
    title = f"{name.upper()} ISSUES {size} MLN DLR EUROBOND"
    text = (
        f"{name} is issuing a {size} mln dlr eurobond due {date(day + 30)}, {year} paying {coupon} pct and priced at "
        f"{rng.randint(99, 101)}-{rng.choice(['1/8', '1/4', '3/8', '1/2'])} pct, lead manager {bank} said.\n\n"
        f"The non-callable bond is available in denominations of {rng.choice(['1,000', '5,000'])} dlrs and will be "
        f"listed in {rng.choice(_LISTINGS)}. The selling concession is {fee} pct, while management and underwriting "
        f"combined pays {part} pct.\n\nThe payment date is {date(day + 30)}."
    )
    return title, text


def _rating(rng: random.Random, names: Names, _day: int) -> tuple[str, str]:
    name, old = names.company(), rng.randrange(1, len(_GRADES) - 1)
    worse = rng.random() < 0.6
    verb, new = ("lowered", _GRADES[old + 1]) if worse else ("raised", _GRADES[old - 1])
    amount = rng.randint(40, 950)
    cause = rng.choice(_CAUSES[:2] if worse else _CAUSES[2:]).format(n=rng.randint(30, 65))
    title = f"QUENT {'LOWERS' if worse else 'RAISES'} {name.upper()} DEBT"
    text = (
        f"Quent Ratings said it {verb} the senior debt of {name} to {new} from {_GRADES[old]} and its commercial paper "
        f"to Prime-{rng.randint(1, 3)}. About {amount} mln dlrs of debt is affected.\n\n"
        f"The agency cited {cause}. It said that the outlook for the ratings is stable, and that it does not expect "
        f"further changes before {rng.choice(_MONTHS)}."
    )
    return title, text
