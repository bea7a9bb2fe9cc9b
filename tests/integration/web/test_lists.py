"""The list of stories on the pages: order, page size, counts by facet, and saved views."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine, text

from tests.integration.newsroom import NOON, Newsroom
from tests.integration.web.conftest import form_token
from tests.serving import Client
from worker.store.read import by_article, facets, story_order
from worker.web import story_list

HARBOUR = "The harbour of Varnby closed on Monday after a crane fell across the eastern quay."


@pytest.fixture
def listed(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with four stories: 1 has five articles of two sources, 2 three of three, 3 and 4 one each."""
    newsroom.article(HARBOUR, title="Crane falls", source="Norwire")
    for number in range(4):
        words = f"{HARBOUR} Report {number}."
        newsroom.article(words, story=1, relation="near" if number else "abridged", source="Tolle Post")
    newsroom.article("Bakers in Lindow open later.", title="Bakers", source="NORWIRE", seen=NOON + timedelta(hours=1))
    newsroom.article("Bakers in Lindow open later!", story=2, relation="exact", url="https://www.lindow.example/b")
    newsroom.article("Bakers in Lindow open late.", story=2, relation="near", facts={"agency": "VNA"})
    newsroom.article("Der Hafen ist zu.", title="Hafen", language="de", seen=NOON + timedelta(hours=2))
    newsroom.article("A ferry sank.", title="Ferry", status="withdrawn", seen=NOON + timedelta(hours=3))
    newsroom.index()
    return newsroom


def shown(client: Client, query: str) -> list[int]:
    """Return the stories on the page of a list, in their order."""
    answer = client.get(f"/?{query}")
    assert answer.status == 200, answer.text
    return [int(number) for number in re.findall(r'<h2><a href="/stories/(\d+)"', answer.text)]


def counts(client: Client, query: str, facet: str) -> dict[str, str]:
    """Return the values of a facet on the page of a list, each with its number of stories as shown."""
    page = client.get(f"/?{query}").text
    section = page.partition(f'id="by-{facet}"')[2].partition("</section>")[0]
    rows = re.findall(r"<li><a [^>]*>(.*?)</a> <span class=\"quiet\">([\d,+]+)</span>", section)
    return {unescape(re.sub("<[^>]*>", "", value)): number for value, number in rows}


LISTS = {
    "": [4, 3, 2, 1],
    "sort=newest": [4, 3, 2, 1],
    "sort=copies": [1, 2, 4, 3],
    "sort=sources": [2, 1, 4, 3],
    "relation=abridged": [1],
    "relation=near": [2, 1],
    "status=withdrawn": [4],
    "status=withheld": [],
    "status=usable": [3, 2, 1],
    "source=vna": [2],
    "source=norwire&sort=copies": [1, 2],
    "source=norwire&relation=exact": [2],
    "language=DE": [3],
}
SEARCHES = {
    "q=harbour+or+bakers&sort=newest": [2, 1],
    "q=harbour+or+bakers&sort=copies": [1, 2],
    "q=harbour+or+bakers&sort=sources": [2, 1],
    "q=harbour+or+bakers&sort=copies&relation=exact": [2],
}


def by_api(client: Client, query: str) -> list[int]:
    """Return the stories that the API lists, read in pages of two rows."""
    listed: list[int] = []
    following = f"/api/v1/stories?limit=2&{query}"
    while following:
        answer = client.get(following)
        assert answer.status == 200, answer.text
        listed += [row["id"] for row in answer.json["stories"]]
        following = answer.json["next"]
    return listed


