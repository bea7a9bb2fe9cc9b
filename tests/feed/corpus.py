"""Put the feed together, and write it as a corpus."""

import json
import random
from pathlib import Path

from tests.feed.copies import copies
from tests.feed.disputes import disputes
from tests.feed.events import dispatch, events, independent
from tests.feed.item import Item
from tests.feed.names import Names
from tests.feed.recurring import recurring
from tests.feed.templates import templates
from tests.feed.web import web

DAYS = 12
_EVENTS, _REPORTED = 72, 24


def feed(seed: int = 1) -> list[Item]:
    """Return the items in the order of their times; the same seed gives the same items."""
    rng = random.Random(seed)
    names = Names(rng)
    happened = list(events(rng, names, _EVENTS, DAYS))
    items = [
        *templates(rng, names, DAYS),
        *disputes(rng, names, DAYS),
        *recurring(rng, names, DAYS),
        *web(rng, names, DAYS),
        *(report for event in happened[:_REPORTED] for report in independent(rng, names, event)),
        *(dispatch(rng, event) for event in happened[_REPORTED:]),
    ]
    items += copies(rng, items)
    return sorted(items, key=lambda item: item.published)


def write_corpus(folder: Path, seed: int = 1) -> Path:
    """Write the feed as a corpus into a folder, which is created, and return it; ids begin with the kind."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "docs.jsonl").open("w", encoding="utf-8") as docs:
        for number, item in enumerate(feed(seed)):
            line = {"id": f"{item.kind}/{number}", "story": item.label, "title": item.title, "text": item.text}
            line |= {"published": item.published.isoformat(), "source": item.source, "language": "en"}
            docs.write(json.dumps(line, ensure_ascii=False) + "\n")
    (folder / "corpus.toml").write_text('labels = "copies"\n', "utf-8")
    return folder
