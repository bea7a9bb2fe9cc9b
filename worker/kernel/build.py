"""The C sources beside this file go in, a shared library comes out: `python -m worker.kernel.build`.

Run by the installation too, before anything else is there: the standard library has to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
LIBRARY: Final = FOLDER / "kernel.so"
#: No option names a processor, for images move between machines. A product and a sum are never made one step
#: (`-ffp-contract`): that would round once where NumPy rounds twice. A root is the processor's own, not a library's.
_OPTIONS: Final = (
    *("-std=c99", "-O3", "-fPIC", "-shared", "-fvisibility=hidden"),
    *("-ffp-contract=off", "-fno-math-errno"),
)
_SECONDS: Final = 300


def digest() -> str:
    """Return what tells these sources from others; it is built into the library."""
    found = hashlib.blake2b(digest_size=8)
    for path in sorted(FOLDER.glob("*.[ch]")):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def build() -> str | None:
    """Build the library; return None, or a sentence that says why it could not be built."""
    compiler = next(filter(None, map(shutil.which, _compilers())), None)
    if compiler is None:
        return "There is no C compiler."
    # under another name first: a process that has the old library open must not see it change
    made = LIBRARY.with_suffix(f".{os.getpid()}.tmp")
    command = [compiler, *_OPTIONS, f"-DSOURCES={digest()}", *map(str, sorted(FOLDER.glob("*.c"))), "-o", str(made)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603  our own words
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            return f"{compiler} failed: {lines[0]}"
        made.replace(LIBRARY)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{compiler} failed: {error}"
    finally:
        with suppress(OSError):  # there is none if all went well, and none can be where nothing may be written
            made.unlink()
    return None


def _compilers() -> Iterator[str]:
    yield from filter(None, [os.environ.get("CC")])
    yield from ("cc", "gcc", "clang")


if __name__ == "__main__":
    sys.exit(build())
