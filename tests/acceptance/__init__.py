"""Tests of the whole service from outside: files in, stories out."""
