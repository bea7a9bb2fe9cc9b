"""A mirror of the stories that reads nothing but the change feed, as docs/how-to/read.md describes it."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, text

from worker.store.read import changes


@dataclass(frozen=True, slots=True)
class Stories:
    """Article -> its story, story -> its canonical article, and merged story -> the story that it is part of.

    ``links``: the pairs of stories that are translations, the greater id first.
    """

    story_of: dict[int, int]
    canonical: dict[int, int]
    merged: dict[int, int]
    links: set[tuple[int, int]]


@dataclass
class Mirror:
    """A reader of the feed; ``catch_up`` continues after the last change that it has seen."""

    engine: Engine
    last: int = 0
    stories: Stories = field(default_factory=lambda: Stories({}, {}, {}, set()))

    def catch_up(self) -> Stories:
        """Apply all later changes."""
        for change in changes.stored(self.engine, self.last):
            self._apply(change.kind, change.story_id, change.article_id or 0, change.other_story_id or 0)
            self.last = change.id
        return self.stories

    def _erase(self, article: int, story: int) -> None:
        """Forget an article; a story without articles is gone, with those merged into it."""
        known = self.stories
        del known.story_of[article]
        if story not in known.story_of.values():
            del known.canonical[story]
            for merged in [s for s, now in known.merged.items() if now == story]:
                del known.merged[merged]

    def _apply(self, kind: str, story: int, article: int, other: int) -> None:
        known = self.stories
        if kind in {"created", "copy", "split", "moved"}:
            known.story_of[article] = story
        if kind in {"created", "split", "canonical"}:
            known.canonical[story] = article
        if kind == "translation":
            known.links.add((story, other))
        if kind == "translation-removed":
            known.links.remove((story, other))
        if kind == "erased":
            self._erase(article, story)
        if kind == "merged":
            known.canonical.pop(other, None)
            known.story_of.update({a: story for a, its_story in known.story_of.items() if its_story == other})
            known.merged.update({s: story for s, now in known.merged.items() if now == other} | {other: story})


def stored(engine: Engine) -> Stories:
    """Return the stories as the tables have them."""
    with engine.connect() as connection:
        articles = connection.execute(text("SELECT id, story_id FROM articles"))
        canonical = connection.execute(text("SELECT id, canonical_id FROM stories WHERE merged_into IS NULL"))
        merged = connection.execute(text("SELECT id, merged_into FROM stories WHERE merged_into IS NOT NULL"))
        links = connection.execute(text("SELECT story_id, other_id FROM translations WHERE same = 1"))
        of_articles, of_stories, of_merged = (dict(map(tuple, rows)) for rows in (articles, canonical, merged))
        return Stories(of_articles, of_stories, of_merged, set(map(tuple, links)))
