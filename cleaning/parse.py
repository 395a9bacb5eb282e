"""Decoded HTML in, one lxml tree out: the only parse of a page."""

import re
from dataclasses import dataclass

from lxml.etree import iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import load_html
from trafilatura.utils import HTML_PARSER

from cleaning.characters import without_forbidden
from cleaning.error import Refused

_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?", re.IGNORECASE)
# HTML Living Standard, 13.2.5.80: references to these stand for windows-1252 characters.
_WINDOWS_1252 = range(0x80, 0xA0)
_LAST_CODE = 0x10FFFF
_MAX_DEPTH = 100
# What is left of a page below that depth: its texts; all other elements only wrap them.
_TEXTS = frozenset("p h1 h2 h3 h4 h5 h6 br img time script style noscript".split())
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page's tree; `flattened` where it nests deeper than the parser reads, and was mended."""

    tree: HtmlElement
    flattened: bool


def parse(html: str) -> HtmlElement:
    """The tree of a page, see `parse_page`."""
    return parse_page(html).tree


def parse_page(html: str) -> Parsed:
    """Parse a page once, with trafilatura's own loader: its extraction expects that tree.

    Args:
        html: the page as text.

    Raises:
        Refused: `empty-page` where there is nothing to parse, `unparsable` where it is no HTML.
    """
    if not html.strip():
        raise Refused("empty-page", "the page has no content")
    mended = _XML_DECLARATION.sub("", _mend(html))
    tree = load_html(mended)
    if tree is None:
        raise Refused("unparsable", f"no HTML found in {len(html)} characters")
    cut = _is_cut()
    return Parsed(_flattened(mended) if cut else tree, flattened=cut)


def _is_cut() -> bool:
    """Whether the parser has just stopped at 256 levels: it drops all text that is deeper."""
    return any(error.type_name == "ERR_RESOURCE_LIMIT" for error in HTML_PARSER.error_log)


def _flattened(html: str) -> HtmlElement:
    """The page without its deepest wrappers: unclosed tags nest a page for no reason."""
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    tree = document_fromstring(html, parser=parser)
    depth, deep = 0, []
    for event, element in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _MAX_DEPTH and element.tag not in _TEXTS:
            deep.append(element)
    for element in deep:
        element.drop_tag()
    return tree


def _mend(html: str) -> str:
    """Without the characters and references for which trafilatura gives up the whole page."""
    return _REFERENCE.sub(_mended_reference, without_forbidden(html))


def _mended_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code in _WINDOWS_1252:
        return bytes([code]).decode("cp1252", errors="ignore")
    if code > _LAST_CODE or not without_forbidden(chr(code)):
        return ""
    return match[0]
