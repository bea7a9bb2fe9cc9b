"""Reading from a real Postgres: lists, stories, files, explanations."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.newsroom import NOON, Newsroom
from worker.store import ledger
from worker.store.read.files import file_rows, files_named
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import all_story_rows, story_rows
from worker.store.read.story_filter import StoryFilter

Copydesk = Callable[..., Any]

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
BAKERS = "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train."


def test_stories_come_newest_first_with_their_copies(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The list has each live story's copies by relation, its canonical article and that article's source path."""
    old = newsroom.article(HARBOUR, title="Crane falls", file=newsroom.file("inbox/crane.txt"))
    newsroom.article(BAKERS, seen=NOON + timedelta(hours=1))
    newsroom.article(f"{HARBOUR} More soon.", story=1, relation="near")
    newsroom.article(HARBOUR.upper(), story=1, relation="exact")
    rows = json.loads(copydesk("stories", "--json").out)
    assert [row["id"] for row in rows] == [2, 1]
    assert rows[1] == {
        "id": 1,
        "title": "Crane falls",
        "opening": HARBOUR[:120],
        "language": "en",
        "articles": 3,
        "texts": 2,
        "copies": {"exact": 1, "near": 1},
        "canonical_article_id": old,
        "source_path": "inbox/crane.txt",
        "first_seen": "2026-03-01T12:00:00Z",
        "last_seen": "2026-03-01T12:00:00Z",
        "status": "usable",
    }


