"""Place dispatches in several languages, let them be compared, and read the links and what the feed says of them."""

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import closing

from sqlalchemy import Connection, Engine

from tests.integration.delivery import WINDOW_DAYS, deliver, new_processor, rows
from tests.translated import DispatchText, dispatch_texts
from worker.queue.translating import Translator
from worker.settings import Settings
from worker.stories.correction_context import CorrectionContext

Place = Callable[[Iterable[DispatchText]], None]


def version(language: str, dispatch: str = "d01") -> DispatchText:
    """Return a dispatch in a language."""
    return next(t for t in dispatch_texts() if (t.dispatch, t.language, t.is_version) == (dispatch, language, True))


def placing(settings: Settings, engine: Engine) -> Place:
    """Return a function that delivers texts as one file of JSON lines and places them."""

    def work(texts: Iterable[DispatchText]) -> None:
        lines = [
            {"id": f"{t.dispatch} {t.role} {t.language}", "title": t.title, "text": t.text, "published_at": t.date}
            | {"language": t.language}
            for t in texts
        ]
        content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        with closing(new_processor(settings)) as processor:
            assert processor.process(deliver(settings, engine, [(f"{abs(hash(content))}.jsonl", content)])) == []

    return work


def look(engine: Engine) -> int:
    """Compare all stories that are next; return their number."""
    return Translator(engine).run(60, threading.Event())


def links(engine: Engine) -> set[tuple[int, int]]:
    """Return the linked stories, the greater id first."""
    return {tuple(row) for row in rows(engine, "SELECT story_id, other_id FROM translations WHERE same = 1")}


def feed(engine: Engine) -> list[tuple[str, int, int]]:
    """Return what the change feed says about translations."""
    found = rows(
        engine, "SELECT kind, story_id, other_story_id FROM changes WHERE kind LIKE 'translation%' ORDER BY id"
    )
    return [tuple(row) for row in found]


def context(connection: Connection) -> CorrectionContext:
    """Return the context of a correction."""
    return CorrectionContext(connection, WINDOW_DAYS, made_by="mara")
