"""Signatures of messages to webhooks."""

import base64
import re
import time
from pathlib import Path
from typing import Any

from worker.webhooks.signature import new_secret, shown, signed_headers


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    """The known secret, id, time and body give the known signature."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_secrets_are_shown_as_receivers_take_them() -> None:
    """A new secret has 32 random bytes, in base64 after a prefix."""
    secret = new_secret()
    assert shown(secret).startswith("whsec_")
    assert base64.b64decode(shown(secret).removeprefix("whsec_")) == secret
    assert len(secret) == 32
    assert secret != new_secret()


def test_the_documented_check_tells_genuine_messages_from_others() -> None:
    """The function in the documentation takes a new message, but no other bytes, key or time."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "webhooks.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    documented: dict[str, Any] = {}
    exec(code, documented)  # noqa: S102  our own page
    is_genuine = documented["is_genuine"]
    secret, now = new_secret(), int(time.time())
    headers = signed_headers(secret, "msg_1", now, b"{}")
    assert is_genuine(shown(secret), headers, b"{}")
    assert not is_genuine(shown(secret), headers, b"{} ")
    assert not is_genuine(shown(new_secret()), headers, b"{}")
    assert not is_genuine(shown(secret), signed_headers(secret, "msg_1", now - 3_600, b"{}"), b"{}")
