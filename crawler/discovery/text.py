"""The text of a source: decoded, without what breaks parsers, without a torn end."""

import re
from html import unescape

from lxml import etree, html

from cleaning.characters import one_line, without_forbidden
from cleaning.decode import decode

#: Words before and after these do not belong together.
_BLOCKS = ("br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "tr", "img")
_NO_TEXT = ("script", "style")
#: More markup than this is no title or summary, but a whole article.
_MAX_MARKUP = 20_000


def text_of(body: bytes) -> str:
    """The text of a feed, sitemap or page as bytes, without characters that XML forbids."""
    return without_forbidden(decode(body, None).text).lstrip("\ufeff \t\r\n")


def without_torn_end(xml: str, roots: str, entries: str) -> str:
    """XML that breaks off, cut after its last whole entry, so that no half URL is taken for one.

    Args:
        xml: the document.
        roots: the names of root elements, for a regular expression.
        entries: the names of the elements that repeat, for a regular expression.
    """
    if re.search(rf"</(?:[\w.-]+:)?(?:{roots})\s*>", xml[-1_000:]):
        return xml
    ends = [end.end() for end in re.finditer(rf"</(?:[\w.-]{{1,40}}:)?(?:{entries})\s*>", xml)]
    return xml[: ends[-1]] if ends else xml


def plain(markup: str | None) -> str | None:
    """The text of a piece of HTML on one line; None where there is none."""
    if not markup:
        return None
    # A parser, because regular expressions for tags are quadratic on hostile text.
    return line(_text_content(markup[:_MAX_MARKUP]) if "<" in markup else unescape(markup))


def line(text: object) -> str | None:
    """A text on one line, with single blanks; None for what is no text or is empty."""
    return (one_line(text) or None) if isinstance(text, str) else None


def _text_content(markup: str) -> str:
    tree = html.document_fromstring(f"<div>{markup}</div>")
    etree.strip_elements(tree, *_NO_TEXT, etree.Comment, with_tail=False)
    for block in tree.iter(*_BLOCKS):
        block.tail = f" {block.tail or ''}"
    return tree.text_content()
