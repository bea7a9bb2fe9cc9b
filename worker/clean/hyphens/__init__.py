"""Words that a line end broke: find them, and decide whether the hyphen stays."""
