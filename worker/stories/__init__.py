"""Decide to which story an article belongs: candidates, clustering, the canonical article, an editor's corrections."""
