"""The definition of features, SimHash, sketch and evidence in plain Python, without NumPy and without the kernel.

It is written to be read, and tests compare the kernel with it, bit by bit. Where no kernel was built, it does the work.
"""
