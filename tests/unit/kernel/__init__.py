"""Tests of the compiled kernel against the reference."""
