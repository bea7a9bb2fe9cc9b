"""The parts of reading a web page: its tree, its JSON-LD, and the metadata of the article on it."""
