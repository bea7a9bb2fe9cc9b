"""Compare the sketches of pairs of articles, for `worker.match.key_rarity`, with the compiled kernel."""

import ctypes
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, check, function

#: Numbers for a pair.
_NUMBERS: Final = 6


class KeyLimits(ctypes.Structure):
    """``posted``: stories that are the articles' own · ``most``, ``rare``, ``frequent``: numbers of other stories."""

    _fields_ = tuple((name, ctypes.c_int64) for name in ("posted", "most", "rare", "frequent"))


def compare(
    pairs: Sequence[tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]],
    rarity: NDArray[np.float64],
    limits: KeyLimits,
) -> NDArray[np.float64]:
    """Return one row for each pair: the fields of `worker.match.key_rarity.KeyNumbers`.

    A pair is the sketch of one article, the number of stories with each of its keys, and the sketch of the other;
    ``rarity`` is that of a key that 0 to ``most`` other stories have.
    """
    first, counts, second = (np.concatenate([pair[part] for pair in pairs]) for part in range(3))
    ends_a, ends_b = np.cumsum([(len(a), len(b)) for a, _, b in pairs], axis=0, dtype=np.int64).T.copy()
    out = np.empty((len(pairs), _NUMBERS))
    call = function("copydesk_key_rarity", ctypes.c_int64, ctypes.POINTER(KeyLimits), *[ctypes.c_void_p] * 7)
    status = call(
        *(len(pairs), limits),
        *(address(first, np.int32), address(counts, np.int64), address(ends_a, np.int64)),
        *(address(second, np.int32), address(ends_b, np.int64)),
        *(address(rarity, np.float64), address(out, np.float64)),
    )
    check(status)
    return out
