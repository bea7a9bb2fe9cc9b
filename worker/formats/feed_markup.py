"""Take out of an item of a feed what describes its pictures, and the mail addresses of its authors."""

import re
from collections import Counter

_MEDIA_NAMESPACE = re.compile(r"""xmlns:([\w.-]{1,40})\s{0,9}=\s{0,9}["']https?://search\.yahoo\.com/mrss/?["']""")
_AUTHOR = re.compile(r"(<(?:[\w.-]{1,40}:)?(?:author|creator)(?:\s[^<>]*)?>)([^<>@]*@[^<>]*)(<)", re.IGNORECASE)
#: an address and what encloses it, or the parentheses around the name that follows it
_ADDRESS = re.compile(r"(?:&lt;|\(|mailto:)*[\w.+-]{1,64}@[\w.-]{1,255}(?:&gt;|\))*|[()]")

_VIDEO_TEXT = re.compile(r"<media:description(?:\s[^<>]{0,200})?>([^<]*)</media:description>")


def media_tags(head: str) -> re.Pattern[str]:
    """Return a pattern of the tags of Media RSS in a feed that begins with ``head``."""
    names = "|".join(map(re.escape, sorted({*_MEDIA_NAMESPACE.findall(head), "media"})))
    return re.compile(rf"<(/?)((?:{names}):[\w.-]{{1,40}})(?:\s[^<>]*)?/?>")


def without_media(item: str, tags: re.Pattern[str]) -> str:
    """Return an item without Media RSS: captions, titles and credits of pictures are not the item's own."""
    spans: list[tuple[int, int]] = []
    open_tags: list[re.Match[str]] = []
    counts: Counter[str] = Counter()
    for tag in tags.finditer(item):
        if not tag[1]:
            spans.append(tag.span())
            if not tag[0].endswith("/>"):
                open_tags.append(tag)
                counts[tag[2]] += 1
        elif counts[tag[2]]:
            while True:
                last = open_tags.pop()
                counts[last[2]] -= 1
                if last[2] == tag[2]:
                    break
            while spans and spans[-1][0] > last.start():
                spans.pop()
            spans[-1] = (last.start(), tag.end())
        else:
            spans.append(tag.span())
    return _without(item, spans)


def description_of_video(item: str) -> str:
    """Return the text of an item of YouTube, which has it only as the description of its video, as HTML."""
    description = _VIDEO_TEXT.search(item)
    return description[1].strip().replace("\n", "<br>") if description else ""


def _without(item: str, spans: list[tuple[int, int]]) -> str:
    pieces, position = [], 0
    for begin, end in spans:
        pieces.append(item[position:begin])
        position = end
    return "".join([*pieces, item[position:]])


def without_addresses(item: str) -> str:
    """Return an item without the mail addresses of its authors: feedparser cuts one with a long top-level domain."""
    return _AUTHOR.sub(lambda author: author[1] + _ADDRESS.sub(" ", author[2]) + author[3], item)
