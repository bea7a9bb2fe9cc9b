"""Load the documents and labels of the labelled sets."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

#: Sets in which one `story` label means copies of one text.
COPIES = ("ocr", "paraphrase", "scrape", "short")
#: Sets whose label means independent reports of one event.
EVENTS = ("same_event", "look_alike", "leads")
#: Sets without labels: one agency's feed, and other newsrooms.
UNLABELLED = ("wire", "background")
#: Ids of the leads among `background`: the set `leads` has them too, with their events.
_LEADS = "allsides/"


@dataclass(frozen=True, slots=True)
class Document:
    """A labelled document; ``story`` is empty without a label."""

    set: str
    id: str
    story: str
    text: str
    title: str | None
    language: str
    published: str = ""


def shared_folder() -> Path:
    """Return the folder of the labelled sets: `COPYDESK_SHARED`, else `shared` next to the checkout."""
    return Path(os.environ.get("COPYDESK_SHARED", Path(__file__).parents[2] / "../shared"))


def documents() -> list[Document]:
    """Return all documents of all sets, and the five real files as the set `five`."""
    labelled = []
    for name in (*COPIES, "judged", *EVENTS, *UNLABELLED):
        with (shared_folder() / "data" / name / "docs.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text, story = row.get("text") or "", row.get("story") or row.get("event") or ""
                language, time = row.get("language") or row.get("lang") or "en", row.get("published") or ""
                if not row["id"].startswith(_LEADS):
                    labelled.append(Document(name, row["id"], story, text, row.get("title"), language, time))
    five = sorted((shared_folder() / "seeds").glob("0*.txt"))
    return labelled + [Document("five", p.name, "five", p.read_text(encoding="utf-8"), None, "en") for p in five]


def judged_pairs() -> list[tuple[str, str, int]]:
    """Return the judged pairs: two ids and the label, 3 and 2 the same text, 1 partly, 0 not."""
    with (shared_folder() / "data" / "judged" / "pairs.jsonl").open(encoding="utf-8") as lines:
        return [(row["a"], row["b"], row["label"]) for row in map(json.loads, lines)]
