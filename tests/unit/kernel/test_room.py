"""Memory is used again when nothing of what stood there is held, and never before."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.kernel.room import ArrayPool, ScratchArrays, allocate_separately

MEGABYTE = 1 << 20


def test_arrays_to_work_in_stand_apart() -> None:
    """Arrays of one call have the sizes and kinds that were asked for, and none writes into another."""
    room = ScratchArrays()
    wanted = [(3, np.uint8), (5, np.float64), (0, np.int32), (7, np.int16), (999, np.uint64)]
    arrays = room.arrays(wanted)
    assert [(len(array), array.dtype) for array in arrays] == [(count, np.dtype(kind)) for count, kind in wanted]
    for number, array in enumerate(arrays):
        array[:] = number
    assert all((array == number).all() for number, array in enumerate(arrays))
    assert room.arrays([(1, np.uint8)])[0].ctypes.data == arrays[0].ctypes.data


def test_a_large_room_is_not_kept() -> None:
    """What one article of many megabytes is worked in is given back."""
    room = ScratchArrays()
    small = room.arrays([(8, np.uint8)])[0]
    large = room.arrays([(50 * MEGABYTE, np.uint8)])[0]
    assert large.ctypes.data != small.ctypes.data
    assert room.arrays([(8, np.uint8)])[0].ctypes.data == small.ctypes.data


@given(st.lists(st.tuples(st.integers(0, MEGABYTE // 3), st.integers(0, 12)), max_size=60))
@settings(max_examples=50, deadline=None)
def test_what_is_held_is_never_written_over(made: list[tuple[int, int]]) -> None:
    """Arrays, and views of them, keep what was written as long as they live, in whatever order others are dropped."""
    shelves, held = ArrayPool(), dict[int, tuple[int, np.ndarray]]()
    for number, (count, place) in enumerate(made):
        array = shelves.array(count, np.int32)
        array[:] = number
        held[place] = (number, array[count // 2 :])
        assert all((view == mark).all() for mark, view in held.values())


def test_shelves_are_used_again() -> None:
    """Arrays that are dropped in their order take no more memory than what is held, and half a shelf more a side."""
    shelves, held, places = ArrayPool(), list[np.ndarray](), set[int]()
    for _ in range(500):
        held.append(shelves.array(MEGABYTE // 16, np.uint8))
        del held[:-40]
        places.add(held[-1].ctypes.data)
    assert len(places) <= 40 + 2 * 16


def test_an_array_larger_than_a_shelf_has_its_own_memory() -> None:
    """It stands alone, as zeros."""
    array = ArrayPool().array(2 * MEGABYTE, np.uint8)
    assert len(array) == 2 * MEGABYTE
    assert not array.any()
    assert not allocate_separately(0, np.int64).any()
