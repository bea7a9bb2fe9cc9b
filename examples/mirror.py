"""Mirror the stories into SQLite by the change feed.

Run it as: python examples/mirror.py http://127.0.0.1:8000 mirror.sqlite

Stories and position are written in one transaction, so the mirror may be stopped or killed at any moment and continues
where it was. The token, if reading needs one, is in COPYDESK_TOKEN. With --once it ends when it has caught up. What it
does is on standard error.
"""

import argparse
import os
import sqlite3
import sys

from worker.client import Change, CopydeskClient, LostFeedError

_TABLES = """
    CREATE TABLE IF NOT EXISTS position (after INTEGER NOT NULL, epoch TEXT);
    CREATE TABLE IF NOT EXISTS articles (id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS stories (id INTEGER PRIMARY KEY, canonical_id INTEGER, merged_into INTEGER);
    CREATE TABLE IF NOT EXISTS translations (story_id INTEGER, other_id INTEGER, PRIMARY KEY (story_id, other_id));
    CREATE INDEX IF NOT EXISTS articles_of_story ON articles (story_id);
    CREATE INDEX IF NOT EXISTS merged_stories ON stories (merged_into);"""
#: The service answers as soon as there is a change, or after this time without one.
_WAIT_SECONDS = 20


def apply(database: sqlite3.Connection, change: Change) -> None:
    """Do to the mirror what a change says."""
    kind, story, article, other = (change[k] for k in ("kind", "story_id", "article_id", "other_story_id"))
    if kind in {"created", "copy", "split", "moved"}:
        database.execute("INSERT OR REPLACE INTO articles VALUES (?, ?)", (article, story))
    if kind in {"created", "split", "canonical"}:
        database.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, NULL)", (story, article))
    if kind == "merged":
        database.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (story, other))
        database.execute("UPDATE stories SET merged_into = ? WHERE merged_into = ?", (story, other))
        database.execute("INSERT OR REPLACE INTO stories VALUES (?, NULL, ?)", (other, story))
    if kind == "translation":
        database.execute("INSERT OR IGNORE INTO translations VALUES (?, ?)", (story, other))
    if kind == "translation-removed":
        database.execute("DELETE FROM translations WHERE story_id = ? AND other_id = ?", (story, other))
    if kind == "erased":
        database.execute("DELETE FROM articles WHERE id = ?", (article,))
        if not database.execute("SELECT 1 FROM articles WHERE story_id = ? LIMIT 1", (story,)).fetchone():
            database.execute("DELETE FROM stories WHERE id = ? OR merged_into = ?", (story, story))


def position(database: sqlite3.Connection) -> tuple[int, str | None]:
    """Return the id of the last change that the mirror has, and its epoch."""
    return database.execute("SELECT after, epoch FROM position").fetchone() or (0, None)


def catch_up(desk: CopydeskClient, database: sqlite3.Connection, wait: int) -> bool:
    """Apply the next changes, waiting for one for some seconds; return whether there were any."""
    after, epoch = position(database)
    try:
        changes = desk.changes(after, epoch, wait=wait)
    except LostFeedError:
        say("The service was restored from a backup and lost changes of this mirror, which begins again.")
        with database:
            for table in ("articles", "stories", "translations", "position"):
                database.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
        return True
    with database:  # one transaction: all of these changes and the position after them, or nothing
        for change in changes:
            apply(database, change)
        if changes:
            database.execute("DELETE FROM position")
            database.execute("INSERT INTO position VALUES (?, ?)", (changes[-1]["id"], changes[-1]["epoch"]))
    if changes:
        count = "1 change" if len(changes) == 1 else f"{len(changes):,} changes"
        say(f"{count}, up to number {changes[-1]['id']}.")
    return bool(changes)


def follow(desk: CopydeskClient, database: sqlite3.Connection, *, once: bool) -> None:
    """Mirror, until it has caught up if ``once``, and say whenever it has."""
    had_changes = True
    while True:
        # what waits is applied and reported before anything is waited for
        changed = catch_up(desk, database, 0 if once or had_changes else _WAIT_SECONDS)
        if had_changes and not changed:
            articles, stories = database.execute("SELECT count(*), count(DISTINCT story_id) FROM articles").fetchone()
            say(f"Caught up at change {position(database)[0]}: {articles:,} articles in {stories:,} stories.")
        if once and not changed:
            return
        had_changes = changed


def say(line: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Mirror until Ctrl-C."""
    options = argparse.ArgumentParser(description="Mirror the stories into SQLite.")
    options.add_argument("address", help="of the service, such as http://127.0.0.1:8000")
    options.add_argument("file", help="of SQLite")
    options.add_argument("--once", action="store_true", help="end when the mirror has caught up")
    given = options.parse_args()
    desk = CopydeskClient(given.address, os.environ.get("COPYDESK_TOKEN", ""))
    database = sqlite3.connect(given.file)
    database.executescript(_TABLES)
    say(
        f"Mirroring {given.address} into {given.file}, from change {position(database)[0] + 1} on: which article is in "
        "which story, the canonical articles, merges and translations, but no texts."
    )
    try:
        follow(desk, database, once=given.once)
    except KeyboardInterrupt:
        say(f"Stopped at change {position(database)[0]}. The next run continues there.")
    database.close()


if __name__ == "__main__":
    main()
