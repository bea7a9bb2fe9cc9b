"""Tests of SimHash and sketch."""
