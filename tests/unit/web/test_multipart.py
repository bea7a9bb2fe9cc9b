"""Forms with a file: what browsers send is read without copies, all else is refused."""

import tracemalloc

import pytest

from worker.web.multipart import read_multipart
from worker.web.params import BadRequestError

TYPE = "multipart/form-data; boundary=b"
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'


def test_a_form_of_a_browser_is_read() -> None:
    """Fields and file are found, also a file with line ends and hyphens, one with a wrong boundary and an empty one."""
    field = b'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n0f\r\n'
    for content in (b"", b"words", b"\r\n\r\n--\r\n-b\r\n--a\r\n"):
        form = read_multipart(TYPE, field + FILE + content + b"\r\n--b--\r\n")
        assert (form.fields, form.name, form.content) == ({"form_token": "0f"}, "a.txt", content)


def test_the_file_is_copied_once() -> None:
    """Reading a form takes the memory of its file once, besides the body."""
    body = FILE + b"x" * 4_000_000 + b"\r\n--b--\r\n"
    tracemalloc.start()
    try:
        form = read_multipart(TYPE, body)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert form.content is not None
    assert most < 1.2 * len(form.content)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"preamble\r\n" + FILE + b"words\r\n--b--\r\n",
        FILE + b"words\r\n--b",
        FILE + b"words\r\n--b--\r\nmore",
        FILE.removesuffix(b"\r\n\r\n") + b"\r\n--b--\r\n",
        b"--b\r\nX-Long: " + b"x" * 9_000 + FILE.removeprefix(b"--b") + b"words\r\n--b--\r\n",
        (FILE + b"words\r\n") * 9 + b"--b--\r\n",
    ],
)
def test_a_damaged_form_is_refused(body: bytes) -> None:
    """A form without its begin, its end or a name, with a large head or with many parts is no form of a browser."""
    with pytest.raises(BadRequestError, match="damaged"):
        read_multipart(TYPE, body)
