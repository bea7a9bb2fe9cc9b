"""The kernel, built with sanitizers, is given any texts; `make fuzz-kernel` does it for two minutes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.processes import ROOT
from worker.kernel import build

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("gcc"), reason="gcc builds the sanitizers in")]

SECONDS = os.environ.get("KERNEL_FUZZ_SECONDS", "20")
SEED = os.environ.get("KERNEL_FUZZ_SEED", "1")
_FUZZ = """
import sys, time
from pathlib import Path
from random import Random
from worker.kernel import library
library.LIBRARY = Path(sys.argv[1])
library.loaded = library._load()
assert library.loaded is not None
from tests.harm.any_texts import any_source
from tests.unit.kernel.test_same import assert_all_same, assert_same_evidence
from worker.features import features_of
from worker.fingerprint import fingerprints
from worker.match import compare_pairs
random, count = Random(int(sys.argv[3])), 0
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    sources = [any_source(random) for _ in range(4)]
    print(ascii(sources)[:2000], file=sys.stderr)
    if sum(len(source.text) for source in sources) < 5_000:
        assert_all_same(sources)
        assert_same_evidence(sources)
    else:
        made = features_of(sources)
        fingerprints(made)
        list(compare_pairs([(a, b) for a in made for b in made], [None] * len(made) ** 2))
    count += 1
print(count)
"""


def test_any_texts_are_safe(tmp_path: Path) -> None:
    """No text lets the kernel read or write outside its memory, or compute what C leaves undefined."""
    library = tmp_path / "kernel.so"
    sanitizers = [
        "-g",
        "-O1",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-Wall",
        "-Wextra",
        "-Werror",
    ]
    assert build.build(library, sanitizers) is None
    runtime = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    done = subprocess.run(
        [sys.executable, "-P", "-c", _FUZZ, str(library), SECONDS, SEED],
        # Python and its extensions leave memory behind at exit
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "LD_PRELOAD": runtime.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-20_000:]
    assert int(done.stdout) > 0
