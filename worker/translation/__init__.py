"""Whether two texts in different languages are one dispatch, from names, numbers and places that need no dictionary."""
