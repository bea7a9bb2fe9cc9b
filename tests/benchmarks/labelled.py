"""Load the documents and labels of the labelled sets."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

#: Sets in which one `story` label means copies of one text.
COPIES = ("ocr", "paraphrase", "scrape", "short")
#: Sets whose `story` label means independent reports of one event.
EVENTS = ("same_event", "look_alike")


@dataclass(frozen=True, slots=True)
class Document:
    """A labelled document; ``story`` is empty without a label."""

    set: str
    id: str
    story: str
    text: str
    title: str | None
    language: str


def shared_folder() -> Path:
    """Return the folder of the labelled sets: `COPYDESK_SHARED`, else `shared` next to the checkout."""
    return Path(os.environ.get("COPYDESK_SHARED", Path(__file__).parents[2] / "../shared"))


def documents() -> list[Document]:
    """Return all documents of all sets, and the five real files as the set `five`."""
    labelled = []
    for name in (*COPIES, "judged", *EVENTS, "background"):
        with (shared_folder() / "data" / name / "docs.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text, story = row.get("text") or "", row.get("story") or ""
                labelled.append(Document(name, row["id"], story, text, row.get("title"), row.get("lang", "en")))
    five = sorted((shared_folder() / "seeds").glob("0*.txt"))
    return labelled + [Document("five", p.name, "five", p.read_text(encoding="utf-8"), None, "en") for p in five]


def judged_pairs() -> list[tuple[str, str, int]]:
    """Return the judged pairs: two ids and the label, 3 and 2 the same text, 1 partly, 0 not."""
    with (shared_folder() / "data" / "judged" / "pairs.jsonl").open(encoding="utf-8") as lines:
        return [(row["a"], row["b"], row["label"]) for row in map(json.loads, lines)]
