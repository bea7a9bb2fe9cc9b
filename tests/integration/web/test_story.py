"""The page of a story: who published first, the timeline of many copies, versions, and any two articles compared."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from tests.integration.newsroom import NOON, Newsroom
from tests.integration.web.conftest import form_token
from tests.serving import Client
from worker.store.read.copies import timed_copies
from worker.web.timeline import MOST_DOTS

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
HOUR = timedelta(hours=1)


@pytest.fixture
def copied(newsroom: Newsroom) -> Newsroom:
    """Return a story that three publishers have, the third without a headline."""
    newsroom.article(HARBOUR, title="Crane falls", source="Norwire", seen=NOON)
    newsroom.article(f"{HARBOUR} Nobody was hurt.", story=1, relation="near", source="Tolle Post", seen=NOON + HOUR)
    newsroom.article(
        f"Ostrel. {HARBOUR}",
        story=1,
        relation="near",
        title=None,
        url="https://www.varn.example/a",
        seen=NOON + 3 * HOUR,
    )
    return newsroom


def test_a_story_says_who_was_first(client: Client, copied: Newsroom) -> None:
    """The first publisher, those that follow and their delays are in a sentence; without any date nobody was first."""
    undated = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", client.get("/stories/1").text))
    assert "No copy has a date of publication, so who was first is not known." in undated
    with copied.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET published_at = seen_at WHERE id = 2"))
    alone = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", client.get("/stories/1").text))
    assert "Only a copy by Tolle Post has a date of publication, so who was first is not known." in alone
    with copied.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET published_at = seen_at"))
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", client.get("/stories/1").text))
    assert "Norwire was first; then Tolle Post 1 h 00 min later, varn.example 3 h 00 min later." in page


def test_a_list_names_publishers_languages_and_times(client: Client, copied: Newsroom) -> None:
    """A row of the list has the publishers in order, the languages, and the first and last time."""
    with copied.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET language = 'de' WHERE id = 3"))
        connection.execute(text("UPDATE stories SET last_seen = :at"), {"at": NOON + 3 * HOUR})
    page = client.get("/").text
    assert "<bdi>Norwire</bdi>, <bdi>Tolle Post</bdi>, <bdi>varn.example</bdi>" in page
    assert "<span>en, de</span>" in page
    assert re.search(r"2026-03-01 12:00</time> to <time [^>]+>2026-03-01 15:00<", page)
    with copied.engine.begin() as connection:
        connection.execute(text("UPDATE stories SET last_seen = :at"), {"at": NOON + timedelta(seconds=59)})
    assert "</time> to <time" not in client.get("/").text


def test_a_copy_without_a_headline_shows_its_first_words(client: Client, copied: Newsroom) -> None:
    """The table of copies shows the beginning of the text where there is no headline."""
    assert "<bdi>Ostrel. The harbour of Ostrel was closed" in client.get("/stories/1").text


def test_any_two_articles_are_compared(client: Client, copied: Newsroom) -> None:
    """`with` names the other article; an article of another story is not found."""
    page = client.get("/stories/1?article=3&with=2").text
    assert "Article 3 next to article 2" in page
    assert "Nobody was hurt" in " ".join(re.findall("<del>(.*?)</del>", page))
    copied.article("Bakers in Lindow open an hour later.")
    assert client.get("/stories/1?article=3&with=4").status == 404
    assert client.get("/stories/1?article=3&with=x").status == 400


def test_the_legend_says_what_a_whole_paragraph_looks_like(client: Client, copied: Newsroom) -> None:
    """Words are struck through or underlined; a paragraph has a bar and a sign instead, which the legend says."""
    copied.article(f"{HARBOUR}\n\nShips were sent to Lindow.", story=1, relation="extended")
    page = " ".join(client.get("/stories/1?article=4").text.split())
    assert "A whole paragraph has no line through its words" in page
    assert "a solid bar and −: only in the canonical text; a dashed bar and +: only in article 4." in page


def test_what_takes_a_copy_out_says_how_it_differs(editor: Client, copied: Newsroom) -> None:
    """Each of the controls that remove a copy has a sentence next to it."""
    page = " ".join(editor.get("/stories/1?article=2").text.split())
    assert (
        "<em>Not a copy</em> moves an article, and those with its words, to a new story, for good apart from the "
        "canonical article. To keep it apart from every article here, "
        'split it off <a href="#correct-story">below</a>.'
    ) in page
    assert "moves the article, and those with its words, to a new story, for good apart from every article that" in page


def test_an_exact_copy_is_what_its_text_is(editor: Client, newsroom: Newsroom, engine: Engine) -> None:
    """After another article was pinned, a copy of the former canonical text has that text's relation, and says so."""
    newsroom.article(f"{HARBOUR} Nobody was hurt. The pier stays closed until Friday.", title="Crane falls")
    newsroom.article(f"{HARBOUR} Nobody was hurt. The pier stays closed until Friday!", title="Crane falls",
                     story=1, relation="exact")  # fmt: skip
    newsroom.article(HARBOUR, title="Crane falls", story=1, relation="abridged")
    row = r'<tr role="row"[^>]*>\s*<td role="cell"><a href="[^"]*article=2#text">.*?</tr>'
    before = re.search(row, editor.get("/stories/1").text, re.DOTALL)
    assert before
    assert "same words as" not in before[0]
    assert ">exact<" in before[0]
    assert editor.post("/articles/3/pin", {"form_token": form_token(editor)}).status == 303
    page = editor.get("/stories/1?article=2").text
    after = re.search(row, page, re.DOTALL)
    assert after
    assert ">extended<" in after[0]
    assert re.search(r"same words as <a [^>]*>1</a>", after[0])
    assert "100%" not in after[0]
    assert "Article 2, a longer version, with the same words as article 1" in page
    copies = {copy["article_id"]: copy["copy_of"] for copy in editor.get("/api/v1/stories/1").json["copies"]}
    assert copies == {1: None, 2: 1, 3: None}
    assert page.count('formaction="/articles/2/not-a-copy"') == 2
    with engine.connect() as connection:
        assert {(copy.article_id, copy.relation) for copy in timed_copies(connection, 1, 10)} == {
            (1, "extended"), (2, "extended"), (3, "original")}  # fmt: skip


