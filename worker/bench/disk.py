"""Measure the disk space of each table with its indexes, and of the cleaned texts."""

from sqlalchemy import Engine, text


def sizes(engine: Engine) -> dict[str, int]:
    """Return the bytes of each table with its indexes and TOAST data."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT relname, pg_total_relation_size(relid) AS size FROM pg_stat_user_tables ORDER BY 1")
        )
        return {row.relname: row.size for row in rows}


def newest_article(engine: Engine) -> int:
    """Return the newest article's id."""
    with engine.connect() as connection:
        newest: int = connection.execute(text("SELECT coalesce(max(id), 0) FROM articles")).scalar_one()
        return newest


def per_article(engine: Engine, before: dict[str, int], after: int) -> dict[str, float]:
    """Return the bytes per article with an id above ``after``: by table, ``total``, ``cleaned_text``; and ``ratio``."""
    with engine.connect() as connection:
        count, cleaned = connection.execute(
            text("SELECT count(*), coalesce(sum(octet_length(text)), 0)::bigint FROM articles WHERE id > :after"),
            {"after": after},
        ).one()
    grown = {name: size - before.get(name, 0) for name, size in sizes(engine).items()}
    shares = {name: round(size / max(count, 1), 1) for name, size in grown.items() if size > 0}
    total = sum(shares.values())
    text_bytes = cleaned / max(count, 1)
    return {
        **shares,
        "total": round(total, 1),
        "cleaned_text": round(text_bytes, 1),
        "ratio": round(total / max(text_bytes, 1), 2),
    }
