"""The transport of the queue when Redis can't be reached."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from kombu import Consumer, Message, Queue
from sqlalchemy import make_url

from tests.harm.proxy import Proxy
from worker.queue.app import get_app
from worker.queue.message_format import QUEUE
from worker.queue.messages import answers, send
from worker.settings import Settings


@pytest.fixture
def proxy(settings: Settings) -> Iterator[Proxy]:
    """Yield a proxy in front of Redis."""
    server = make_url(settings.redis_url)
    with closing(Proxy((str(server.host), int(server.port or 6379)))) as proxy:
        yield proxy


@pytest.fixture
def proxied(settings: Settings, proxy: Proxy) -> Settings:
    """Return settings that reach Redis through the proxy."""
    url = make_url(settings.redis_url).set(host="127.0.0.1", port=proxy.port)
    return settings.model_copy(update={"redis_url": url.render_as_string(hide_password=False)})


@pytest.mark.parametrize("settle", [Message.ack, Message.reject, Message.requeue])
def test_a_message_that_cannot_be_settled_is_not_held(
    settings: Settings, proxied: Settings, proxy: Proxy, settle: Callable[[Message], None]
) -> None:
    """A worker that holds as many messages as it may takes another one after one's end did not reach Redis."""
    send(settings, [[1]])
    received: list[Message] = []
    with get_app(proxied).connection_for_read() as connection:
        channel = connection.channel()
        channel.basic_qos(0, 1, False)
        with Consumer(channel, [Queue(QUEUE)], on_message=received.append):
            connection.drain_events(timeout=10)
            assert not channel.qos.can_consume()
            proxy.set("refuse")
            with pytest.raises(connection.connection_errors):
                settle(received[0])
            assert channel.qos.can_consume()
            proxy.set("pass")


def test_whether_redis_answers(proxied: Settings, proxy: Proxy) -> None:
    """A Redis that refuses does not answer; afterwards it does."""
    app = get_app(proxied)
    assert answers(app)
    proxy.set("refuse")
    assert not answers(app)
    proxy.set("pass")
    assert answers(app)
