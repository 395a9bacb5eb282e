"""Selectors as people write them, CSS or XPath, made into XPath that is known to work."""

import re

from cssselect import HTMLTranslator, SelectorError
from cssselect.parser import parse
from lxml import etree, html

_XPATH_STARTS = ("/", "(", ".//")
_NO_PAGE = html.fromstring("<html></html>")
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([\w-]+)\s*\(")
_PREFIX = re.compile(r"[\w-]+(?=:[\w*])")
_PREDICATE = re.compile(r"\[[^\[\]]*\]")
# Attributes, and node tests that find texts or comments, among others or alone.
_NO_ELEMENT = re.compile(r"attribute\s*::|(?:text|node|comment|processing-instruction)\s*\(\s*\)")
# XPath 1.0: the functions of section 4, the node tests of 2.3, and the operators of 3.
_MAY_PRECEDE_PARENTHESIS = re.compile(
    "last|position|count|id|local-name|namespace-uri|name|string|concat|starts-with|contains"
    "|substring-before|substring-after|substring|string-length|normalize-space|translate|boolean"
    "|not|true|false|lang|number|sum|floor|ceiling|round"
    "|comment|text|processing-instruction|node|and|or|div|mod"
)


def as_xpath(selector: str) -> str:
    """The XPath of a selector; what starts with `/`, `(` or `.//` is XPath, all else is CSS.

    Raises:
        ValueError: it is neither; the message says what is wrong with it.
    """
    selector = selector.strip()
    return _proven(selector) if selector.startswith(_XPATH_STARTS) else _translated(selector)


def last_steps(xpath: str) -> tuple[str, ...]:
    """What each branch of an XPath's union ends in: `("p", "@href")` of `//b/p[1] | .//a/@href`.

    Attributes, texts, comments and nodes of any kind are told by a leading `@`.
    """
    bare = _NO_ELEMENT.sub("@", _STRING.sub("", xpath))
    while _PREDICATE.search(bare):
        bare = _PREDICATE.sub("", bare)
    branches = (branch.strip("() \t\r\n") for branch in bare.split("|"))
    return tuple(re.split("/|::", branch)[-1].strip() for branch in branches)


def _proven(xpath: str) -> str:
    if unknown := _unknown(_STRING.sub("", xpath)):
        raise ValueError(f"{xpath!r} is no XPath 1.0: {unknown} is unknown")
    try:
        found = etree.XPath(xpath)(_NO_PAGE)
    except etree.XPathError as error:
        raise ValueError(f"{xpath!r} is no XPath: {error}") from error
    computes = not isinstance(found, list)
    if computes or any(step.startswith("@") for step in last_steps(xpath)):
        what = "computes a value" if computes else "attributes or texts"
        raise ValueError(f"{xpath!r} selects no elements, but {what}")
    return xpath


def _unknown(xpath: str) -> str | None:
    """A function or namespace prefix that nobody knows; lxml would only notice on some pages."""
    if prefix := _PREFIX.search(xpath):
        return f"prefix {prefix[0]}"
    for name in _CALL.findall(xpath):
        if not _MAY_PRECEDE_PARENTHESIS.fullmatch(name):
            return f"function {name}"
    return None


def _translated(css: str) -> str:
    try:
        selectors = parse(css)
        paths = [HTMLTranslator().selector_to_xpath(selector) for selector in selectors]
    except SelectorError as error:
        raise ValueError(f"{css!r} is no CSS: {error}") from error
    if any(selector.pseudo_element for selector in selectors):
        raise ValueError(f"{css!r} selects no elements, but a pseudo-element")
    return " | ".join(paths)
