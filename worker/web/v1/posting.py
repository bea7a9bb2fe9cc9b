"""The endpoints that take articles: to keep and place them, or to ask where one would be placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from anyio import current_time, sleep
from anyio.to_thread import run_sync
from fastapi import Body as InBody
from fastapi import Query as InQuery
from pydantic import Discriminator, Field, Tag
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from worker.article import TokenScope
from worker.inbox.posted import accept_posted
from worker.pipeline.match_text import TextMatch, match_text
from worker.store.ledger import unfinished
from worker.web.expensive import in_turn
from worker.web.site import reading, site
from worker.web.v1.answer import answer
from worker.web.v1.fields import Body, Flag, Parameters, Version
from worker.web.v1.outcomes import FileOutcome, outcomes
from worker.web.v1.route import router

#: Articles in one request, each of which is synced to the disk: about a second on a slow one.
MOST_ARTICLES = 100
#: `wait=1` waits this long. Proxies give up after 30 or 60 s.
WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.1
_SHORT, _LONG = 1_000, 2_000

ingest = router("write", TokenScope.INGEST)
match = router("read", TokenScope.READ)
Line = Annotated[str, Field(max_length=_SHORT)]


class PostedArticle(Body):
    """An article as a program posts it; the fields mean the same as in JSON files of the inbox."""

    text: str = Field(min_length=1, description="The text: paragraphs divided by blank lines, or HTML.")
    title: Line | None = Field(None, description="The headline.")
    id: Line | None = Field(None, description="The provider's id of the article, the same in all versions.")
    url: Annotated[str, Field(max_length=_LONG)] | None = Field(None, description="Its web address.")
    source: Line | None = Field(None, description="Who published it.")
    published: Line | None = Field(None, description="When it was published, best in ISO 8601.")
    language: Line | None = Field(None, description="Its language: en, de, …; without it, it is detected.")
    author: Line | None = Field(None, description="Who wrote it.")
    provider: Line | None = Field(None, description="Who gives the `id`.")
    version: Version | None = Field(None, description="The version under this `id`.")


def _how_many(value: Any) -> str:
    return "many" if isinstance(value, list) else "one"


_Many = Annotated[list[PostedArticle], Field(min_length=1, max_length=MOST_ARTICLES)]
PostedArticles = Annotated[
    Annotated[PostedArticle, Tag("one")] | Annotated[_Many, Tag("many")], Discriminator(_how_many)
]
_EXAMPLES: dict[str, Any] = {
    "one": {
        "value": {
            "title": "Crane falls in Ostrel",
            "text": "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier.",
            "source": "Norwire",
            "url": "https://norwire.example/crane",
            "published": "2026-03-01T12:00:00Z",
        }
    },
    "many": {"value": [{"text": "Bakers in Lindow will open an hour later from May."}, {"text": "The fair is over."}]},
}


class WaitQuery(Parameters):
    """Whether to wait for the outcome."""

    wait: Flag = Field(False, description=f"1: answer when all are processed, or after {WAIT_SECONDS:.0f} s.")


@dataclass(frozen=True, slots=True)
class AcceptedArticles:
    """The ids in the ledger, in the order of the articles; `/api/v1/files/{id}` says what became of each."""

    file_ids: list[int]


@dataclass(frozen=True, slots=True)
class ProcessedArticles:
    """What became of each article, in their order."""

    files: list[FileOutcome]


@ingest.post(
    "/articles",
    operation_id="postArticles",
    status_code=202,
    responses={202: {"model": AcceptedArticles}, 200: {"model": ProcessedArticles}},
)
async def post_articles(
    request: Request,
    articles: Annotated[PostedArticles, InBody(openapi_examples=_EXAMPLES)],
    query: Annotated[WaitQuery, InQuery()],
) -> Response:
    """Accept one article or a list of them, as files of the inbox are.

    They are kept before the answer, which has their ids in the ledger. The same article posted again gets the same id
    and is not processed twice. With `wait=1` the answer has status 200, story and evidence; if it takes too long, 202.
    """
    here = site(request)
    given = articles if isinstance(articles, list) else [articles]
    documents = [document(article, here.settings.json_fields) for article in given]
    ids = await run_sync(accept_posted, here.settings, here.engine, documents, limiter=here.posting)
    if query.wait and await _processed(request, ids):
        return answer(request, await run_in_threadpool(_outcomes, request, ids))
    return answer(request, AcceptedArticles(ids), 202)


def document(article: PostedArticle, names: Mapping[str, str]) -> bytes:
    """Return the JSON document that is kept: the same article gives the same bytes. ``names`` are `json_fields`."""
    fields = {names[field]: value for field, value in article.model_dump(exclude_none=True).items()}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


async def _processed(request: Request, ids: Sequence[int]) -> bool:
    """Wait until all of these files have an outcome; return False after ``WAIT_SECONDS``."""
    end = current_time() + WAIT_SECONDS
    while await run_in_threadpool(_unfinished, request, ids):
        if current_time() > end:
            return False
        await sleep(_POLL_SECONDS)
    return True


def _unfinished(request: Request, ids: Sequence[int]) -> bool:
    with site(request).engine.connect() as connection:
        return unfinished(connection, ids)


def _outcomes(request: Request, ids: Sequence[int]) -> ProcessedArticles:
    with reading(request) as connection:
        return ProcessedArticles(outcomes(connection, ids))


@match.post("/match", operation_id="matchText", responses={200: {"model": TextMatch}})
async def match_article(
    request: Request, article: Annotated[PostedArticle, InBody(openapi_examples={"one": _EXAMPLES["one"]})]
) -> Response:
    """Return the story that this article would join now, and the evidence. Nothing is stored."""
    settings = site(request).settings

    def work() -> Response:
        with reading(request) as connection:
            return answer(request, match_text(connection, settings, document(article, settings.json_fields)))

    return await in_turn(request, work)
