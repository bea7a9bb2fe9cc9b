"""Articles of web sites: short items that name one product, and a site whose page frame is longer than its articles."""

import random
from collections.abc import Iterator

from tests.feed.item import Item, moment
from tests.feed.names import Names
from tests.feed.texts import texts_of

_MONTHS = "April May June July August September".split()


def web(rng: random.Random, names: Names, days: int) -> Iterator[Item]:
    """Yield the articles, each with a label that no other has."""
    texts = texts_of("web")
    for number in range(14):
        product = {"p": f"{names.place()} {rng.randint(2, 12)}", "maker": names.place()}
        for turn, (title, text) in enumerate(rng.sample(texts["products"], 5)):
            when = moment(rng.randrange(days), rng.randrange(1_440))
            label = f"product {number}/{turn}"
            yield Item("product", label, title.format(**product), text.format(**product), when, f"site {turn}")
    site = {"site": f"The {names.place()} Lantern", "town": names.place()}
    for turn, news in enumerate(texts["local"]):
        facts = {"street": names.place(), "person": names.person(), "month": rng.choice(_MONTHS)}
        numbers = {"n": rng.randint(12, 78), "year": rng.randint(1951, 1988)}
        text = (texts["frame_top"] + news + texts["frame_end"]).format(**site, **facts, **numbers)
        when = moment(rng.randrange(days), rng.randrange(480, 1_200))
        yield Item("framed", f"framed {turn}", "", text, when, site["site"])
