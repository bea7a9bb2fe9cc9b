"""Connected components of articles, by the smallest id in each."""

import numpy as np
from numpy.typing import NDArray

_Ids = NDArray[np.int32]


def components(count: int, a: _Ids, b: _Ids) -> _Ids:
    """Return the smallest id of the component of each of the ids 0 to ``count``, given edges between ``a`` and ``b``.

    Labels of both ends of an edge take the smaller one, and each follows its label's label: so the number of rounds
    grows with the logarithm of the longest path.
    """
    label = np.arange(count + 1, dtype=np.int32)
    while True:
        before = label.copy()
        smaller = np.minimum(label[a], label[b])
        for ends in (a, b):
            np.minimum.at(label, label[ends], smaller)
            np.minimum.at(label, ends, smaller)
        label = label[label]
        if np.array_equal(label, before):
            return label
