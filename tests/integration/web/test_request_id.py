"""Each response of the pages has the id of its request."""

from tests.serving import Client


def test_a_response_has_the_id_of_its_request(client: Client) -> None:
    """An id from a proxy is kept; an id that could be mistaken in a log, or none, is replaced by a new one."""
    assert client.get("/", x_request_id="proxy-7.a").headers["x-request-id"] == "proxy-7.a"
    new = {client.get("/", x_request_id=given).headers["x-request-id"] for given in ("a b", "", "x" * 65)}
    assert len(new) == 3
    assert all(len(request_id) == 16 for request_id in new)
