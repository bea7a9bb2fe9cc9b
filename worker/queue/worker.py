"""Run a Celery worker in this process: its command line, and what happens around the fork of its children."""

import faulthandler
import gc
import importlib
import os
import signal
import sys
import warnings
from functools import cached_property
from typing import Any

from celery.platforms import SecurityWarning
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutdown

from worker.article import ProcessKind
from worker.kernel import library
from worker.language import detect
from worker.pipeline.batch import BatchProcessor
from worker.process import log
from worker.process.supervisor import die_with_parent
from worker.queue import ping, watchdog
from worker.queue.app import get_app
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings
from worker.store.session import engine

logger = log.get(__name__)

#: A batch creates tens of thousands of objects and hardly a cycle. The default, a collection after every 700 new
#: objects, costs 2 %.
_GC_THRESHOLD = 20_000


class WorkerContext:
    """What the tasks of a worker process use. The rest is created from the settings on first use, after the fork."""

    settings: Settings  # set by `run`

    @cached_property
    def processor(self) -> BatchProcessor:
        """The processor of this child."""
        return BatchProcessor(self.settings, engine(self.settings))

    @cached_property
    def heartbeat(self) -> Heartbeat:
        """The heartbeat of the worker that this process is a child of."""
        return Heartbeat(self.processor.engine, ProcessKind.WORKER, os.getppid())


context = WorkerContext()


def run(settings: Settings, processes: int) -> None:
    """Process messages in ``processes`` children until a signal stops this worker."""
    context.settings = settings
    app = get_app(settings)
    # Celery imports what an app includes with the current folder first on the path; here it is already imported
    importlib.import_module("worker.queue.tasks")
    # the warning is about pickle, which this worker does not accept
    warnings.filterwarnings("ignore", category=SecurityWarning)
    watchdog.install(app)
    ping.install(app)
    app.worker_main(
        [
            *("--quiet", "worker", "--pool=prefork", f"--concurrency={processes}"),
            *(f"--hostname=copydesk-{os.getpid()}@%h", f"--loglevel={settings.log_level}"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
    )


@worker_init.connect  # type: ignore[untyped-decorator]
def _before_forking(**_kwargs: Any) -> None:
    detect.model()
    # what is loaded now lives as long as the process: no child searches it for garbage, which would copy its pages
    gc.collect()
    gc.freeze()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start_child(**_kwargs: Any) -> None:
    # a child that outlives its killed parent would keep files that it can't report as done
    die_with_parent(signal.SIGKILL)
    log.configure(context.settings)
    # a crash in compiled code leaves its traceback in the log; Celery has replaced sys.stderr
    faulthandler.enable(sys.__stderr__ or 2)
    if library.loaded is None:
        logger.warning("there is no compiled kernel", effect=library.MISSING)
    gc.set_threshold(_GC_THRESHOLD)
    context.processor.announce()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _end(**_kwargs: Any) -> None:
    connected = engine(context.settings)
    Heartbeat(connected, ProcessKind.WORKER).end()
    connected.dispose()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _close_child(**_kwargs: Any) -> None:
    context.processor.close()
