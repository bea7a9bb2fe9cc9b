"""The readers, one module for each format; ``worker.formats.registry`` lists them."""
