"""Detection of the language of a text; sentences and widths in any script."""
