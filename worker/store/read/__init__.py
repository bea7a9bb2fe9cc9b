"""What people and programs ask of the store: lists, one story, one file, one article, exports. Writes nothing."""
