"""Fixture: an installation with everything in it."""

import os
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor
from worker.settings import Settings

Copydesk = Callable[..., Ran]


@pytest.fixture
def filled(settings: Settings, engine: Engine, copydesk: Copydesk) -> Engine:
    """Return the engine of an installation with stories, corrections, bad files, waiting files and odd values."""
    with closing(new_processor(settings)) as processor:
        texts = [(f"{n}.txt", dispatch(n)) for n in range(4)] + [("c\\\n\t\udce9.txt", copy_of(1, 1))]
        processor.process(deliver(settings, engine, [(os.fsdecode(os.fsencode(n)), t) for n, t in texts[:4]]))
        processor.process(deliver(settings, engine, [("copy.txt", copy_of(1, 1)), ("bad.pdf", b"%PDF-1.4 broken")]))
        odd = "Line\tone \\N \\. and\r\nnext — Zürich 北京\n" + dispatch(9)
        processor.process(deliver(settings, engine, [("odd.txt", odd), ("same.txt", dispatch(2))]))
    for command in (("split", 5, "--note", "tab\tand \\ backslash"), ("merge", 3, 4), ("pin", 1)):
        assert copydesk(*command).code == 0
    deliver(settings, engine, [("waiting.txt", dispatch(60))])
    return engine
