"""Decoded HTML in, one lxml tree out: the only parse of a page."""

import re

from lxml.html import HtmlElement
from trafilatura import load_html

from cleaning.characters import without_forbidden
from cleaning.error import Refused

_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?", re.IGNORECASE)
# HTML Living Standard, 13.2.5.80: references to these stand for windows-1252 characters.
_WINDOWS_1252 = range(0x80, 0xA0)
_LAST_CODE = 0x10FFFF
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(html: str) -> HtmlElement:
    """Parse a page once, with trafilatura's own loader: its extraction expects that tree.

    Args:
        html: the page as text.

    Raises:
        Refused: `empty-page` where there is nothing to parse, `unparsable` where it is no HTML.
    """
    if not html.strip():
        raise Refused("empty-page", "the page has no content")
    tree = load_html(_XML_DECLARATION.sub("", _mend(html)))
    if tree is None:
        raise Refused("unparsable", f"no HTML found in {len(html)} characters")
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
