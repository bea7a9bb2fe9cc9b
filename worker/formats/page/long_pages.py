"""Take the text of pages that would cost trafilatura seconds: all visible text of the article's element, in one pass.

trafilatura's time grows with the square of some numbers: 24,000 spans in a paragraph take over 100 s, 1,000 nested
blocks 1.4 s, 24,000 elements with bylines 2.9 s. Here 50,000 tags take 0.5 s. Menus and comments are left out.
"""

from typing import Any

from worker.formats.html_fragment import visible_text

#: A page with as many takes trafilatura up to 1.5 s. Pages have a few thousand, only the longest live blogs have more.
_MAX_ELEMENTS = 10_000
#: Sum of the depths of all elements, which is the cost of looking at the text of each: 0.6 s. Most pages have 50,000.
_MAX_DEPTHS = 400_000
#: Elements in one paragraph: 0.2 s, and four times that for twice as many.
_MAX_INLINE = 2_000
#: Metadata are in a page's head and in front of its text: in fewer tags than these.
_HEAD_TAGS = 2_000
_CONTAINERS = frozenset("html body main article section div ul ol dl table tbody thead".split())
_NO_TEXT = frozenset("script style template noscript nav aside button select iframe svg head".split())
#: Whole names of classes and ids: a page whose body has the class "comments-open" is no comment.
_COMMENTS = frozenset(
    "comment comments comment-list commentlist comments-area comments-section disqus_thread respond".split()
)
#: Candidates that are compared by the length of their text; a live blog marks each of its entries as an article.
_MAX_CANDIDATES = 50


def is_costly(tree: Any) -> bool:
    """Return whether trafilatura would take more than about 1.5 s for a page."""
    elements = depths = 0
    depth_of: dict[Any, int] = {}
    for element in tree.iter():
        depth = depth_of.get(element.getparent(), 0) + 1
        children = len(element)
        if children:
            depth_of[element] = depth
        elements += 1
        depths += depth
        if children > _MAX_INLINE and element.tag not in _CONTAINERS:
            return True
    return elements > _MAX_ELEMENTS or depths > _MAX_DEPTHS


def first_part(markup: str) -> str:
    """Return the first tags of a page, which hold its metadata."""
    position = -1
    for _ in range(_HEAD_TAGS):
        position = markup.find("<", position + 1)
        if position < 0:
            return markup
    return markup[:position]


def main_text(tree: Any) -> str:
    """Return the visible text of the article's element, or of the page; menus, forms and comments are removed."""
    from lxml.etree import tostring

    for element in list(tree.iter()):
        parent = element.getparent()
        if parent is not None and _is_frame(element, parent):
            element.drop_tree()
    return visible_text(tostring(_main_element(tree), encoding="unicode", method="html", with_tail=False))


def _is_frame(element: Any, parent: Any) -> bool:
    """Return whether an element has no text of the author: a menu, the foot of the page, comments of readers."""
    if element.tag in _NO_TEXT or (element.tag == "footer" and parent.tag == "body"):
        return True
    return not _COMMENTS.isdisjoint(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())


def _main_element(tree: Any) -> Any:
    """Return the main or article element with most text if it holds half of the page's text, else the page."""
    candidates = tree.xpath("//main | //*[@role='main'] | //article")[:_MAX_CANDIDATES]
    longest = max(candidates, key=_length, default=tree)
    return longest if 2 * _length(longest) > _length(tree) else tree


def _length(element: Any) -> int:
    return len(element.text_content())
