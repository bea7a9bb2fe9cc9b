"""Evaluate the trees of `worker.match.forest` with the compiled kernel."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, fields, function


class _ForestCall(ctypes.Structure):
    _fields_ = fields("rows columns trees *matrix *roots *feature *nan_right *threshold *child *value *out")


class Trees:
    """The nodes of all trees as the kernel reads them; a leaf has the feature -1."""

    def __init__(
        self,
        roots: NDArray[np.intp],
        feature: NDArray[np.intp],
        nan_right: NDArray[np.bool_],
        threshold: NDArray[np.float64],
        child: NDArray[np.intp],
        value: NDArray[np.float64],
    ) -> None:
        self._trees = len(roots)
        self._arrays: list[NDArray[Any]] = [
            *(roots.astype(np.int32), feature.astype(np.int32), nan_right.astype(np.uint8)),
            *(threshold.astype(np.float64), child.astype(np.int32), value.astype(np.float64)),
        ]
        self._addresses = [address(array, array.dtype) for array in self._arrays]

    def sums(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the leaves' values for each row of a contiguous feature matrix."""
        out = np.empty(len(matrix))
        call = _ForestCall(
            *matrix.shape, self._trees, address(matrix, np.float64), *self._addresses, address(out, np.float64)
        )
        function("copydesk_forest")(ctypes.byref(call))
        return out
