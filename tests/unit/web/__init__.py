"""Tests of the pages that need no server but a socket."""
