"""The pages of the files: retry and dismiss several, download original bytes, upload a file."""

import http.client
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial

import pytest
from anyio import CapacityLimiter
from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor, rows, run, scalar, states
from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import TOKEN, form_token
from tests.integration.web.desk import Desk, add_token, process_all
from tests.serving import Answer, Client, serving
from worker.archive.folder import archive_path
from worker.article import TokenScope
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.recovery import retry_quarantined
from worker.web.application import application
from worker.web.site import Site
from worker.web.upload import file_name

FORM_TYPE = "multipart/form-data; boundary=xYz"
BROKEN, OTHER = "It is a picture.", "It is empty."


@pytest.fixture
def quarantined(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with three files in quarantine, two of them for one reason."""
    for name, reason in (("a", BROKEN), ("b", OTHER), ("c", BROKEN)):
        newsroom.file(f"inbox/{name}.txt", reason=reason)
    return newsroom


def send(editor: Client, **fields: str) -> Answer:
    """Send the form of the list, with ``file_1`` for the checkbox of file 1."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return editor.post("/files/quarantined", {"form_token": form_token(editor)} | named)


@pytest.mark.parametrize(
    ("fields", "changed"), [({"file_1": "on", "file_2": "on"}, [1, 2]), ({"reason": BROKEN}, [1, 3])]
)
def test_several_files_are_retried(
    editor: Client, quarantined: Newsroom, fields: dict[str, str], changed: list[int]
) -> None:
    """The chosen files, or all with one reason, wait again; the page says how many."""
    answer = send(editor, do="retry", **fields)
    assert (answer.status, answer.headers["location"]) == (303, "/files?state=quarantined&retried=2")
    assert [number for number, state in states(quarantined.engine).items() if state == "waiting"] == changed
    assert "2 files will be processed again" in editor.get(answer.headers["location"]).text


def test_dismissed_files_leave_the_list_and_can_be_retried(editor: Client, quarantined: Newsroom) -> None:
    """A dismissed file is neither listed, counted nor retried with all; a retry of this file takes that back."""
    answer = send(editor, do="dismiss", reason=BROKEN)
    assert answer.headers["location"] == "/files?state=quarantined&dismissed=2"
    listed = editor.get("/files?state=quarantined").text
    assert ("/files/2" in listed, "/files/1" in listed) == (True, False)
    assert "dismissed" in editor.get("/files/1").text
    assert 'copydesk_files{state="quarantined"} 1.0' in editor.get("/metrics").text
    with quarantined.engine.begin() as connection:
        assert [file.id for file in retry_quarantined(connection, None).files] == [2]
        assert [file.id for file in retry_quarantined(connection, [1]).files] == [1]
    assert scalar(quarantined.engine, "SELECT dismissed_at FROM files WHERE id = 1") is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"do": "retry"}, 400), ({"do": "erase", "file_1": "on"}, 400), ({"file_1": "on"}, 400), ({"do": "dismiss"}, 400)],
)
def test_an_odd_choice_changes_nothing(
    editor: Client, quarantined: Newsroom, fields: dict[str, str], status: int
) -> None:
    """Without files or a known action the form is refused with a sentence."""
    assert send(editor, **fields).status == status
    assert set(states(quarantined.engine).values()) == {"quarantined"}


def test_strangers_choose_nothing(client: Client, quarantined: Newsroom) -> None:
    """Without a session there are no checkboxes, and forms are refused."""
    assert "checkbox" not in client.get("/files?state=quarantined").text
    assert client.post("/files/quarantined", {"do": "retry", "file-1": "on"}).status == 403
    assert client.post("/upload", b"x", content_type="multipart/form-data; boundary=b").status == 403
    assert client.get("/files/1/original").status == 403


def test_the_original_bytes_are_downloaded(editor: Client, settings: Settings, engine: Engine) -> None:
    """The bytes come as a file of its name that no browser shows; without them the answer says so."""
    page = "<script>alert(1)</script> é\n"
    [number] = deliver(settings, engine, [('odd "né\n.html', page)])
    answer = editor.get(f"/files/{number}/original")
    assert (answer.status, answer.text) == (200, page)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''odd%20%22n%C3%A9_.html"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(page.encode()))
    assert "original" in editor.get(f"/files/{number}").text
    run(engine, "UPDATE files SET pruned_at = now()")
    assert editor.get(f"/files/{number}/original").status == 404
    assert editor.get("/files/99/original").status == 404


def form(editor: Client, name: str, content: bytes, **more: str) -> bytes:
    """Return the form with a file that a browser sends."""
    fields: Mapping[str, str] = {"form_token": form_token(editor)} | more
    parts = [
        f'--xYz\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = (
        f'--xYz\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
    )
    return "".join([*parts, head]).encode() + content + b"\r\n--xYz--\r\n"


def upload(editor: Client, name: str, content: bytes, **more: str) -> Answer:
    """Send a file as a browser does."""
    return editor.post("/upload", form(editor, name, content, **more), content_type=FORM_TYPE)