def test_a_long_list_is_read_to_its_end(newsroom: Newsroom) -> None:
    """Read page by page, the list has every story once, also if many have the same time."""
    for number in range(7):
        newsroom.article(f"{HARBOUR} Report {number}.", seen=NOON + timedelta(minutes=number // 3))
    with snapshot(newsroom.engine) as connection:
        whole = [row.id for row in all_story_rows(connection, StoryFilter())]
        paged: list[int] = []
        after = None
        while page := story_rows(connection, StoryFilter(), after=after, limit=2):
            paged += [row.id for row in page]
            after = page[-1].key
    assert whole == paged == [7, 6, 5, 4, 3, 2, 1]


def test_since_leaves_out_what_is_older(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """A date, a time with a zone and a time span before now are accepted; anything else is a usage error."""
    newsroom.article(HARBOUR)
    assert json.loads(copydesk("stories", "--json", "--since", "2026-03-01").out)
    assert json.loads(copydesk("stories", "--json", "--since", "2026-03-01T13:30+02:00").out)
    assert copydesk("stories", "--json", "--since", "2026-03-01T12:30").out == "[]\n"
    assert json.loads(copydesk("stories", "--json", "--since", "5200w").out)
    for wrong in ("tomorrow", "999999w", "2x", ""):
        ran = copydesk("stories", "--since", wrong)
        assert (ran.code, ran.out) == (2, "")


def test_a_story_shows_its_text_and_copies(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The JSON has the canonical text and every copy, the canonical article first."""
    newsroom.article(HARBOUR, title="Crane falls")
    copy = newsroom.article(f"{HARBOUR} More soon.", story=1, relation="extended", external_id="wire-7")
    shown = json.loads(copydesk("story", 1, "--json").out)
    assert (shown["id"], shown["text"], shown["articles"]) == (1, HARBOUR, 2)
    assert [c["is_canonical"] for c in shown["copies"]] == [True, False]
    assert (shown["copies"][1]["article_id"], shown["copies"][1]["external_id"]) == (copy, "wire-7")


def test_a_merged_story_leads_to_its_root(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The id of a merged story shows the live story, with a note; lists no longer contain it."""
    newsroom.article(HARBOUR)
    newsroom.article(f"{HARBOUR} Again.")
    newsroom.merge(2, into=1)
    ran = copydesk("story", 2, "--json")
    shown = json.loads(ran.out)
    assert (shown["id"], shown["asked_id"], shown["articles"]) == (1, 2, 2)
    assert "merged into story 1" in ran.err
    assert [row["id"] for row in json.loads(copydesk("stories", "--json").out)] == [1]


def test_an_empty_archive_says_how_to_begin(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """Without any story the list names the commands to begin with; a search without results does not."""
    assert "Begin with `copydesk ingest FOLDER`" in copydesk("stories").err
    assert copydesk("stories", "--since", "2h").err.strip() == "There are no such stories."


def test_a_copy_without_a_headline_shows_its_first_words(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """In the list of copies the beginning of the text replaces a missing headline."""
    newsroom.article(HARBOUR, title="Crane falls")
    newsroom.article(f"Update.\n{HARBOUR}", story=1, relation="near", title=None)
    shown = json.loads(copydesk("story", 1, "--json").out)
    assert [copy["opening"] for copy in shown["copies"]] == [None, f"Update.\n{HARBOUR}"[:120]]
    assert "Update. The harbour" in copydesk("story", 1).out


def test_a_copy_is_compared_word_by_word(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """In piped output, text that the copy lacks is in [-…-] and text that it adds in {+…+}."""
    newsroom.article("The crane fell on Monday, the port office said.")
    copy = newsroom.article("The tall crane fell on Monday, the office said.", story=1, relation="near")
    ran = copydesk("story", 1, "--diff", copy)
    assert "The {+tall+} crane fell on Monday, the [-port-] office said." in ran.out
    shown = json.loads(copydesk("story", 1, "--diff", copy, "--json").out)
    kept = "".join(run["text"] for run in shown["differences"] if run["kind"] != "removed")
    assert kept == "The tall crane fell on Monday, the office said."


def test_unknown_stories_and_names_fail_in_a_sentence(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """An unknown story, an article of another story or an unknown name exits with 1 and leaves stdout empty."""
    newsroom.article(HARBOUR)
    newsroom.article(BAKERS)
    for asked in (("story", 9), ("story", 1, "--diff", 2), ("why", "nowhere.txt"), ("why", "file:99"), ("why", 99)):
        ran = copydesk(*asked)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("copydesk: ")


def test_files_have_state_reason_and_bad_records(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The ledger is listed newest first; bad records are counted by reason; a state selects its files."""
    many = newsroom.file("inbox/many.jsonl", articles=5)
    newsroom.file("inbox/empty.txt", reason="The file is empty.")
    newsroom.waiting("inbox/new.txt")
    for position, reason in enumerate(("It has no text.", "It is no JSON.", "It has no text.")):
        newsroom.bad_record(many, position, reason)
    rows = json.loads(copydesk("files", "--json").out)
    assert [(row["path"], row["state"], row["reason"], row["articles"]) for row in rows] == [
        ("inbox/new.txt", "waiting", None, 0),
        ("inbox/empty.txt", "quarantined", "The file is empty.", 0),
        ("inbox/many.jsonl", "done", None, 5),
    ]
    assert rows[2]["bad_records"] == 3
    assert rows[2]["bad_record_reasons"][0] == {"reason": "It has no text.", "count": 2, "first_position": 0}
    quarantined = json.loads(copydesk("files", "--state", "quarantined", "--json").out)
    assert [row["path"] for row in quarantined] == ["inbox/empty.txt"]
    assert copydesk("files", "--state", "lost").code == 2


def test_parts_of_a_large_file_are_one_file(newsroom: Newsroom) -> None:
    """A file that was split is one row, with the articles of the parts that are done."""
    whole = newsroom.waiting("inbox/large.jsonl")
    with newsroom.engine.begin() as connection:
        ledger.lease(connection, [whole], ledger.register_worker(connection), 5)
        parts = ledger.split(connection, whole, [(0, 500, 0), (500, 500, 9_000)])
        ledger.finish(connection, [ledger.Outcome(parts[0], 499)])
    newsroom.bad_record(whole, 7, "It has no text.")
    newsroom.bad_record(parts[0], 8, "It has no text.")
    with newsroom.engine.connect() as connection:
        [row] = file_rows(connection)
    assert (row.id, row.parts, row.state, row.articles, row.bad_records) == (whole, 2, "processing", 499, 2)


def test_file_names_of_any_bytes_are_shown_harmlessly(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """Invalid bytes, line breaks and terminal commands are escaped everywhere, and the escaped name finds the file."""
    name = b"inbox/\x1b[2J\xff\xe2\x80\xae\nx.txt"
    newsroom.article(HARBOUR, file=newsroom.file(name))
    shown = r"inbox/\x1b[2J\xff\u202e\x0ax.txt"
    for asked in (("files",), ("stories",), ("story", 1), ("why", shown), ("export", "articles", "--format", "csv")):
        ran = copydesk(*asked)
        assert shown in ran.out
        assert "\x1b" not in ran.out + ran.err
    assert json.loads(copydesk("why", shown, "--json").out)["file"]["path"] == shown


@pytest.mark.parametrize(
    "name",
    [
        *("inbox/deep/harbour report.txt", "harbour report.txt", "./deep/harbour report.txt", "file:1"),
        *(f"archive/61/{'61' * 32}.txt", f"{'61' * 8}-harbour_report.txt"),
    ],
)
def test_a_file_is_found_by_any_of_its_names(newsroom: Newsroom, copydesk: Copydesk, name: str) -> None:
    """The path, its end, the archive's name, the quarantine's name and the id all find the file."""
    newsroom.article(HARBOUR, file=newsroom.file("inbox/deep/harbour report.txt", sha256=b"a" * 32))
    newsroom.file("inbox/deep/other harbour report.txt", sha256=b"b" * 32)
    shown = json.loads(copydesk("why", name, "--json").out)
    assert (shown["file"]["id"], shown["articles"][0]["id"]) == (1, 1)


def test_files_of_the_same_name_are_listed(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """If a name matches several files, the newest is explained and the others are listed."""
    newsroom.file("inbox/monday/report.txt")
    newsroom.file("inbox/tuesday/report.txt")
    ran = copydesk("why", "report.txt")
    assert "inbox/tuesday/report.txt" in ran.out
    assert "file:1" in ran.err


def test_part_of_a_name_matches_nothing(newsroom: Newsroom) -> None:
    """Only whole names match the end of a path: port.txt is not report.txt."""
    newsroom.file("inbox/report.txt")
    with newsroom.engine.connect() as connection:
        assert files_named(connection, "port.txt") == []
        assert [file.id for file in files_named(connection, "report.txt")] == [1]


def test_why_explains_a_copy(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The explanation has the cleaning, the story, the match with evidence and passages, and the refused candidate."""
    newsroom.article(HARBOUR)
    newsroom.article(BAKERS)
    copy = newsroom.article(
        f"{HARBOUR} Nobody was hurt.",
        story=1,
        relation="extended",
        changes={"hyphens": 3},
        facts={"dateline": "OSTREL"},
    )
    newsroom.link(copy, 1, same=True)
    newsroom.link(copy, 2, same=False, changed={"names": None})
    shown = json.loads(copydesk("why", copy, "--json").out)
    [article] = shown["articles"]
    assert (article["story_id"], article["relation"], article["canonical_article_id"]) == (1, "extended", 1)
    assert article["cleaned"] == [{"step": "hyphens", "count": 3, "deed": "3 line-end hyphens repaired"}]
    assert article["facts"] == {"dateline": "OSTREL"}
    [joined], [refused] = article["joined"], article["refused"]
    assert (joined["article_id"], refused["article_id"], refused["story_id"]) == (1, 2, 2)
    assert joined["passages"][0]["first"] == HARBOUR.rstrip(".")
    assert {f["name"]: f["shown"] for f in joined["findings"]}["words_in_a"] == "100%"
    assert {f["name"]: f["value"] for f in refused["findings"]}["names"] is None
    plain = copydesk("why", copy).out
    for sentence in ("3 line-end hyphens repaired", "dateline OSTREL", "Matched article 1", "Not joined to article 2"):
        assert sentence in plain


def test_why_explains_a_quarantined_file(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """A file without articles is explained by its reason."""
    newsroom.file("inbox/empty.txt", reason="The file is empty.")
    assert "The file is empty." in copydesk("why", "empty.txt").out


def test_reading_writes_nothing(newsroom: Newsroom) -> None:
    """A snapshot is read-only and does not see later commits."""
    newsroom.article(HARBOUR)
    with snapshot(newsroom.engine) as connection:
        before = story_rows(connection, StoryFilter())
        newsroom.article(BAKERS)
        assert story_rows(connection, StoryFilter()) == before
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"


def test_an_unreachable_database_is_reported(copydesk: Copydesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no server answers, a reading command says so, without the password, and exits with 1."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/none")
    ran = copydesk("stories", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert "can't be reached" in ran.err
    assert "DATABASE_URL" in ran.err
    assert "secret" not in ran.err


def test_only_quarantined_files_are_retried(newsroom: Newsroom, copydesk: Copydesk) -> None:
    """The command says that a file is not in quarantine, instead of counting no file."""
    newsroom.file("inbox/good.txt")
    newsroom.file("inbox/bad.txt", reason="It is empty.")
    ran = copydesk("retry", "good.txt")
    assert (ran.code, ran.out) == (1, "")
    assert "None of these files is in quarantine" in ran.err
    assert copydesk("retry", "good.txt", "bad.txt").out.startswith("1 files or parts of files will be processed again")
