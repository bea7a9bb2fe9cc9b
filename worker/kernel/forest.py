"""Evaluate the trees of `worker.match.forest` with the compiled kernel."""

import ctypes
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, check, function

#: A node: a leaf has the feature -1 and its value as the threshold.
NODE: Final = np.dtype(
    [("threshold", np.float64), ("child", np.int32), ("feature", np.int16), ("nan_right", np.bool_)], align=True
)


class Trees:
    """The nodes of all trees as the kernel reads them, and the node where each tree begins."""

    def __init__(self, roots: NDArray[np.intp], nodes: NDArray[np.void]) -> None:
        self._roots, self._nodes = roots.astype(np.int32), nodes
        self._addresses = address(self._roots, np.int32), address(nodes, NODE)

    def sums(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the leaves' values for each row of a contiguous feature matrix."""
        out = np.empty(len(matrix))
        call = function("copydesk_forest", *[ctypes.c_int64] * 3, *[ctypes.c_void_p] * 4)
        check(call(*matrix.shape, len(self._roots), address(matrix, np.float64), *self._addresses, out.ctypes.data))
        return out
