"""Upload a file in the page, and download the original bytes of a delivered one."""

import asyncio
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote, unquote

from anyio.to_thread import run_sync
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from worker import archive
from worker.article import ProcessKind
from worker.display import unescape_path
from worker.errors import CopydeskError
from worker.inbox.posted import accept_uploaded
from worker.store.heartbeats import count_by_kind
from worker.store.ledger import unfinished
from worker.store.read.files import file
from worker.web.guard import MOST_UPLOADED_BYTES
from worker.web.multipart import read_multipart
from worker.web.params import BadRequestError, NotFoundError, path_id
from worker.web.session import ForbiddenError, require_session, session
from worker.web.site import reading, site

#: The answer waits so long for the outcome of the file: on an idle service it takes .2 s, and people wait no longer.
_WAIT_SECONDS = 3.0
_POLL_SECONDS = 0.1
#: Bytes of a name that are kept, so that a path stays far below the 4,096 that a file system takes.
_NAME_BYTES = 200
#: What must not be in a name: control characters, and separators of paths.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069/\\]")
_BLOCK_BYTES = 1 << 16


async def upload_form(request: Request) -> Response:
    """Accept the file of a form; the page of its outcome follows."""
    if not (await run_in_threadpool(session, request)).signed_in:  # before its bytes are read
        raise ForbiddenError("Sign in with a token of the scope write to upload files.")
    async with site(request).uploading:
        number = await _accept(request)
    await _outcome(request, number)
    return RedirectResponse(f"/files/{number}", 303)


async def _accept(request: Request) -> int:
    """Read the form, store its file, and return its id in the ledger."""
    form = read_multipart(request.headers.get("content-type", ""), await request.body())
    await run_in_threadpool(require_session, request, form.fields)
    here = site(request)
    most = min(MOST_UPLOADED_BYTES, here.settings.max_file_bytes)
    if not form.content:
        raise BadRequestError("Choose a file that is not empty.")
    if len(form.content) > most:
        raise BadRequestError(f"The file has {len(form.content):,} bytes; the limit is {most:,}. Use the inbox folder.")
    try:
        return await run_sync(
            accept_uploaded, here.settings, here.engine, file_name(form.name), form.content, limiter=here.posting
        )
    except CopydeskError as error:
        raise BadRequestError(str(error)) from error


async def _outcome(request: Request, number: int) -> None:
    """Return when the file has an outcome, which its page then shows; soon if that takes long or no worker runs."""
    clock = asyncio.get_running_loop().time
    end = clock() + _WAIT_SECONDS
    while await run_in_threadpool(_is_under_way, request, number) and clock() < end:
        await asyncio.sleep(_POLL_SECONDS)


def _is_under_way(request: Request, number: int) -> bool:
    with reading(request) as connection:
        return unfinished(connection, [number]) and ProcessKind.WORKER in count_by_kind(connection)


def file_name(given: str) -> bytes:
    """Return a name that is safe in the ledger, from what a browser sends: a bare name, or a path on its machine."""
    name = _UNWANTED.sub("_", re.split(r"[/\\]", unquote(given))[-1]).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    ending = f"{dot}{suffix}".encode()[:20].decode("utf-8", "ignore").encode()
    start = stem.encode()[: _NAME_BYTES - len(ending)].decode("utf-8", "ignore").encode()
    return start + ending or b"file"


def original(request: Request) -> Response:
    """Answer ``/files/{id}/original`` with the bytes as they were delivered, never as anything that a browser shows.

    Raises:
        ForbiddenError: the visitor is not signed in.
        NotFoundError: there is no such file, or its bytes are gone.
    """
    if not session(request).name:
        raise ForbiddenError("Sign in to download original files.")
    file_id = path_id(request, most=2**63 - 1)
    with reading(request) as connection:
        row = file(connection, file_id)
    if row is None or row.sha256 is None or row.pruned_at is not None:
        raise NotFoundError(
            f"There are no bytes of file {file_id}: it does not exist, or they were never read or removed."
        )
    path = unescape_path(row.path)
    try:
        kept = archive.open_kept(site(request).settings, bytes.fromhex(row.sha256), path)
    except CopydeskError as error:
        raise NotFoundError(str(error)) from error
    name = file_name(path.rpartition(b"/")[2].decode("utf-8", "replace"))
    headers = {
        "content-length": str(row.size),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return StreamingResponse(_blocks(kept), media_type="application/octet-stream", headers=headers)


def _blocks(kept: BinaryIO) -> Iterator[bytes]:
    with kept:
        while block := kept.read(_BLOCK_BYTES):
            yield block