@pytest.mark.parametrize("few", [0, 5_000])
def test_lists_are_filtered_and_sorted(
    client: Client, listed: Newsroom, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Each order and each filter, rare or frequent, gives the right stories in the right order."""
    monkeypatch.setattr(by_article, "_FEW", few)
    assert {query: shown(client, query) for query in LISTS} == LISTS
    assert {query: by_api(client, query) for query in LISTS} == LISTS


def test_many_articles_in_few_stories_are_looked_up(
    client: Client, listed: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a source is frequent depends on its stories: four articles in one story are few."""
    monkeypatch.setattr(by_article, "_FEW", 1)
    monkeypatch.setattr(story_list, "LOOKED_AT", 1)
    assert shown(client, "source=tolle+post") == [1]
    with listed.engine.connect() as connection:
        assert by_article.source_stories(connection, "Tolle Post") == {1}
        assert by_article.source_stories(connection, "norwire") is None


def test_a_list_looks_at_so_many_stories(client: Client, listed: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a frequent source only the first stories in the order of the list are looked at; the page says so."""
    monkeypatch.setattr(by_article, "_FEW", 1)
    monkeypatch.setattr(story_list, "LOOKED_AT", 3)
    note = "3 stories were looked at, others may match: filter by time too."
    assert shown(client, "source=norwire") == [2]
    assert note in client.get("/?source=norwire").text
    assert shown(client, "source=norwire&until=2026-03-01T13:00:01Z") == [2, 1]
    assert shown(client, "source=norwire&sort=copies") == [1, 2]
    assert client.get("/api/v1/stories?source=norwire").json["notes"] == [note]
    assert "<strong>1 story</strong>" in client.get("/?source=norwire").text
    assert shown(client, "q=harbour&source=norwire") == [1]


def test_results_of_a_search_are_sorted(client: Client, listed: Newsroom) -> None:
    """What a search found is sorted by time, copies or sources, with the found words marked."""
    assert {query: shown(client, query) for query in SEARCHES} == SEARCHES
    assert {query: by_api(client, query) for query in SEARCHES} == SEARCHES
    assert "<mark>" in client.get("/?q=harbour&sort=copies").text


def test_a_fragment_names_the_copy_that_it_is_from(client: Client, newsroom: Newsroom) -> None:
    """Source and headline lead to the copy; a fragment of the canonical text has no such line."""
    newsroom.article("A crane fell across the pier of Ostrel on Monday.", title="Crane falls", source="Norwire")
    more = "A crane fell across the pier of Ostrel on Monday. The lighthouse stayed dark."
    newsroom.article(more, story=1, relation="extended", title="Pier <closed>", source="Tolle Post")
    newsroom.index()
    page = client.get("/?q=lighthouse").text
    assert "Found in a copy by <bdi>Tolle Post</bdi>" in page
    assert re.search(r'<a href="/stories/1\?article=2#text"[^>]*><bdi>Pier &lt;closed&gt;</bdi></a>', page)
    [row] = client.get("/api/v1/stories?q=lighthouse").json["stories"]
    assert (row["article_title"], row["article_source"]) == ("Pier <closed>", "Tolle Post")
    assert "Found in a copy" not in client.get("/?q=crane+-lighthouse").text


def test_what_the_canonical_text_has_too_is_not_found_in_a_copy(client: Client, newsroom: Newsroom) -> None:
    """A copy that matches better, by its headline, is named only if the canonical article does not match."""
    newsroom.article("A crane fell across the pier. The lighthouse stayed dark.", title="Crane falls", source="Norwire")
    newsroom.article("The lighthouse stayed dark.", story=1, relation="abridged", title="Lighthouse dark: lighthouse")
    newsroom.index()
    for query in ("q=lighthouse", "q=lighthouse+stayed+dark", "q=lighthouse&sort=copies"):
        assert "Found in a copy" not in client.get(f"/?{query}").text
        [row] = client.get(f"/api/v1/stories?{query}").json["stories"]
        assert (row["article_id"], row["article_title"]) == (1, "Crane falls")
        assert {run["text"] for run in row["fragment"] if run["found"]} >= {"lighthouse"}


def test_pages_of_a_sorted_list_have_each_story_once(client: Client, newsroom: Newsroom) -> None:
    """The addresses of the next pages lead through the whole list in its order, of a search too."""
    for number in range(27):
        newsroom.article(f"Report number {number} of the harbour.", seen=NOON + timedelta(minutes=number // 3))
    newsroom.article("Report number one of the harbour", story=1, relation="near", source="Norwire")
    newsroom.index()
    newest = list(range(27, 0, -1))
    for query in ("sort=newest", "sort=copies", "sort=sources"):
        for address in (f"/?{query}", f"/?{query}&q=report"):
            assert pages(client, address) == (newest if query == "sort=newest" else [1, *newest[:-1]]), address


def pages(client: Client, address: str) -> list[int]:
    """Return the stories on a page and those that follow it."""
    stories: list[int] = []
    while address and len(stories) < 100:
        page = client.get(address).text
        stories += [int(number) for number in re.findall(r'<h2><a href="/stories/(\d+)"', page)]
        following = re.search(r'<a href="([^"]*)" rel="next">', page)
        address = unescape(following[1]) if following else ""
    return stories


def test_page_size_is_one_of_three(client: Client, newsroom: Newsroom) -> None:
    """25, 50 or 100 rows are shown; other sizes, orders, relations and statuses, and foreign positions, are refused."""
    for number in range(26):
        newsroom.article(f"Report number {number} of the harbour.")
    assert [len(shown(client, f"size={size}")) for size in ("", 25, 50, 100)] == [25, 25, 26, 26]
    for query in (
        *("size=51", "sort=random", "relation=original", "status=lost"),
        *("sort=copies&after=2026-03-01T12:00:00%2B00:00_1", "sort=newest&after=1.0_1"),
    ):
        assert client.get(f"/?{query}").status == 400, query
    for query in ("sort=random", "relation=original", "status=lost", "facets=2"):
        assert client.get(f"/api/v1/stories?{query}").status == 422, query
    for query in ("sort=copies&after=1_1", "sort=newest&after=s1_1", "after=s1_1", "sort=newest&q=a&after=s1_1"):
        assert client.get(f"/api/v1/stories?{query}").status == 404, query
    assert shown(client, "sort=copies&after=1.0_1") == []


def test_facets_count_the_stories_of_the_whole_list(client: Client, listed: Newsroom) -> None:
    """Sources are counted without case, by name, site or agency; languages, relations and statuses of stories too."""
    assert counts(client, "", "source") == {"NORWIRE": "2", "lindow.example": "1", "Tolle Post": "1", "VNA": "1"}
    assert counts(client, "", "language") == {"en": "3", "de": "1"}
    assert counts(client, "", "relation") == {"near": "2", "abridged": "1", "exact": "1"}
    assert counts(client, "", "status") == {"usable": "3", "withdrawn": "1"}
    assert counts(client, "relation=near", "source")["Tolle Post"] == "1"
    assert counts(client, "q=bakers", "source") == {"lindow.example": "1", "NORWIRE": "1", "VNA": "1"}
    answer = client.get("/api/v1/stories?relation=near&facets=1&limit=1").json["facets"]
    assert (answer["total"], answer["is_sample"]) == (2, False)
    assert answer["relations"][0] == {"value": "near", "stories": 2}
    assert client.get("/api/v1/stories").json["facets"] is None
    assert "<strong>4 stories</strong>" in client.get("/").text
    assert "<strong>1 story</strong>" in client.get("/?q=bakers").text


@pytest.mark.parametrize(
    "query",
    [
        "copies=1",
        "copies=4",
        "copies=9",
        "language=de",
        "source=vna&copies=2",
        "since=2020-01-01T00:00:00Z",
        "languages=2",
    ],
)
def test_facets_count_what_is_listed(client: Client, listed: Newsroom, query: str) -> None:
    """No filter is changed by the counting of its list."""
    page = client.get(f"/api/v1/stories?{query}&facets=1").json
    assert page["facets"]["total"] == len(page["stories"])


def test_long_lists_are_counted_in_part(client: Client, listed: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a limit the total and the counts have a plus sign, and the page says what was counted or sorted."""
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    monkeypatch.setattr(story_order, "MOST_COMPARED", 2)
    page = client.get("/").text
    assert "<strong>2+ stories</strong>" in page
    assert "Counted over the newest 2 of these stories" in page
    assert counts(client, "", "language") == {"de": "1+", "en": "1+"}
    note = "The 2 stories with the most copies are sorted by their sources."
    assert note in client.get("/?sort=sources").text
    assert client.get("/api/v1/stories?sort=sources").json["notes"] == [note]


def test_a_view_is_saved_and_removed(editor: Client, listed: Newsroom, engine: Engine) -> None:
    """An editor names the list of an address; everybody sees it as a link, until an editor removes it."""
    token = form_token(editor)
    form = {"form_token": token, "name": " Bakers  today ", "query": "q=bakers&sort=copies&after=1.0_1&next=//evil"}
    answer = editor.post("/views", form)
    assert (answer.status, answer.headers["location"]) == (303, "/?q=bakers&sort=copies&saved=1")
    view = '<a href="/?q=bakers&amp;sort=copies"><bdi>Bakers today</bdi></a>'
    notice = f'<p class="note done" role="status"><span>The view {view} is saved. Everybody finds it under'
    assert notice in editor.get(answer.headers["location"]).text
    assert "is saved" not in editor.get("/?q=bakers&saved=2").text
    visitor = Client(editor.port)
    assert view in visitor.get("/").text
    assert "/views/1/remove" not in visitor.get("/").text
    assert editor.post("/views", form | {"name": "BAKERS TODAY"}).status == 400
    assert editor.post("/views", form | {"name": " "}).status == 400
    assert editor.post("/views", form | {"name": "Long", "query": "q=" + "x" * 4_000}).status == 400
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name, saved_by FROM saved_views")).all() == [
            ("Bakers today", "shared token")
        ]
    assert editor.post("/views/1/remove", {"form_token": token}).status == 303
    assert "Bakers today" not in visitor.get("/").text


def test_a_removed_view_is_reported_and_saved_again(editor: Client, listed: Newsroom, engine: Engine) -> None:
    """The notice names the view and has a form that saves it again, after which it is gone; nobody else sees it."""
    token = form_token(editor)
    editor.post("/views", {"form_token": token, "name": "<Bakers>", "query": "q=bakers+%26+co&sort=copies"})
    address = editor.post("/views/1/remove", {"form_token": token}).headers["location"]
    page = editor.get(address).text
    notice = page[page.index('<div class="note done" role="status">') :].partition("</div>")[0]
    assert "<bdi>&lt;Bakers&gt;</bdi></a> is removed." in notice
    assert ">Undo<" in notice
    form = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', notice)}
    assert form == {"form_token": token, "name": "<Bakers>", "query": "q=bakers+%26+co&sort=copies"}
    for made_up in (address.replace("Bakers", "Bankers"), address.replace("co%26", "co%26x%26"), "/?removed=x&view=q"):
        assert "is removed" not in editor.get(made_up).text
    assert "is removed" not in Client(editor.port).get(address).text
    assert editor.post("/views/1/remove", {"form_token": token}).status == 404
    assert editor.post("/views", form).status == 303
    assert "is removed" not in editor.get(address).text
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name, query FROM saved_views")).all() == [
            ("<Bakers>", "q=bakers+%26+co&sort=copies")
        ]


def test_views_are_saved_by_editors_alone(client: Client, engine: Engine) -> None:
    """Without a session, or without the token of a form, no view is saved or removed."""
    assert client.post("/views", {"name": "Mine", "query": "q=x"}).status == 403
    assert client.post("/views/1/remove", {}).status == 403
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM saved_views")).scalar_one() == 0
