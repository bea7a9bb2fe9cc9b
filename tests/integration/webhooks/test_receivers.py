"""Receivers that are gone, slow, malicious or at an address where nothing may be sent."""

import itertools
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import rows, run
from tests.integration.test_changes import commit_changes
from tests.integration.webhooks.receiver import Inbox
from tests.integration.webhooks.test_sending import Subscribe, until
from worker.operations.health import check, status
from worker.settings import Settings
from worker.webhooks import post
from worker.webhooks.address import Receiver, parse
from worker.webhooks.post import WebhookRequest
from worker.webhooks.sender import sending

LOOPBACK = [ip_network("127.0.0.0/8")]


def test_a_receiver_that_is_gone_is_disabled_and_reported(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe, copydesk: Callable[..., object]
) -> None:
    """After 410 nothing more is sent, `status` and `check` say so, and `enable` continues with the same message."""
    subscribe(inbox)
    inbox.answers.append(410)
    commit_changes(engine, 1)
    with sending(near):
        until(engine, "disabled_at IS NOT NULL")
        commit_changes(engine, 2)
    assert len(inbox.received) == 1
    for problems in (status(near, engine).problems, check(near)):
        [said] = [problem for problem in problems if "Webhook 1 (127.0.0.1)" in problem]
        assert "410" in said
        assert "secret-path" not in said
    assert not any("ebhook" in problem for problem in status(near, engine, only_service=True).problems)
    copydesk("webhook", "enable", 1)
    with sending(near):
        received = inbox.wait_for(3)
    assert received[0].id == received[1].id
    assert received[2].change_ids == [2]


