"""Variables of the environment that look like settings but are none: usually a typing error."""

import difflib
import os

from worker.settings import Settings

#: Variables with our prefix that are no settings: the folder of the configuration, what docker-compose.yml reads, and
#: what the tests read.
OTHER_VARIABLES = {
    f"COPYDESK_{name}"
    for name in (
        *("CONFIG_DIR", "GID", "GRAFANA_PORT", "INBOX_FOLDER", "SHARED_BUFFERS", "TAG", "UID"),
        "STREAM_AUTHORITY_FILE",
        *("WORKER_CPUS", "WORKER_MEMORY"),
        *("SCREENSHOTS", "SHARED", "STANDINS"),
    )
}


def unknown_variables() -> dict[str, str]:
    """Return a sentence for each ``COPYDESK_…`` variable that is no setting, with the nearest name, by variable."""
    settings = [f"COPYDESK_{name.upper()}" for name in Settings.model_fields]
    known = OTHER_VARIABLES | {*settings, *(f"{name}_FILE" for name in settings)}
    sentences = {}
    for name in sorted(os.environ):
        if name.startswith("COPYDESK_") and name not in known:
            near = difflib.get_close_matches(name.removeprefix("COPYDESK_").lower(), Settings.model_fields, n=1)
            hint = f"Did you mean COPYDESK_{near[0].upper()}?" if near else "config/worker.toml lists all settings."
            sentences[name] = f"There is no setting {name}, so it has no effect. {hint}"
    return sentences
