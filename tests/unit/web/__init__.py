"""Tests of the web package that need no database."""
