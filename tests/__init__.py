"""The tests, as a package so that they can share what fills the tables."""
