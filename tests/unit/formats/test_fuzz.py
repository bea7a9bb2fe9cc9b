"""For any bytes, a reader gives storable articles, bad records with a reason, or the project's error."""

import io
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.formats.mutations import SEEDS, SNIPPETS, damaged
from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import Limits, read, spans

#: small, so that the limits are reached too
LIMITS = Limits(max_article_bytes=20_000, max_unpacked_bytes=60_000, max_ratio=50, max_members=20)


def read_all(data: bytes, name: str) -> None:
    """Read ``data`` and check every outcome."""
    try:
        for outcome in read(io.BytesIO(data), name, LIMITS):
            if isinstance(outcome, Article):
                fields = (outcome.text, outcome.title, outcome.external_id, outcome.url, outcome.source, outcome.author)
                for value in (*fields, outcome.language, outcome.provider, outcome.dateline):
                    assert value is None or "\0" not in value
                    (value or "").encode()
                assert outcome.published_at is None or outcome.published_at.utcoffset() is not None
            else:
                assert outcome.reason
                outcome.reason.encode()
        spans(io.BytesIO(data), name, LIMITS, 2)
    except QuarantineError:
        return


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_a_damaged_file_of_any_format_raises_no_other_error(name: str, random: Random) -> None:
    """Each golden file, damaged at random, is read or refused with a message."""
    read_all(damaged(random, SEEDS[name]), name)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=30), max_size=8), st.sampled_from(sorted(SEEDS)))
def test_random_bytes_under_any_name_raise_no_other_error(parts: list[bytes], name: str) -> None:
    """Signatures of formats followed by random bytes are read or refused, under every suffix."""
    read_all(b"".join(parts), name)
