"""Say in one sentence what is wrong with the value of a setting, without a secret."""

from pydantic import ValidationError

#: Never shown, not even in the error for a wrong value.
_SECRETS = ("database_url", "redis_url", "database_password", "redis_password", "stream_password", "web_token")
#: Settings that are lists or tables -> an example of how to write them in the environment.
_JSON_EXAMPLES = {
    "ignore": '["*.tmp", "*.part"]',
    "web_names": '["desk.example.org"]',
    "web_origins": '["https://desk.example.org"]',
    "trusted_proxies": '["10.0.0.5"]',
    "user_editors": '["anna@example.org"]',
    "webhook_networks": '["10.1.0.0/16"]',
    "json_fields": '{"text": "body"}',
    "preferred_sources": '["Example Press Agency", "news.example.org"]',
}


def explain(error: ValidationError) -> str:
    """Return one sentence for each setting whose value can't be used."""
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        if problem["type"] == "extra_forbidden":
            lines.append(f"There is no setting named {name}; config/worker.toml lists them all.")
        else:
            reason = problem["msg"].lower()
            value = "(a secret)" if name in _SECRETS or _has_credentials(problem["input"]) else repr(problem["input"])
            lines.append(f"{name} = {value} can't be used: {reason} (COPYDESK_{name.upper()}).")
    return "\n".join(lines)


def explain_json(error: str) -> str:
    """Return which list or table is not valid JSON; the library's message names the field in quotes."""
    name = error.split('"')[1]
    return f"COPYDESK_{name.upper()} sets {name} and must be JSON, such as {_JSON_EXAMPLES[name]}."


def _has_credentials(value: object) -> bool:
    """Return whether a value looks like a URL with a user and a password."""
    return "://" in str(value) and "@" in str(value)
