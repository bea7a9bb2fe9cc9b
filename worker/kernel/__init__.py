"""The hot loops in plain C, a batch of texts per call; the results are bit-identical to those of NumPy.

C is called through ctypes with the addresses of NumPy arrays, so that neither Python's nor NumPy's headers are needed
and one library works with every version of both. If it can't be built or loaded, NumPy does the work.
"""
