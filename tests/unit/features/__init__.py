"""Tests of what is taken from a text."""
