"""Requests that no browser sends: each is refused as the client's fault, quickly."""

import re
import time

import pytest

from tests.integration.web.conftest import TOKEN, form_token
from tests.serving import Client
from worker.web.application import ROUTES

PATHS = sorted({route.path for route in ROUTES})


@pytest.mark.parametrize("digits", ["9" * 5000, "9" * 19, "0" * 5000, "%C2%B2", "1" * 20, "\u0661".encode().hex()])
@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_an_odd_id_in_a_path_is_not_found(editor: Client, path: str, digits: str) -> None:
    """An id of any length or script is not found, by whatever method."""
    odd = re.sub(r"\{.*?\}", digits, path)
    assert editor.get(odd).status in {404, 405}
    assert editor.post(odd, {"form_token": form_token(editor), "other": "1"}).status in {400, 404, 405}


@pytest.mark.parametrize(
    "charset", ["no-such", "punycode", "idna", "zlib", "utf-16", "\u00ff", "undefined", "unicode_escape"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/retry-all", "/articles/1/pin"])
def test_a_form_in_another_encoding_is_refused(client: Client, path: str, charset: str) -> None:
    """The parser and the charset of a form are not chosen by its sender: 60 KB of it take milliseconds."""
    body = b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + b"a" * 60_000 + b"\r\n--b--\r\n"
    taken = []
    for _ in range(3):  # one may pay for the garbage of all tests before it
        begin = time.process_time()
        answer = client.post(path, body, content_type=f"multipart/form-data; boundary=b; charset={charset}")
        taken.append(time.process_time() - begin)
        assert answer.status == 400
        assert "application/x-www-form-urlencoded" in answer.text
    assert min(taken) < 0.5


@pytest.mark.parametrize(
    "body",
    [
        b"&".join(b"a=b" for _ in range(1000)),
        b"%ff%00=%ed%a0%80&token=%00",
        b"token=\xff\xfe",
        b"=&=&;;%%%",
        b"a" * 60_000,
    ],
)
def test_an_odd_form_is_refused(client: Client, body: bytes) -> None:
    """A form of many fields, broken characters or no fields is an error of its sender."""
    assert client.post("/sign-in", body).status in {400, 403}


def test_an_odd_number_in_a_form_is_refused(editor: Client) -> None:
    """A number of thousands of digits is no id, even if it begins with a small one."""
    for other in ("0" * 11 + "1" * 5000, "9" * 5000, "1" * 11, "\u0661"):
        form = {"form_token": form_token(editor), "other": other}
        assert editor.post("/stories/1/merge", form).status == 400


def test_a_form_signs_in_with_the_charset_of_browsers(client: Client) -> None:
    """A charset in the type of a normal form changes nothing."""
    kind = "application/x-www-form-urlencoded; charset=punycode"
    assert client.post("/sign-in", {"token": TOKEN}, content_type=kind).status == 303
