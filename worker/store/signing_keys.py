"""Random keys of signatures, which all web processes of an installation share."""

import secrets

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from worker.store.models import signing_keys

#: Bytes of a key: as many as HMAC-SHA256 uses.
_BYTES = 32


def signing_key(engine: Engine, purpose: str) -> bytes:
    """Return the key for a purpose, made at its first use."""
    query = select(signing_keys.c.key).where(signing_keys.c.purpose == purpose)
    with engine.connect() as connection:
        known = connection.execute(query).scalar_one_or_none()
    if known is None:
        new = insert(signing_keys).values(purpose=purpose, key=secrets.token_bytes(_BYTES)).on_conflict_do_nothing()
        with engine.begin() as connection:
            connection.execute(new)
            known = connection.execute(query).scalar_one()  # another process may have been first
    return bytes(known)
