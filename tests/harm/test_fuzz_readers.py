"""Every reader is given damaged files under limits of time and memory; `make fuzz` does it for five minutes each."""

import json
import os
import subprocess
import sys

import pytest

from tests.acceptance.processes import ROOT
from tests.unit.formats.mutations import SEEDS

pytestmark = pytest.mark.slow

#: Seconds for each reader.
SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
#: What one damaged file of some kilobytes may cost; processor time, so that a busy machine changes nothing.
MOST_SECONDS, MOST_BYTES = 2.0, 300 << 20
_READ = """
import io, json, resource, sys, time
from random import Random
from tests.unit.formats.mutations import SEEDS, damaged
from worker.errors import QuarantineError
from worker.formats import Limits, read
name, seconds, most_bytes, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
limits = Limits()
list(read(io.BytesIO(SEEDS[name]), name, limits))  # loads the libraries of the reader
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + most_bytes,) * 2)
random, count, slowest = Random(seed), 0, 0.0
end = time.monotonic() + seconds
while time.monotonic() < end:
    data = damaged(random, SEEDS[name])
    started = time.process_time()
    try:
        for outcome in read(io.BytesIO(data), name, limits):
            pass
    except QuarantineError:
        pass
    except BaseException:
        sys.stderr.write(f"{data!r}\\n")
        raise
    count += 1
    slowest = max(slowest, time.process_time() - started)
print(json.dumps([count, slowest]))
"""


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_cost_little(name: str) -> None:
    """A damaged file raises nothing but the project's own error, within 2 s and 300 MB."""
    arguments = [name, str(SECONDS), str(MOST_BYTES), os.environ.get("FUZZ_SEED", "1")]
    done = subprocess.run(
        [sys.executable, "-P", "-c", _READ, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-20_000:]
    count, slowest = json.loads(done.stdout)
    print(f"\n{name}: {count:,} damaged files, the slowest {slowest:.2f} s")  # noqa: T201
    assert count
    assert slowest <= MOST_SECONDS
