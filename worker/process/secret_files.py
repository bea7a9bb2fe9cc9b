"""Hand addresses with passwords to a child process in files in memory: its environment and command line hold none.

The environment of a process is copied to everything that it starts, and ends in crash reports and lists of processes.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

#: Variables that hold or locate secrets; a child gets those that it needs in files.
_SECRET_VARIABLES = (
    *("DATABASE_URL", "REDIS_URL", "DATABASE_PASSWORD", "REDIS_PASSWORD"),
    *("COPYDESK_STREAM_PASSWORD", "COPYDESK_WEB_TOKEN"),
)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a child process must get: its environment and the descriptors that this names."""

    environment: dict[str, str]
    descriptors: tuple[int, ...]


@contextmanager
def secret_files(secrets: Mapping[str, str]) -> Iterator[Inherited]:
    """Yield our environment with a variable ``<NAME>_FILE`` for each secret that is not empty, and no secret itself.

    Start the child inside the block. It may read its files as often as it likes; its own children can't.
    """
    hidden = {*_SECRET_VARIABLES, *(f"{name}_FILE" for name in _SECRET_VARIABLES)}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    descriptors = []
    with ExitStack() as files:
        for name, value in secrets.items():
            if value:
                file = files.enter_context(os.fdopen(os.memfd_create(name), "wb"))
                file.write(value.encode())
                file.flush()
                descriptors.append(file.fileno())
                environment[f"{name}_FILE"] = f"/proc/self/fd/{file.fileno()}"
        yield Inherited(environment, tuple(descriptors))
