"""Measure the disk space of each table with its indexes, and of the cleaned texts."""

from sqlalchemy import Engine

from worker.store.monitoring import table_bytes, text_bytes


def sizes(engine: Engine) -> dict[str, int]:
    """Return the bytes of each table with its indexes and TOAST data."""
    with engine.connect() as connection:
        return table_bytes(connection)


def per_article(engine: Engine, before: dict[str, int], after: int) -> dict[str, float]:
    """Return the bytes per article with an id above ``after``: by table, ``total``, ``cleaned_text``; and ``ratio``."""
    with engine.connect() as connection:
        count, cleaned = text_bytes(connection, after)
    grown = {name: size - before.get(name, 0) for name, size in sizes(engine).items()}
    shares = {name: round(size / max(count, 1), 1) for name, size in grown.items() if size > 0}
    total = sum(shares.values())
    cleaned_text = cleaned / max(count, 1)
    return {
        **shares,
        "total": round(total, 1),
        "cleaned_text": round(cleaned_text, 1),
        "ratio": round(total / max(cleaned_text, 1), 2),
    }