def test_copies_are_in_the_order_of_publication(client: Client, newsroom: Newsroom) -> None:
    """The canonical article comes first, then dated copies whatever their relation, then those without a date."""
    for number, (relation, minutes) in enumerate([("original", 30), ("near", None), ("near", 20), ("exact", 10)]):
        published = None if minutes is None else NOON + timedelta(minutes=minutes)
        newsroom.article(
            HARBOUR + "\n" * number if relation in {"original", "exact"} else f"{HARBOUR} Nobody was hurt. {number}",
            story=1 if number else None,
            relation=relation,
            published_at=published,
            seen=published or NOON,
        )
    page = client.get("/stories/1").text
    table = page[page.index('<table class="blocks copies"') :]
    assert re.findall(r'<tr role="row">\s*<td role="cell"><a [^>]*>(\d)</a>', table) == ["1", "4", "3", "2"]
    assert "The canonical article first, then by time of publication" in page
    assert re.search(r"arrived</span> <time", table)


def test_only_the_same_words_are_certain(client: Client, copied: Newsroom) -> None:
    """Other texts have 99% at most, and the page says what the number is."""
    copied.article(HARBOUR, story=1, relation="exact")
    page = client.get("/stories/1").text
    assert re.findall(r'class="number">(\d+)%', page) == ["99", "99", "100"]
    assert "It does not say how much of the text is the same" in page


def test_many_copies_are_drawn_as_a_sample(client: Client, copied: Newsroom) -> None:
    """Beyond a number of copies an even sample is drawn, with the first, the last and the canonical one."""
    with copied.engine.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO articles (id, file_id, position, story_id, relation, similarity, seen_at, words, language,
                    text, text_hash, simhash, sketch, cleaner_version, fingerprint_version)
                SELECT 1000 + n, file_id, 1000 + n, story_id, 'exact', 1, seen_at + n * interval '1 minute', words,
                    language, text, text_hash, simhash, sketch, 1, 1
                FROM articles, generate_series(1, 700) AS n WHERE id = 3""")
        )
        connection.execute(text("UPDATE stories SET articles = 703"))
        drawn = timed_copies(connection, 1, MOST_DOTS)
    assert MOST_DOTS / 2 < len(drawn) <= MOST_DOTS + 2
    assert {1, 1700} <= {copy.article_id for copy in drawn}
    page = client.get("/stories/1").text
    assert f"A sample: {len(drawn)} of 703 copies are drawn" in page
    assert page.count("<circle") == len(drawn)


def test_copies_without_a_date_are_drawn_apart(client: Client, newsroom: Newsroom) -> None:
    """The first and the last date are in each sample, and what has none is below the axis, named as an arrival."""
    for number, minutes in enumerate([None, 30, None, 20, 10, None, None]):
        published = None if minutes is None else NOON + timedelta(minutes=minutes)
        newsroom.article(
            f"{HARBOUR} Nobody was hurt. {number}",
            story=1 if number else None,
            relation="near" if number else "original",
            published_at=published,
            seen=published or NOON + timedelta(days=number),
        )
    with newsroom.engine.connect() as connection:
        drawn = [(copy.article_id, copy.is_dated) for copy in timed_copies(connection, 1, 2)]
    assert drawn == [(5, True), (2, True), (1, False), (3, False), (7, False)]
    page = client.get("/stories/1").text
    strip = re.search(r'y="([\d.]+)">Without a date, in the order of arrival<', page)
    assert strip
    dots = re.findall(
        r'aria-label="Article (\d), (?:canonical|near), (no date, arrived )?[^"]+">\s*<circle[^>]* cy="([\d.]+)"', page
    )
    below = [(int(number), bool(arrived), float(y) > float(strip[1])) for number, arrived, y in dots]
    assert below == [(n, n in {1, 3, 6, 7}, n in {1, 3, 6, 7}) for n in (5, 4, 2, 1, 3, 6, 7)]


def test_versions_are_listed_with_their_changes(client: Client, newsroom: Newsroom) -> None:
    """Each version says what changed since the one before, and leads to both next to each other."""
    for number, words in enumerate((HARBOUR, f"{HARBOUR} Two men were hurt.", f"{HARBOUR} Three men were hurt."), 1):
        newsroom.article(
            words,
            story=1 if number > 1 else None,
            relation="revision" if number > 1 else "original",
            title="Crane falls" if number < 3 else "Crane hurts three",
            provider="norwire.example",
            external_id="crane-1",
            version=number,
            revision_key=7,
            seen=NOON + number * HOUR,
        )
    page = re.sub(r"\s+", " ", client.get("/stories/1").text)
    assert "The first version." in page
    assert "4 words added." in page
    assert "Another headline, 1 word added, 1 word removed." in page
    assert "<del>Two</del> <ins>Three</ins>" in page
    assert 'href="/stories/1?article=3&amp;with=2#text"' in page


@pytest.mark.parametrize("path", ["/", "/files", "/sources", "/dashboard"])
def test_an_empty_page_says_how_to_begin(client: Client, path: str) -> None:
    """Without any file each page names what to do first."""
    assert "copydesk ingest seeds/" in client.get(path).text
