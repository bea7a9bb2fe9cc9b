"""A typed client of the API ``/api/v1`` with nothing but the standard library: import it, or copy this file.

    desk = CopydeskClient("http://127.0.0.1:8000", token)
    [outcome] = desk.post_and_wait([{"text": "The harbour of Ostrel was closed on Monday."}])
    print(outcome["articles"][0]["article"]["story_id"])

Requests that the service refuses for now (429, 503) are sent again after the pause that it asks for. After a lost
connection, requests are sent again that may arrive twice without harm, as posting the same article may.
"""

import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class ArticleToPost(TypedDict):
    """An article to post; only the text is needed."""

    text: str
    title: NotRequired[str | None]
    id: NotRequired[str | None]
    url: NotRequired[str | None]
    source: NotRequired[str | None]
    published: NotRequired[str | None]
    language: NotRequired[str | None]
    author: NotRequired[str | None]
    provider: NotRequired[str | None]
    version: NotRequired[int | None]


class Change(TypedDict):
    """A change of a story; ``id`` and ``epoch`` are the position in the feed."""

    id: int
    at: str
    kind: Literal[
        "created",
        "copy",
        "canonical",
        "merged",
        "split",
        "moved",
        "reprocessed",
        "erased",
        "withheld",
        "withdrawn",
        "translation",
        "translation-removed",
    ]
    story_id: int
    article_id: int | None
    other_story_id: int | None
    epoch: str


class PostOutcome(TypedDict):
    """What became of a file or a posted article: its row in the ledger, and its articles with their evidence."""

    file: dict[str, Any]
    articles: list[dict[str, Any]]


class Placement(TypedDict):
    """The story that a text would join; None: it would begin a new one."""

    story_id: int | None
    would_merge: list[int]
    relation: str
    similarity: float
    same_words_as: int | None
    compared: list[dict[str, Any]]
    refused: str | None


