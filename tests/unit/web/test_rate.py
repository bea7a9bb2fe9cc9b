"""The rate of requests: whatever their times, a caller gets what the limit allows and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.web.v1 import rate
from worker.web.v1.rate import RequestRate, TooManyRequestsError


def admitted(limited: RequestRate, caller: str) -> bool:
    """Return whether a request is admitted."""
    try:
        limited.count(caller)
    except TooManyRequestsError:
        return False
    return True


@given(st.integers(1, 50), st.lists(st.floats(0, 20), max_size=200))
def test_no_more_than_the_limit_is_admitted(limit: int, pauses: list[float]) -> None:
    """In any time a caller gets a full bucket and what filled it since; who waits as asked is admitted."""
    now = 0.0
    limited = RequestRate(limit, lambda: now)
    count = 0
    for pause in pauses:
        now += pause
        count += admitted(limited, "a")
        assert count <= limit + now * limit / 60 + 1e-6
    while admitted(limited, "a"):
        pass
    with pytest.raises(TooManyRequestsError) as refused:
        limited.count("a")
    now += refused.value.seconds
    assert admitted(limited, "a")


def test_callers_do_not_share_a_bucket() -> None:
    """One caller's requests are none of another's, and 0 is no limit."""
    limited = RequestRate(1, lambda: 0.0)
    assert [admitted(limited, caller) for caller in ("a", "b", "a")] == [True, True, False]
    unlimited = RequestRate(0, lambda: 0.0)
    assert all(admitted(unlimited, "a") for _ in range(1_000))


def test_silent_callers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory for callers is bounded: the one that was silent for longest is forgotten first."""
    monkeypatch.setattr(rate, "_MOST_CALLERS", 2)
    limited = RequestRate(1, lambda: 0.0)
    assert [admitted(limited, caller) for caller in ("a", "b", "c", "b", "a")] == [True, True, True, False, True]
