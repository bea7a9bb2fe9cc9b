"""Changes reach receivers signed, in order and completely, whatever the receivers and the sender do."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from tests.integration.delivery import rows, run, scalar
from tests.integration.test_changes import commit_changes
from tests.integration.webhooks.receiver import Inbox, receiving
from worker.article import ChangeKind
from worker.settings import Settings
from worker.store import locks, stories, webhook_messages
from worker.webhooks import message as messages
from worker.webhooks.message import request_to
from worker.webhooks.sender import pause_after, sending

Subscribe = Callable[..., str]


def until(engine: Engine, condition: str) -> None:
    """Wait until a condition on a webhook holds."""
    for _ in range(2_000):
        if scalar(engine, f"SELECT EXISTS (SELECT FROM webhooks WHERE {condition})"):  # noqa: S608  ours
            return
        threading.Event().wait(0.01)
    raise AssertionError(rows(engine, "SELECT * FROM webhooks"))


def test_changes_arrive_signed_and_in_order(near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe) -> None:
    """All changes, those before the sender started and those after, arrive once, a hundred in a message."""
    secret = subscribe(inbox)
    commit_changes(engine, *range(1, 251))
    with sending(near):
        first = inbox.wait_for(3)
        commit_changes(engine, 7)
        received = inbox.wait_for(4)
    assert [len(request.change_ids) for request in first] == [100, 100, 50]
    assert [number for request in received for number in request.change_ids] == list(range(1, 252))
    assert all(request.is_signed_with(secret) for request in received)
    assert len({request.id for request in received}) == 4
    assert received[3].json["type"] == "stories.changed"
    [change] = received[3].json["data"]["changes"]
    assert (change["kind"], change["story_id"], received[3].json["timestamp"]) == ("created", 7, change["at"])
    assert not received[0].is_signed_with("whsec_c29tZXRoaW5nIGVsc2U=")


def test_a_failed_message_is_sent_again_before_later_ones(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """After errors the same message comes again, with the same id and content, and what follows waits for it."""
    secret = subscribe(inbox)
    inbox.answers.extend([500, 503, 302, 404])
    commit_changes(engine, 1)
    with sending(near):
        inbox.wait_for(1)
        commit_changes(engine, 2)
        received = inbox.wait_for(6)
        until(engine, "after = 2")
    assert [request.change_ids for request in received] == [[1]] * 5 + [[2]]
    assert len({(request.id, request.body) for request in received[:5]}) == 1
    assert all(request.is_signed_with(secret) for request in received)
    [first, _] = rows(engine, "SELECT attempts, status, problem, delivered_at FROM webhook_messages ORDER BY id")
    assert (first.attempts, first.status, first.problem) == (5, 200, None)
    assert rows(engine, "SELECT failures, failing_since FROM webhooks") == [(0, None)]


def test_pauses_grow_and_a_receiver_may_ask_for_more() -> None:
    """From five seconds to an hour; `Retry-After` counts in seconds, within the same bounds."""
    assert [pause_after(n, "") for n in (0, 1, 5, 9, 10, 10_000)] == [5, 10, 160, 2_560, 3_600, 3_600]
    assert [pause_after(0, asked) for asked in ("60", "1", "99999", "soon", "-1")] == [60, 5, 3_600, 5, 5]


def test_a_message_whose_success_was_not_stored_comes_again(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """If the process ends between the answer and its transaction, the next one sends the same message again."""
    subscribe(inbox)
    commit_changes(engine, 1, 2)
    with engine.begin() as connection:
        lost = webhook_messages.next_message(connection, 1)
    assert lost
    assert messages.send(request_to(near, lost.url), lost).status == 200
    commit_changes(engine, 3)
    with sending(near):
        received = inbox.wait_for(3)
    assert [request.change_ids for request in received] == [[1, 2], [1, 2], [3]]
    assert received[0].id == received[1].id
    assert received[0].body == received[1].body


def test_a_sender_that_is_stopped_ends_at_once(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """It does not wait for a receiver that is slow; the attempt does not count, and the next sender makes it again."""
    subscribe(inbox)
    held = threading.Event()
    inbox.answers.append(lambda: (held.wait(20), 200)[1])
    commit_changes(engine, 1)
    with sending(near):
        inbox.wait_for(1)
    assert rows(engine, "SELECT failures, after FROM webhooks") == [(0, 0)]
    held.set()
    with sending(near):
        received = inbox.wait_for(2)
    assert received[0].id == received[1].id


@pytest.mark.slow  # starting the process takes seconds
def test_a_killed_scheduler_loses_no_change(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe, tmp_path: object
) -> None:
    """A scheduler that is killed while a receiver has its message is followed by one that sends it again."""
    subscribe(inbox)
    held = threading.Event()
    inbox.answers.append(lambda: (held.wait(20), 200)[1])
    commit_changes(engine, 1)
    command = [sys.executable, "-m", "worker", "scheduler"]
    scheduler = subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.DEVNULL)
    try:
        inbox.wait_for(1)
    finally:
        scheduler.send_signal(signal.SIGKILL)
        scheduler.wait()
    held.set()
    commit_changes(engine, 2)
    with sending(near):
        received = inbox.wait_for(3)
    assert [request.change_ids for request in received] == [[1], [1], [2]]
    assert received[0].id == received[1].id


def test_a_slow_receiver_holds_up_no_other(near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe) -> None:
    """While one receiver does not answer, another gets all messages; one sender at a time is at work."""
    held = threading.Event()
    inbox.answers.append(lambda: (held.wait(20), 200)[1])
    subscribe(inbox)
    with receiving() as other:
        subscribe(other)
        with sending(near), sending(near):
            for number in range(1, 4):
                commit_changes(engine, number)
                other.wait_for(number)
            held.set()
            inbox.wait_for(2)
            until(engine, "id = 1 AND after = 3")
    assert [request.change_ids for request in other.received] == [[1], [2], [3]]
    assert [number for request in inbox.received for number in request.change_ids] == [1, 2, 3]


def test_a_webhook_gets_the_kinds_that_it_names(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """Other changes are passed over, also many in a row, and the position moves on."""
    subscribe(inbox, "merged, split")
    commit_changes(engine, *range(1, 301))
    with engine.begin() as connection:
        locks.lock_placement(connection)
        stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, 1, None, 2)])
    commit_changes(engine, 9)
    with sending(near):
        received = inbox.wait_for(1)
        until(engine, "after = 302")
    assert [request.change_ids for request in received] == [[301]]
    assert len(inbox.received) == 1


def test_a_restore_is_told_before_later_changes(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe
) -> None:
    """A receiver learns which change is the last that was kept, and gets those of the new epoch after that."""
    subscribe(inbox)
    commit_changes(engine, 1, 2, 3)
    with sending(near):
        inbox.wait_for(1)
        until(engine, "after = 3")
    run(engine, "DELETE FROM changes WHERE id > 2")
    run(engine, "UPDATE webhooks SET after = 1")  # as the backup had it
    run(engine, "INSERT INTO feed_epochs (begins_after) VALUES (2)")
    run(engine, "SELECT setval('changes_id_seq', 2)")
    try:
        commit_changes(engine, 8)
        with sending(near):
            received = inbox.wait_for(3)
            until(engine, "after = 3")
    finally:
        run(engine, "DELETE FROM feed_epochs WHERE begins_after > 0")
    restored, later = received[1:]
    assert restored.json["type"] == "feed.restored"
    assert restored.json["data"]["kept_until"] == 2
    assert [(change["id"], change["story_id"]) for change in later.json["data"]["changes"]] == [(2, 2), (3, 8)]
    assert later.json["data"]["changes"][1]["epoch"] == restored.json["data"]["epoch"]
    assert later.json["data"]["changes"][0]["epoch"] != restored.json["data"]["epoch"]


def test_old_messages_are_forgotten(
    near: Settings, engine: Engine, inbox: Inbox, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each webhook as many messages stay as the page shows."""
    monkeypatch.setattr(webhook_messages, "MOST_CHANGES", 1)
    monkeypatch.setattr(webhook_messages, "_KEPT", 3)
    subscribe(inbox)
    commit_changes(engine, *range(1, 8))
    with sending(near):
        inbox.wait_for(7)
        until(engine, "after = 7")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT until FROM webhook_messages ORDER BY id")).scalars().all()
    assert kept == [5, 6, 7]
