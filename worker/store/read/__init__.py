"""Read-only queries for the command line and the web: lists, single stories, files and articles, and exports."""
