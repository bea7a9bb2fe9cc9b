"""Compile the C sources in this folder to a shared library: `python -m worker.kernel.build`.

The installation runs it too, before any dependency is installed, so it uses the standard library only.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
LIBRARY: Final = FOLDER / "kernel.so"
#: No option names a processor, since images move between machines. `-ffp-contract=off`: a fused multiply-add rounds
#: once where Python rounds twice. `-fno-math-errno`: a square root is the processor's instruction, not a library call.
_OPTIONS: Final = (
    *("-std=c99", "-O3", "-fPIC", "-shared", "-fvisibility=hidden"),
    *("-ffp-contract=off", "-fno-math-errno"),
)
_SECONDS: Final = 300


def digest() -> str:
    """Return the digest of the sources on both sides, C and Python; it is compiled into the library."""
    hasher = hashlib.blake2b(digest_size=8)
    for path in sorted([*FOLDER.glob("*.[ch]"), *FOLDER.glob("*.py")]):
        hasher.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()


def build(target: Path = LIBRARY, options: Sequence[str] = ()) -> str | None:
    """Build the library; return None, or a sentence with the reason why it could not be built.

    As usual, ``CC`` names the compiler, perhaps with arguments, and ``CFLAGS`` and ``LDFLAGS`` are passed to it.
    """
    compiler = next((words for words in _compilers() if shutil.which(words[0])), None)
    if compiler is None:
        return "There is no C compiler."
    # written under another name first: the file of a process that has loaded the old library must not change
    unfinished = target.with_suffix(f".{os.getpid()}.tmp")
    sources = [f"-DSOURCES={digest()}", *map(str, sorted(FOLDER.glob("*.c")))]
    command = [*compiler, *_OPTIONS, *_flags("CFLAGS"), *options, *sources, *_flags("LDFLAGS"), "-lm"]
    try:
        command += ["-o", str(unfinished)]
        run = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603  our own words
        if run.returncode:
            lines = run.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            return f"{compiler[0]} failed: {lines[0]}"
        unfinished.replace(target)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{compiler[0]} failed: {error}"
    finally:
        with suppress(OSError):  # the file is missing after success, and where the folder is read-only
            unfinished.unlink()
    return None


def _compilers() -> Iterator[list[str]]:
    yield from filter(None, [_flags("CC")])
    yield from (["cc"], ["gcc"], ["clang"])


def _flags(variable: str) -> list[str]:
    return shlex.split(os.environ.get(variable, ""))


if __name__ == "__main__":
    sys.exit(build())
