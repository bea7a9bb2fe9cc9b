"""Remove blocks of text that were extracted twice.

Only long lines that are exactly equal are removed, so that a refrain, a list or a table keeps its lines.
"""

from itertools import pairwise

from worker.clean.metadata import Metadata, StepResult, has_too_many_lines

#: Shorter equal lines may be the author's; none of the reference texts repeats a longer one.
SHORTEST_BLOCK = 80
#: For a caption or a post that is printed without and with its credit; shorter lines may be a refrain.
SHORTEST_BEGINNING = 40


def drop_repeats(text: str, _metadata: Metadata) -> StepResult:
    """Drop a line that occurs earlier in the text, or with which the next one begins."""
    if "\n" not in text or has_too_many_lines(text):
        return StepResult(text, 0)
    lines = text.split("\n")
    blocks = [line for line in lines if len(line) >= SHORTEST_BEGINNING]
    # Fast path: equal blocks, or a block that begins another, have the same beginning, which is rare.
    if len({line[:SHORTEST_BEGINNING] for line in blocks}) == len(blocks):
        return StepResult(text, 0)
    begun = {line for line, following in pairwise(blocks) if following.startswith(line) and following != line}
    seen: set[str] = set()
    kept: list[str] = []
    for line in lines:
        if line in begun:
            continue
        if len(line) >= SHORTEST_BLOCK:
            if line in seen:
                continue
            seen.add(line)
        kept.append(line)
    return StepResult("\n".join(kept), len(lines) - len(kept))
