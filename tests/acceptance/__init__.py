"""Tests of the whole service from outside: deliver files, read stories."""
