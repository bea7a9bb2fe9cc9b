"""One module a format; ``worker.formats.registry`` lists them."""
