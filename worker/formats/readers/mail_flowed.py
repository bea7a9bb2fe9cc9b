"""Join the lines of a mail in ``format=flowed`` (RFC 3676): a line that ends in a blank continues on the next."""

_SIGNATURE = "-- "


def unflow(text: str, joined: bool) -> str:
    """Return ``text`` with a line per paragraph; ``joined``: blanks at line ends are not part of the text (delsp)."""
    lines: list[str] = []
    open_depth = -1  # the depth of quotation of the last line, if it continues
    for raw in text.split("\n"):
        content = raw.lstrip(">")
        depth = len(raw) - len(content)
        content = content.removeprefix(" ")  # the blank before "From ", ">" and blanks
        if depth == open_depth and content != _SIGNATURE:
            lines[-1] = (lines[-1].removesuffix(" ") if joined else lines[-1]) + content
        else:
            lines.append("> " * (depth > 0) + content)
        open_depth = depth if content.endswith(" ") and content != _SIGNATURE else -1
    return "\n".join(lines)