class ApiError(Exception):
    """The service refused a request; the message is its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class LostFeedError(ApiError):
    """A restore has replaced the change at this position: discard what you derived, and start from 0."""


class CopydeskClient:
    """A connection to one service. ``tries`` bounds how often a request is sent, ``timeout`` each of them (seconds)."""

    def __init__(self, address: str, token: str = "", *, tries: int = 5, timeout: float = 60.0) -> None:
        if not address.startswith(("http://", "https://")):
            raise ValueError(f"{address!r} is no address of a service: it begins with http:// or https://")
        self._address = address.rstrip("/")
        self._token = token
        self._tries = max(tries, 1)
        self._timeout = timeout

    def post(self, articles: Sequence[ArticleToPost]) -> list[int]:
        """Post up to 100 articles; return their ids in the ledger. The same article gets the same id again."""
        return cast("list[int]", self._send("POST", "/articles", list(articles), repeat=True)["file_ids"])

    def post_and_wait(self, articles: Sequence[ArticleToPost], *, seconds: float = 60.0) -> list[PostOutcome]:
        """Post articles and return what became of each; one that takes longer is returned as it is then."""
        end = time.monotonic() + seconds
        while True:  # the same articles again: the same ids
            answer = self._send("POST", "/articles?wait=1", list(articles), repeat=True)
            if "files" in answer:
                return cast("list[PostOutcome]", answer["files"])
            if time.monotonic() > end:
                return [self.file(file_id) for file_id in answer["file_ids"]]

    def match(self, article: ArticleToPost) -> Placement:
        """Return the story that an article would join now; nothing is stored."""
        return cast("Placement", self._send("POST", "/match", article, repeat=True))

    def file(self, file_id: int) -> PostOutcome:
        """Return what became of a file or a posted article."""
        return cast("PostOutcome", self._send("GET", f"/files/{file_id}"))

    def story(self, story_id: int) -> dict[str, Any]:
        """Return a story with its copies; of a merged one, the story that it became."""
        return self._send("GET", f"/stories/{story_id}")

    def article(self, article_id: int) -> dict[str, Any]:
        """Return an article with its text and why it is in its story."""
        return self._send("GET", f"/articles/{article_id}")

    def stories(self, **filters: str | int) -> Iterator[dict[str, Any]]:
        """Yield the stories that match, with the parameters of the API: ``q``, ``source``, ``status``, ``sort``, …."""
        return self._rows("stories", filters)

    def facets(self, **filters: str | int) -> dict[str, Any]:
        """Count the stories that match, with the parameters of ``stories``, by source, language, relation, status."""
        page = self._send("GET", f"/stories?{urlencode({**filters, 'limit': 1, 'facets': 1})}")
        return cast("dict[str, Any]", page["facets"])

    def files(self, **filters: str | int) -> Iterator[dict[str, Any]]:
        """Yield the files in the ledger, newest first; ``state`` selects some."""
        return self._rows("files", filters)

    def changes(self, after: int = 0, epoch: str | None = None, *, limit: int = 1_000, wait: int = 0) -> list[Change]:
        """Return the next changes after a position, waiting for one if there is none; LostFeedError after a restore."""
        position = {"after": after, "limit": limit, "wait": wait} | ({"epoch": epoch} if epoch else {})
        return cast("list[Change]", self._send("GET", f"/changes?{urlencode(position)}")["changes"])

    def merge(self, story_id: int, other: int, note: str | None = None) -> int:
        """Merge two stories; return the one that remains."""
        return self._correct(f"/stories/{story_id}/merge", note, other=other)

    def split(self, article_id: int, note: str | None = None) -> int:
        """Move an article and its exact copies to a new story; return it."""
        return self._correct(f"/articles/{article_id}/split", note)

    def not_a_copy(self, article_id: int, other: int, note: str | None = None) -> int:
        """Keep two articles in different stories; return that of the first."""
        return self._correct(f"/articles/{article_id}/not-a-copy", note, other=other)

    def not_a_translation(self, story_id: int, other: int, note: str | None = None) -> int:
        """Remove the link between two stories for good; return the first."""
        return self._correct(f"/stories/{story_id}/not-a-translation", note, other=other)

    def pin(self, article_id: int, note: str | None = None) -> int:
        """Make an article the canonical one of its story; return the story."""
        return self._correct(f"/articles/{article_id}/pin", note)

    def unpin(self, article_id: int, note: str | None = None) -> int:
        """Remove the pin of an article; return its story."""
        return self._correct(f"/articles/{article_id}/unpin", note)

    def corrections(self, *, limit: int = 100) -> Iterator[dict[str, Any]]:
        """Yield what people corrected, newest first, read in pages of ``limit``."""
        return self._rows("corrections", {"limit": limit})

    def undo(self, correction_id: int, note: str | None = None) -> int:
        """Undo a correction; return the story that is left."""
        return self._correct(f"/corrections/{correction_id}/undo", note)

    def retry(self, file_id: int) -> None:
        """Process a quarantined file again."""
        self._send("POST", f"/files/{file_id}/retry")

    def _correct(self, path: str, note: str | None, **other: int) -> int:
        return cast("int", self._send("POST", path, {"note": note} | other)["story_id"])

    def _rows(self, kind: str, filters: Mapping[str, str | int]) -> Iterator[dict[str, Any]]:
        following: str | None = f"/{kind}?{urlencode(filters)}"
        while following:
            page = self._send("GET", following.removeprefix("/api/v1"))
            yield from page[kind]
            following = page["next"]

    def _send(self, method: str, path: str, body: object = None, *, repeat: bool = False) -> dict[str, Any]:
        """Send a request until it is answered; ``repeat``: it may arrive twice, as one that only reads may."""
        for last in [False] * (self._tries - 1) + [True]:
            try:
                return self._send_once(method, path, body)
            except HTTPError as error:
                pause = error.headers.get("Retry-After", "") if error.code in {429, 503} else ""
                if last or not pause.isdecimal():
                    raise _refusal(error) from error
            except (URLError, http.client.HTTPException, OSError):
                if last or not (repeat or method == "GET"):
                    raise
                pause = "1"
            time.sleep(int(pause))
        raise AssertionError("the last try returns or raises")

    def _send_once(self, method: str, path: str, body: object) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        request = Request(f"{self._address}/api/v1{path}", data, headers, method=method)  # noqa: S310  checked above
        with urlopen(request, timeout=self._timeout) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
        return answer


def _refusal(error: HTTPError) -> ApiError:
    try:
        detail = str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):  # a proxy answered
        detail = f"The service answered with status {error.code}."
    is_feed = error.code == 409 and "/changes" in (error.url or "")
    return (LostFeedError if is_feed else ApiError)(error.code, detail)
