"""Tests of what translations are recognised by."""
