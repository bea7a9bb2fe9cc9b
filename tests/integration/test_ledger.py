"""The ledger: each delivery is inserted once, a lease lives as long as its worker, an outcome is written once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from tests.integration.delivery import rows, run, scalar, states
from worker.store import ledger, locks, recovery

MOST = 5


def delivery(number: int, *, reason: str | None = None) -> ledger.Delivery:
    """Return a delivery of a file that no test reads."""
    return ledger.Delivery(number.to_bytes(16, "big"), b"inbox/%d.txt" % number, bytes(32), 10, reason, vanished=False)


def insert(engine: Engine, count: int) -> list[int]:
    """Insert ``count`` files; return their ids."""
    with engine.begin() as connection:
        return sorted(ledger.claim(connection, [delivery(n) for n in range(count)]).values())


class Worker:
    """The session of a worker, with its number."""

    def __init__(self, engine: Engine) -> None:
        self.session: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.holder = ledger.register_worker(self.session)
        self._engine = engine
        self._server_pid = self.session.execute(text("SELECT pg_backend_pid()")).scalar_one()

    def lease(self, ids: list[int]) -> list[int]:
        """Lease files; return those that the ledger gave."""
        return [file.id for file in ledger.lease(self.session, ids, self.holder, MOST)]

    def die(self) -> None:
        """End the session as the death of the process does, and wait until the server has noticed."""
        if not self.session.closed:
            self.session.invalidate()
            self.session.close()
            with self._engine.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": self._server_pid})


@pytest.fixture
def workers(engine: Engine) -> Iterator[tuple[Worker, Worker]]:
    """Yield two living workers."""
    both = Worker(engine), Worker(engine)
    yield both
    for worker in both:
        worker.die()


def test_a_delivery_is_entered_once(engine: Engine) -> None:
    """Inserting the same deliveries again adds none, and their ids can be queried."""
    with engine.begin() as connection:
        first = ledger.claim(connection, [delivery(1), delivery(2)])
    with engine.begin() as connection:
        assert ledger.claim(connection, [delivery(2), delivery(1), delivery(3)]).keys() == {delivery(3).key}
        assert ledger.known(connection, [delivery(1).key, delivery(2).key]) == first


def test_two_deliveries_of_one_key_in_a_batch_are_one(engine: Engine) -> None:
    """A delivery that is in a batch twice is inserted once."""
    with engine.begin() as connection:
        assert len(ledger.claim(connection, [delivery(1), delivery(1)])) == 1


def test_a_refused_delivery_has_its_outcome_at_once(engine: Engine) -> None:
    """A delivery that the receiver refuses is quarantined with its reason, and no worker gets it."""
    with engine.begin() as connection:
        [number] = ledger.claim(connection, [delivery(1, reason="It is a pipe.")]).values()
    assert rows(engine, "SELECT state, reason FROM files") == [("quarantined", "It is a pipe.")]
    worker = Worker(engine)
    assert worker.lease([number]) == []
    worker.die()


def test_a_lease_is_one_workers(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """No worker can lease the files of another while that one lives."""
    ids = insert(engine, 3)
    assert workers[0].lease(ids[:2]) == ids[:2]
    assert workers[1].lease(ids) == ids[2:]


def test_a_dead_workers_files_are_taken_over_at_once(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """The lease ends with the session, without a clock; a file that was tried before is leased alone."""
    ids = insert(engine, 2)
    workers[0].lease(ids)
    workers[0].die()
    assert workers[1].lease(ids) == []
    assert workers[1].lease(ids[:1]) == ids[:1]
    assert scalar(engine, "SELECT attempts FROM files WHERE id = :id", id=ids[0]) == 2


def test_what_another_took_over_can_no_longer_be_written(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """A worker whose session was lost sees that another worker has its lease."""
    [number] = insert(engine, 1)
    late = workers[0].holder
    workers[0].lease([number])
    workers[0].die()
    workers[1].lease([number])
    with engine.begin() as connection:
        assert ledger.still_held(connection, [number], late) == set()
        assert ledger.still_held(connection, [number], workers[1].holder) == {number}


def test_given_back_files_are_as_before(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """The attempt of a file that is given back does not count, and only its holder can give it back."""
    ids = insert(engine, 2)
    workers[0].lease(ids)
    ledger.give_back(workers[1].session, ids, workers[1].holder)
    assert set(states(engine).values()) == {"processing"}
    ledger.give_back(workers[0].session, ids, workers[0].holder)
    assert rows(engine, "SELECT DISTINCT state, attempts, holder FROM files") == [("waiting", 0, None)]
    assert workers[1].lease(ids) == ids


def test_a_failing_file_is_tried_a_bounded_number_of_times(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """A file that fails its last attempt is quarantined with the reason."""
    [number] = insert(engine, 1)
    for attempt in range(1, MOST + 1):
        assert workers[0].lease([number]) == [number]
        ledger.fail(workers[0].session, number, workers[0].holder, "It is broken.", MOST)
        assert states(engine)[number] == ("quarantined" if attempt == MOST else "waiting")
    assert workers[0].lease([number]) == []
    assert scalar(engine, "SELECT reason FROM files") == "It is broken."


def test_a_file_that_ends_its_workers_is_given_up(engine: Engine) -> None:
    """A file that ended its worker at every attempt is quarantined, with a reason that says what to do."""
    [number] = insert(engine, 1)
    for _ in range(MOST):
        worker = Worker(engine)
        assert worker.lease([number]) == [number]
        worker.die()
    with engine.begin() as connection:
        assert [file.id for file in recovery.quarantine_exhausted(connection, MOST)] == [number]
        assert recovery.quarantine_exhausted(connection, MOST) == []
    [(state, reason)] = rows(engine, "SELECT state, reason FROM files")
    assert state == "quarantined"
    assert reason.startswith("The worker was ended 5 times")
    assert f"copydesk retry {number}" in reason


def test_a_living_workers_file_is_never_given_up(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """A file in its last attempt is left to the worker that has it."""
    [number] = insert(engine, 1)
    run(engine, "UPDATE files SET attempts = 4")
    workers[0].lease([number])
    with engine.begin() as connection:
        assert recovery.quarantine_exhausted(connection, MOST) == []
        assert recovery.requeue_lost(connection, MOST, []) == []


def test_living_workers_are_counted_by_their_locks(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """The number of workers falls as soon as one dies."""
    with engine.connect() as connection:
        before = locks.living_workers(connection)
        workers[0].die()
        connection.rollback()
        # the server takes a moment to see that the session has gone
        while (now := locks.living_workers(connection)) == before:
            connection.rollback()
    assert now == before - 1


def test_a_large_file_is_closed_with_its_last_part(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """Each part has a row; the file is done when all parts have an outcome, and has the sum of their articles."""
    [number] = insert(engine, 1)
    workers[0].lease([number])
    with engine.begin() as connection:
        parts = ledger.split(connection, number, [(0, 10, 0), (10, 10, 500), (20, 5, 900)])
    assert workers[0].lease([number]) == []
    assert workers[1].lease(parts) == parts
    for part, reason in zip(parts, (None, "It is broken.", None), strict=True):
        assert states(engine)[number] == "processing"
        with engine.begin() as connection:
            ledger.finish(connection, [ledger.Outcome(part, 0 if reason else 7, reason)])
            ledger.finish_parents(connection, [number])
    assert rows(engine, "SELECT state, articles, reason FROM files WHERE id = :id", id=number) == [
        ("done", 14, "1 of its 3 parts could not be processed; the first: It is broken.")
    ]


def test_a_large_file_of_bad_parts_is_quarantined(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """A file is quarantined if none of its parts could be processed."""
    [number] = insert(engine, 1)
    workers[0].lease([number])
    with engine.begin() as connection:
        parts = ledger.split(connection, number, [(0, 10, 0), (10, 10, 500)])
        ledger.finish(connection, [ledger.Outcome(part, 0, "It is broken.") for part in parts])
        recovery.close_parents(connection)
    assert states(engine)[number] == "quarantined"


def test_splitting_again_makes_no_second_parts(engine: Engine, workers: tuple[Worker, Worker]) -> None:
    """A split that is repeated, as after a lost answer, inserts the parts once."""
    [number] = insert(engine, 1)
    workers[0].lease([number])
    with engine.begin() as connection:
        ledger.split(connection, number, [(0, 10, 0), (10, 10, 500)])
        assert ledger.split(connection, number, [(0, 10, 0), (10, 10, 500)]) == []
    assert scalar(engine, "SELECT count(*) FROM files WHERE parent_id = :id", id=number) == 2


def test_a_very_long_path_is_entered(engine: Engine) -> None:
    """A path of 4,096 bytes of all values fits, because its index is a hash index."""
    path = bytes(range(1, 256)) * 16
    with engine.begin() as connection:
        [number] = ledger.claim(connection, [ledger.Delivery(b"k" * 16, path, None, 0)]).values()
    assert bytes(scalar(engine, "SELECT path FROM files WHERE id = :id", id=number)) == path


def test_a_vanished_file_that_was_taken_elsewhere_is_known(engine: Engine) -> None:
    """If two services watch one inbox, the slower one learns that the ledger has the file."""
    insert(engine, 1)
    with engine.begin() as connection:
        assert ledger.accepted_paths(connection, [b"inbox/0.txt", b"inbox/9.txt"]) == {b"inbox/0.txt"}


def test_a_lost_message_is_found_by_its_turn(engine: Engine) -> None:
    """A file waits behind older ones; if newer ones are next in the queue, its message is lost."""
    first, second, third = insert(engine, 3)
    for number, age in ((first, 100), (second, 90), (third, 20)):
        run(engine, "UPDATE files SET enqueued_at = now() - make_interval(secs => :a) WHERE id = :i", a=age, i=number)
    with engine.begin() as connection:
        assert recovery.requeue_lost(connection, MOST, [first]) == []
        assert [file.id for file in recovery.requeue_lost(connection, MOST, [third])] == [first, second]
        assert [file.id for file in recovery.requeue_lost(connection, MOST, [])] == [third]
    assert scalar(engine, "SELECT count(*) FROM files WHERE enqueued_at > now() - interval '10 s'") == 3


def test_a_file_that_failed_waits_longer_each_time(engine: Engine) -> None:
    """The wait grows with each attempt."""
    [number] = insert(engine, 1)
    run(engine, "UPDATE files SET attempts = 3, enqueued_at = now() - interval '35 s'")
    with engine.begin() as connection:
        assert recovery.requeue_lost(connection, MOST, []) == []
    run(engine, "UPDATE files SET enqueued_at = now() - interval '41 s'")
    with engine.begin() as connection:
        assert [file.id for file in recovery.requeue_lost(connection, MOST, [])] == [number]
