"""Keep the blocks of the article, which trafilatura drops if their class or id has a word of a frame.

Its list is matched inside words: `author-ellund`, `category-barcelona`, `teaser`, `article-meta-lead`.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from worker.formats.page.tree import has_blocks, is_named_as_frame, words_of
from worker.language.sentences import holds_prose

#: A block with the headline and as many paragraphs of prose is the article's, whatever it is called.
_FEWEST_PARAGRAPHS = 2
#: Paragraphs that are looked at: an article has its first ones among them.
_MAX_PARAGRAPHS = 60
#: Blocks around the first paragraph that may be its own: `<div class="teaser"><p>…`.
_MAX_OWN_BLOCKS = 2


def keep_article_blocks(tree: Any) -> None:
    """Remove names for which trafilatura would drop a block with headline and prose, or the lead."""
    from trafilatura.xpaths import OVERALL_DISCARD_XPATH, REMOVE_COMMENTS_XPATH, TEASER_DISCARD_XPATH

    headline = next(tree.iter("h1"), None)
    if headline is None:
        return
    around = set(headline.iterancestors())
    lead = set(_lead_blocks(headline, around))
    for block in lead:
        if not has_blocks(block):
            block.tag = "p"
    for path in (*OVERALL_DISCARD_XPATH[:1], *REMOVE_COMMENTS_XPATH, *TEASER_DISCARD_XPATH):
        for block in path(tree):
            if block in lead or (block in around and _holds_article(block)):
                for name in ("class", "id", "role"):
                    block.attrib.pop(name, None)


def _holds_article(block: Any) -> bool:
    prose = filter(_is_prose, islice(block.iter("p"), _MAX_PARAGRAPHS))
    return len(list(islice(prose, _FEWEST_PARAGRAPHS))) == _FEWEST_PARAGRAPHS


def _lead_blocks(headline: Any, around: set[Any]) -> Iterator[Any]:
    """Yield the first paragraph of prose below the headline, also a `div`, and the blocks that hold nothing else."""
    blocks = headline.xpath(f"following::*[self::p or self::div][position() <= {_MAX_PARAGRAPHS}]")
    block = next((block for block in blocks if not has_blocks(block) and _is_prose(block)), None)
    for _ in range(1 + _MAX_OWN_BLOCKS):
        if block is None or block in around or is_named_as_frame(block):
            return
        yield block
        parent = block.getparent()
        block = parent if parent is not None and len(parent) == 1 else None


def _is_prose(paragraph: Any) -> bool:
    return holds_prose(words_of(paragraph))
