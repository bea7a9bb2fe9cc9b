"""The hot loops in plain C: arrays of many texts go in, arrays come out, the same to the last bit as NumPy's.

Called through ctypes with the addresses of NumPy's arrays, so that neither Python's nor NumPy's headers are needed and
one library serves every version of both. Where it could not be built or loaded, NumPy does the work.
"""
