"""Mark the block that holds the article, if nothing on the page says which it is.

Of such a page trafilatura takes the paragraphs alone, without lists and subheadings; of a live blog whose posts are
articles side by side it takes the first whole, and the paragraphs of the others.
"""

from itertools import groupby
from typing import Any

from worker.formats.page.tree import is_named_as_frame, words_of
from worker.language.sentences import holds_prose

#: Two paragraphs of prose have a block in common that is not one of them.
_FEWEST_PARAGRAPHS = 2
#: Fewer articles side by side are teasers more often than posts.
_FEWEST_POSTS = 3
_HEADINGS = ("h1", "h2", "h3", "h4")
_HOLDERS = frozenset(("body", "div", "section", "center"))
_FRAMES = ("nav", "aside", "footer", "form")
#: What continues the article behind its last paragraph of prose.
_CONTINUES = frozenset("p ul ol dl table blockquote details h2 h3 h4 figure".split())


def mark_article(tree: Any) -> None:
    """Put the paragraphs of prose and what is between them into an ``article``, unless trafilatura finds it."""
    from trafilatura.xpaths import BODY_XPATH

    _join_posts(tree)
    if any(path(tree) for path in BODY_XPATH):
        return
    prose = [paragraph for paragraph in tree.iter("p") if _is_of_article(paragraph)]
    if len(prose) < _FEWEST_PARAGRAPHS:
        return
    around = set(prose[-1].iterancestors())
    block = next((ancestor for ancestor in prose[0].iterancestors() if ancestor in around), None)
    if block is None or any(block not in paragraph.iterancestors() for paragraph in prose[1:-1]):
        return
    if block.tag in _HOLDERS:
        _wrap(block, _child_of(block, prose[0]), _child_of(block, prose[-1]))


def _is_of_article(paragraph: Any) -> bool:
    if not holds_prose(words_of(paragraph)):
        return False
    blocks = (paragraph, *paragraph.iterancestors())
    return not any(block.tag in _FRAMES or (block.tag != "body" and is_named_as_frame(block)) for block in blocks)


def _child_of(block: Any, paragraph: Any) -> Any:
    return next(element for element in (paragraph, *paragraph.iterancestors()) if element.getparent() is block)


def _wrap(block: Any, first: Any, last: Any) -> None:
    """Put the children of ``block`` from ``first`` to ``last``, and what continues these, into an article."""
    children = list(block)
    begin, end = children.index(first), children.index(last) + 1
    while begin and children[begin - 1].tag in _CONTINUES:
        begin -= 1
    while end < len(children) and children[end].tag in _CONTINUES:
        end += 1
    article = block.makeelement("article")
    block.insert(begin, article)
    article.extend(children[begin:end])


def _join_posts(tree: Any) -> None:
    """Turn articles side by side into blocks, if they are posts and no teasers: no headline of theirs is a link."""
    for parent, group in groupby(tree.iter("article"), key=lambda article: article.getparent()):
        posts = list(group)
        if len(posts) < _FEWEST_POSTS or parent is None or any(parent.iterancestors("article", *_FRAMES)):
            continue
        if parent.tag in ("article", *_FRAMES) or is_named_as_frame(parent) or any(map(_is_teaser, posts)):
            continue
        for post in posts:
            post.tag = "div"


def _is_teaser(post: Any) -> bool:
    headings = list(post.iter(*_HEADINGS))
    linked = any(next(heading.iter("a"), None) is not None for heading in headings)
    linked = linked or any(ancestor.tag == "a" for heading in headings for ancestor in heading.iterancestors())
    return linked or any(heading.tag == "h1" for heading in headings) or next(post.iter("p"), None) is None
