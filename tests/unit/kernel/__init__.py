"""Tests of the compiled kernel against NumPy."""
