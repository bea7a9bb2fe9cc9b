"""Named tokens: what is stored of each is a hash, its name and its scope."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from worker.store.models import tokens


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A stored token; it is valid while ``revoked_at`` is None. ``hash`` is not shown to anyone."""

    id: int
    name: str
    scope: str
    hash: bytes
    created_at: datetime
    revoked_at: datetime | None


def add(connection: Connection, name: str, scope: str, token_hash: bytes) -> bool:
    """Store a token; return False if a valid one has this name."""
    statement = insert(tokens).values(name=name, scope=scope, hash=token_hash).on_conflict_do_nothing()
    return connection.execute(statement.returning(tokens.c.id)).one_or_none() is not None


def revoke(connection: Connection, name: str) -> bool:
    """Revoke the valid token with this name; return whether there is one."""
    statement = text("UPDATE tokens SET revoked_at = now() WHERE name = :name AND revoked_at IS NULL RETURNING id")
    return connection.execute(statement, {"name": name}).one_or_none() is not None


def all_tokens(connection: Connection) -> list[TokenRow]:
    """Return every token, also the revoked ones, in the order of their creation."""
    return [TokenRow(*row) for row in connection.execute(select(tokens).order_by(tokens.c.id))]


def with_hash(connection: Connection, token_hash: bytes) -> TokenRow | None:
    """Return the valid token with this hash."""
    rows = select(tokens).where(tokens.c.hash == token_hash, tokens.c.revoked_at.is_(None))
    row = connection.execute(rows).one_or_none()
    return TokenRow(*row) if row else None


def with_id(connection: Connection, token_id: int) -> TokenRow | None:
    """Return the valid token with this id."""
    rows = select(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    row = connection.execute(rows).one_or_none()
    return TokenRow(*row) if row else None


def any_valid(connection: Connection) -> bool:
    """Return whether there is a valid token."""
    return bool(connection.execute(text("SELECT EXISTS (SELECT FROM tokens WHERE revoked_at IS NULL)")).scalar_one())
