"""What a message of a source delivers: an article, a file, or a reason why it is set aside.

The path in the ledger is made from the source and the message's id, so a message that is delivered again is the same
delivery. Which format the bytes have, and whether they can be read, is for the workers to find out, as with any file.
"""

import orjson

from worker.display import escape_path
from worker.inbox.message_source import SourceMessage
from worker.inbox.posted import Document, document, refused
from worker.settings import Settings

#: Bytes of a file's name that are kept, its last ones because of the suffix: as many as file systems allow.
_NAME_BYTES = 255
#: Names of fields that a reason lists.
_LISTED = 10
_WANTED = "Send the field article with JSON, or the field file with the bytes of a file and best its name."


def content(settings: Settings, source: str, message: SourceMessage) -> Document:
    """Return what a message delivers; one that can't be used is a delivery with the reason."""
    path, fields = message_path(source, message.id), message.fields
    if not fields:
        reason = "The message was removed from the stream before it could be read. Send it again if it was wanted."
        return refused(path, b"gone", reason)
    article, file = fields.get(b"article"), fields.get(b"file")
    if article is not None and file is None:
        path, data = path + b".json", article
    elif file is not None and article is None:
        name = fields.get(b"name", b"").rpartition(b"/")[2][-_NAME_BYTES:]
        path, data = (path + b"/" + name if name else path), file
    else:
        path, data = path + b".json", _as_json(message)
    if len(data) > settings.max_file_bytes:
        reason = (
            f"The message has {len(data):,} bytes; the limit is {settings.max_file_bytes:,}. It is in the stream until "
            "that is trimmed: split it, or raise max_file_bytes, and send it again."
        )
        return refused(path, b"too large", reason, len(data))
    return document(path, data, None if (article is None) != (file is None) else _unusable(message))


def given_up(source: str, message_id: str, deliveries: int) -> Document:
    """Return the outcome of a message that was delivered too often; its content is not read again."""
    reason = (
        f"The message was read {deliveries} times, and each time the reader ended before it was accepted. It is in the "
        f"stream until that is trimmed, with the id {message_id}: look at it, and send it again."
    )
    return refused(message_path(source, message_id), b"given up", reason)


def message_path(source: str, message_id: str) -> bytes:
    """Return the path of a message in the ledger, without the name of its file."""
    return f"stream/{source}/{message_id}".encode()


def _unusable(message: SourceMessage) -> str:
    """Return why a message has no content, with the names of its fields."""
    if b"article" in message.fields:
        return f"The message has both fields article and file. {_WANTED}"
    names = ", ".join(escape_path(name[:_NAME_BYTES]) for name in list(message.fields)[:_LISTED])
    return f"The message has neither a field article nor a field file, but {names}. {_WANTED}"


def _as_json(message: SourceMessage) -> bytes:
    """Return the fields as a JSON object, in which bytes that are not text are escaped."""
    fields = {name.decode(errors="backslashreplace"): value for name, value in message.fields.items()}
    return orjson.dumps({name: value.decode(errors="backslashreplace") for name, value in fields.items()})