def test_an_uploaded_file_is_processed(
    editor: Client, settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """The bytes are kept before the answer, which leads to the outcome; sent again it is the same delivery."""
    content = b"Bakers in Lindow will open an hour later from May.\r\n--xY\r\n"
    answer = upload(editor, "../../etc/bakers.txt", content)
    assert (answer.status, answer.headers["location"]) == (303, "/files/1")
    [row] = rows(engine, "SELECT path, sha256, size FROM files")
    assert (bytes(row.path), row.size) == (b"uploaded/bakers.txt", len(content))
    assert archive_path(settings, bytes(row.sha256), bytes(row.path)).read_bytes() == content
    assert "not processed yet" in editor.get("/files/1").text
    processor.process([1])
    assert states(engine) == {1: "done"}
    assert upload(editor, "bakers.txt", content).headers["location"] == "/files/1"


def test_an_upload_is_answered_with_its_outcome(
    editor: Client, settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a worker lives, the answer waits for the outcome, so that the page which follows shows it."""
    monkeypatch.setattr("worker.web.upload._WAIT_SECONDS", 60.0)
    run(engine, "INSERT INTO heartbeats (process, kind) VALUES ('worker:here:1', 'worker')")
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(upload, editor, "bakers.txt", b"Bakers in Lindow will open an hour later from May.")
        wait_until(lambda: states(engine) == {1: "waiting"} or answer.done())
        assert not answer.done()
        with closing(new_processor(settings)) as worker:
            process_all(engine, worker)
        assert answer.result().headers["location"] == "/files/1"
    assert "not processed yet" not in editor.get("/files/1").text


def test_slow_uploads_delay_uploads_alone(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While as many files arrive as may, the next one waits and is then stored; programs post articles meanwhile."""
    uploading = CapacityLimiter(2)
    monkeypatch.setattr("worker.web.application.Site", partial(Site, uploading=uploading))
    app = application(settings.model_copy(update={"web_token": TOKEN}), engine)
    with serving(app) as editor, ThreadPoolExecutor() as threads:
        editor.post("/sign-in", {"token": TOKEN})
        body = form(editor, "a.txt", b"Bakers in Lindow will open an hour later from May.")
        with ExitStack() as slow:
            for _ in range(2):
                slow.enter_context(closing(begin_upload(editor, body)))
            wait_until(lambda: uploading.borrowed_tokens == 2)
            answer = threads.submit(editor.post, "/upload", body, content_type=FORM_TYPE)
            wait_until(lambda: uploading.statistics().tasks_waiting == 1)
            desk = Desk(editor, add_token(engine, "desk-tools", TokenScope.WRITE))
            assert desk.post("/articles", {"text": "The fair is over."}).status == 202
            assert not answer.done()
        assert answer.result().headers["location"] == "/files/2"


def begin_upload(editor: Client, body: bytes) -> http.client.HTTPConnection:
    """Send a form without its last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", editor.port, timeout=30)
    cookies = "; ".join(f"{name}={value}" for name, value in editor.cookies.items())
    headers = {"content-type": FORM_TYPE, "content-length": str(len(body)), "cookie": cookies}
    connection.request("POST", "/upload", body[:-1], headers)
    return connection


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, for 10 s at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("content", [b"", b"x" * 2_000])
def test_an_upload_has_bounds(settings: Settings, engine: Engine, content: bytes) -> None:
    """An empty file and one above the limit of the setting are refused."""
    bounded = settings.model_copy(update={"web_token": TOKEN, "max_file_bytes": 1_000})
    with serving(application(bounded, engine)) as editor:
        editor.post("/sign-in", {"token": TOKEN})
        assert upload(editor, "a.txt", content).status == 400
    assert states(engine) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"--b\r\n\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nno end',
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 9 + b"--b--\r\n",
    ],
)
def test_a_damaged_form_is_refused(editor: Client, engine: Engine, body: bytes) -> None:
    """What no browser sends is refused with a sentence, never with a fault."""
    answer = editor.post("/upload", body, content_type="multipart/form-data; boundary=b")
    assert answer.status in {400, 403}
    assert editor.post("/upload", body, content_type="text/plain").status == 400
    assert states(engine) == {}


def test_an_upload_from_another_site_is_refused(editor: Client, engine: Engine) -> None:
    """A form without the token of this session is refused, whatever file it has."""
    assert upload(editor, "a.txt", b"words", form_token="0" * 64).status == 403
    assert states(engine) == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.txt", "a.txt"),
        ("C:\\news\\a.txt", "a.txt"),
        ("../..", "file"),
        ("", "file"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("n\u202egpj.txt\x00\n", "n_gpj.txt__"),
        ("%22quoted%22.txt", '"quoted".txt'),
        ("ü" * 300 + ".tar.gz", "ü" * 98 + ".gz"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_made_safe(given: str, name: str) -> None:
    """A name has no folders, no control characters, and a length that any file system takes."""
    assert file_name(given).decode() == name
