"""Sign messages by the rules of Standard Webhooks (https://www.standardwebhooks.com)."""

import hmac
import secrets
from base64 import b64encode

_PREFIX = "whsec_"
#: Standard Webhooks asks for 24 to 64 bytes.
_RANDOM_BYTES = 32


def new_secret() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(_RANDOM_BYTES)


def shown(secret: bytes) -> str:
    """Return a key as receivers configure it."""
    return _PREFIX + b64encode(secret).decode()


def signed_headers(secret: bytes, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a message; ``timestamp`` is the second of the attempt."""
    content = b".".join([message_id.encode(), str(timestamp).encode(), body])
    signature = b64encode(hmac.digest(secret, content, "sha256")).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
