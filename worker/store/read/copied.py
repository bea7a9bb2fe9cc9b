"""Find the text of a story whose words an exact copy has: its relation to the canonical article is that text's."""

#: Joins the text that article ``a`` of story ``s`` is an exact copy of, as ``o``; all NULL for other articles.
COPIED = """
    LEFT JOIN LATERAL (
        SELECT t.id FROM articles t
        WHERE a.relation = 'exact' AND t.story_id = a.story_id AND t.text_hash = a.text_hash AND t.relation <> 'exact'
        ORDER BY t.id <> s.canonical_id, t.id LIMIT 1) AS o ON true"""

#: The same for all articles of the story ``:id`` at once: one by one, thousands of exact copies would take seconds.
COPIED_IN_STORY = """
    LEFT JOIN (
        SELECT DISTINCT ON (t.text_hash) t.text_hash, t.id, t.relation
        FROM articles t JOIN stories s ON s.id = t.story_id WHERE t.story_id = :id AND t.relation <> 'exact'
        ORDER BY t.text_hash, t.id <> s.canonical_id, t.id) AS o
        ON a.relation = 'exact' AND o.text_hash = a.text_hash"""
