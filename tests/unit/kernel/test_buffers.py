"""Tests of scratch arrays and array pools: memory is reused only when no array in it is alive."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.kernel.buffers import ArrayPool, ScratchArrays, allocate_separately

MEGABYTE = 1 << 20


def test_scratch_arrays_do_not_overlap() -> None:
    """Arrays of one call have the requested lengths and dtypes, and do not overlap."""
    scratch = ScratchArrays()
    specs = [(3, np.uint8), (5, np.float64), (0, np.int32), (7, np.int16), (999, np.uint64)]
    arrays = scratch.arrays(specs)
    assert [(len(array), array.dtype) for array in arrays] == [(count, np.dtype(kind)) for count, kind in specs]
    for number, array in enumerate(arrays):
        array[:] = number
    assert all((array == number).all() for number, array in enumerate(arrays))
    assert scratch.arrays([(1, np.uint8)])[0].ctypes.data == arrays[0].ctypes.data


def test_large_scratch_memory_is_freed() -> None:
    """The scratch memory for an article of many megabytes is freed."""
    scratch = ScratchArrays()
    small = scratch.arrays([(8, np.uint8)])[0]
    large = scratch.arrays([(50 * MEGABYTE, np.uint8)])[0]
    assert large.ctypes.data != small.ctypes.data
    assert scratch.arrays([(8, np.uint8)])[0].ctypes.data == small.ctypes.data


@given(st.lists(st.tuples(st.integers(0, MEGABYTE // 3), st.integers(0, 12)), max_size=60))
@settings(max_examples=50)
def test_live_arrays_are_never_overwritten(allocations: list[tuple[int, int]]) -> None:
    """Arrays and views of them keep their content as long as they live, in whatever order others are dropped."""
    pool, live = ArrayPool(), dict[int, tuple[int, np.ndarray]]()
    for number, (count, slot) in enumerate(allocations):
        array = pool.array(count, np.int32)
        array[:] = number
        live[slot] = (number, array[count // 2 :])
        assert all((view == mark).all() for mark, view in live.values())


def test_blocks_are_reused() -> None:
    """Arrays that are dropped in order take no more memory than the live ones and a block at each end."""
    pool, live, addresses = ArrayPool(), list[np.ndarray](), set[int]()
    for _ in range(500):
        live.append(pool.array(MEGABYTE // 16, np.uint8))
        del live[:-40]
        addresses.add(live[-1].ctypes.data)
    assert len(addresses) <= 40 + 2 * 16


def test_an_array_larger_than_a_block_has_its_own_memory() -> None:
    """Such an array has its own mapping, filled with zeros."""
    array = ArrayPool().array(2 * MEGABYTE, np.uint8)
    assert len(array) == 2 * MEGABYTE
    assert not array.any()
    assert not allocate_separately(0, np.int64).any()
