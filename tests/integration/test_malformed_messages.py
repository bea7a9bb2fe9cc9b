"""The sweeper and malformed messages at the head of the queue."""

import json

import redis
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, run, states
from tests.malformed import good_message, malformed
from worker.queue.messages import next_message_ids
from worker.queue.sweeper import sweep
from worker.settings import Settings


def test_malformed_messages_stop_no_sweep(settings: Settings, engine: Engine) -> None:
    """With nothing but malformed messages in the queue, a file that lost its message is enqueued again."""
    [number] = deliver(settings, engine, [("a.txt", dispatch(1))])
    run(engine, "UPDATE files SET enqueued_at = now() - interval '1 hour'")
    with redis.Redis.from_url(settings.redis_url) as client:
        client.lpush("copydesk", *malformed())
        assert sweep(settings, engine) == 1
        assert states(engine) == {number: "waiting"}
        client.rpush("copydesk", json.dumps(good_message([7])), b"{")
        assert next_message_ids(settings) == [7]