def test_a_receiver_that_keeps_failing_is_reported(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """`status` and `check` name it, since when and why; one failure alone is none, and a success ends it."""
    subscribe(inbox)
    commit_changes(engine, 1)
    inbox.answers.extend([503] * 1_000)
    with sending(near):
        until(engine, "failures > 1")
    run(engine, "UPDATE webhooks SET failing_since = '2026-03-01 12:00+00'")
    for problems in (status(near, engine).problems, check(near)):
        [said] = [problem for problem in problems if "Webhook 1 (127.0.0.1)" in problem]
        assert "has failed since 2026-03-01 12:00 UTC" in said
        assert "The last time: The receiver answered 503." in said
        assert "secret-path" not in said
    run(engine, "UPDATE webhooks SET failures = 1")
    assert not any("Webhook 1" in problem for problem in status(near, engine).problems)
    run(engine, "UPDATE webhooks SET failures = 2")
    inbox.answers.clear()
    with sending(near):
        until(engine, "after = 1")
    assert not any("Webhook 1" in problem for problem in status(near, engine).problems)


def test_a_receiver_that_fails_for_five_days_is_disabled(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """Before that it is tried again and again."""
    subscribe(inbox)
    commit_changes(engine, 1)
    inbox.answers.extend([500] * 1_000)
    with sending(near):
        until(engine, "failures > 2")
        run(engine, "UPDATE webhooks SET failing_since = now() - interval '119 hours'")
        inbox.wait_for(len(inbox.received) + 2)
        assert rows(engine, "SELECT disabled_at FROM webhooks") == [(None,)]
        run(engine, "UPDATE webhooks SET failing_since = now() - interval '121 hours'")
        until(engine, "disabled_at IS NOT NULL")
    [(reason,)] = rows(engine, "SELECT disabled_reason FROM webhooks")
    assert reason == "It failed for 5 days. The last time: The receiver answered 500."


def test_a_webhook_that_no_scheduler_serves_is_reported(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """If a change waits for minutes and nobody tried to send it, `status` says so; while it is tried, not."""
    subscribe(inbox)
    commit_changes(engine, 1)
    run(engine, "UPDATE webhooks SET next_at = now() - interval '6 minutes'")
    assert not any("Webhook 1" in problem for problem in status(near, engine).problems)
    run(engine, "UPDATE changes SET at = now() - interval '6 minutes'")
    assert any("Webhook 1 (127.0.0.1) gets nothing" in problem for problem in status(near, engine).problems)
    with sending(near):
        until(engine, "after = 1")
    assert not any("Webhook 1" in problem for problem in status(near, engine).problems)


def test_nothing_is_sent_to_this_machine_by_default(
    settings: Settings, near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """Any address can be registered; each attempt checks where it leads, with the settings of the sender."""
    subscribe(inbox)
    commit_changes(engine, 1)
    with sending(settings):
        until(engine, "failures > 0")
    assert inbox.received == []
    [(problem,)] = rows(engine, "SELECT problem FROM webhook_messages")
    assert "webhook_networks" in problem


def test_a_redirect_is_not_followed(inbox: Inbox) -> None:
    """A receiver can't send a message elsewhere: it counts as a failure, with a sentence that says what to do."""
    inbox.answers.append(307)
    answer = WebhookRequest(parse(inbox.url), LOOPBACK).send({"webhook-id": "1"}, b"{}")
    assert answer.status == 307
    assert "register its target" in (answer.problem or "")
    assert len(inbox.received) == 1


@contextmanager
def raw_receiver(answer: Callable[[socket.socket], None]) -> Iterator[Receiver]:
    """Run a server that does to each connection what a test says."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    answer(client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield parse(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _drip(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        client.sendall(f"x-{number}: y\r\n".encode())
        time.sleep(0.05)


def _silent(client: socket.socket) -> None:
    while client.recv(1_000):
        pass


@pytest.mark.parametrize("behaviour", [_drip, _silent], ids=["drip", "silent"])
def test_an_attempt_has_an_end(behaviour: Callable[[socket.socket], None]) -> None:
    """A receiver that sends a byte now and then, and one that sends nothing, are left after the time limit."""
    with raw_receiver(behaviour) as receiver:
        begin = time.monotonic()
        answer = WebhookRequest(receiver, LOOPBACK).send({}, b"{}", seconds=0.4)
        took = time.monotonic() - begin
    assert (answer.status, answer.problem) == (None, "No answer within 0.4 s.")
    assert 0.3 < took < 5


def test_an_endless_answer_is_not_read() -> None:
    """Of the body only the beginning is read, and what is no HTTP is a failure with a sentence."""

    def endless(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            client.sendall(b"x" * 65_536)

    with raw_receiver(endless) as receiver:
        assert WebhookRequest(receiver, LOOPBACK).send({}, b"{}").status == 200

    def garbage(client: socket.socket) -> None:
        client.sendall(b"\x00\x01 garbage\r\n\r\n")
        _silent(client)

    with raw_receiver(garbage) as receiver:
        assert WebhookRequest(receiver, LOOPBACK).send({}, b"{}").problem == "The answer is not HTTP."


def test_a_closed_port_is_a_failure() -> None:
    """A connection that is refused is reported as such, and a name that does not exist too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = WebhookRequest(parse(f"http://127.0.0.1:{port}/"), LOOPBACK).send({}, b"{}")
    assert answer.problem == "The connection failed: Connection refused."
    unknown = WebhookRequest(parse("https://receiver.invalid/"), LOOPBACK).send({}, b"{}")
    assert unknown.problem == "The host name can't be resolved."


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver with an unknown certificate gets nothing; one whose authority is trusted gets the message."""
    if not shutil.which("openssl"):
        pytest.skip("making a certificate takes openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run([*words.split(), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got: list[bytes] = []

    def answer(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True) as wrapped:
            request = b""
            while not request.endswith(b"{}"):
                request += wrapped.recv(65_536)
            got.append(request)
            wrapped.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with raw_receiver(answer) as plain:
        receiver = parse(f"https://localhost:{plain.port}/")
        networks = [*LOOPBACK, ip_network("::1")]
        refused = WebhookRequest(receiver, networks).send({}, b"{}")
        trusting = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(post, "_context", lambda: trusting)
        accepted = WebhookRequest(receiver, networks).send({}, b"{}")
    assert "certificate is not valid" in (refused.problem or "")
    assert (accepted.status, accepted.problem) == (204, None)
    assert len(got) == 1
