"""The hot loops in plain C, called through ctypes, so that one library works with every version of Python.

`worker.reference` defines what they compute, and does it where there is no library, many times slower.
"""
