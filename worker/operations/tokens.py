"""Create and recognise named tokens. A token is shown once, when it is created; only its hash is stored."""

import re
import secrets
from hashlib import sha256

from sqlalchemy import Connection

from worker.article import TokenScope
from worker.errors import CopydeskError
from worker.store import tokens
from worker.store.tokens import TokenRow

#: Tokens begin with this, so that programs that search code and logs for leaked secrets can recognise them.
PREFIX = "copydesk_"
#: 256 random bits can't be guessed, so a plain hash of them needs no salt and no slow function.
_RANDOM_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def hash_of(token: str) -> bytes:
    """Return what is stored of a token."""
    return sha256(token.encode("utf-8", "replace")).digest()


def create(connection: Connection, name: str, scope: TokenScope) -> str:
    """Store a new token and return it.

    Raises:
        CopydeskError: the name can't be used, or a valid token has it.
    """
    if not _NAME.fullmatch(name):
        raise CopydeskError(
            f"{name!a} can't be the name of a token: use up to 64 of the letters a to z, digits, dots, hyphens and "
            "underscores, and begin with a letter or a digit."
        )
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    if not tokens.add(connection, name, scope, hash_of(token)):
        raise CopydeskError(f"There is a token with the name {name}. Revoke it first: copydesk token revoke {name}")
    return token


def find(connection: Connection, token: str) -> TokenRow | None:
    """Return what is stored of a valid token, None if it is no token or was revoked."""
    return tokens.with_hash(connection, hash_of(token)) if token.startswith(PREFIX) else None
