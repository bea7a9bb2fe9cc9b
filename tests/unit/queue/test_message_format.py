"""Which messages of the queue a worker may take."""

import json

import pytest

from tests.malformed import good_message, malformed
from worker.queue.message_format import UnreadableMessageError, ids_of


@pytest.mark.parametrize("message", list(malformed()), ids=lambda message: repr(message[:40]))
def test_a_malformed_message_is_no_message(message: bytes) -> None:
    """Whatever part is missing or of another type, the one error is raised."""
    with pytest.raises(UnreadableMessageError):
        ids_of(message)


def test_a_good_message_has_its_ids() -> None:
    """The ids of a message are read in order."""
    assert ids_of(json.dumps(good_message([3, 1, 2])).encode()) == [3, 1, 2]
