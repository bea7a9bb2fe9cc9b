"""Find words that were hyphenated at a line end, and decide whether the hyphen stays."""
