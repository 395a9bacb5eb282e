"""Reads a site's rules in fivefilters' ftr-site-config format, and writes them as our TOML: pure.

The format is a line a rule, `key: value` or `key(argument): value`; `#` begins a comment. A file is
named after its host: `example.org.txt`, or `.example.org.txt` for the subdomains.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from cleaning.error import InputError
from crawler.selector import as_xpath, last_steps
from crawler.site_check import host_of

#: What became of a rule; `adapted` is carried over with an effect that may differ.
Outcome = Literal[
    "carried over", "adapted", "not carried over", "needless", "unknown", "not read", "not written"
]

# The argument may hold colons and parentheses: replace_string(<a href="http://): <a href="https://
_RULE = re.compile(r"([\w-]+)\s*(?:\(.*?\))?\s*:\s*(.*)")
_OF_NO_SITE = re.compile(r"(?:global|licen[cs]e|readme|fingerprint\..+)\.txt", re.IGNORECASE)
_XPATH_STARTS = ("/", "(", ".//")
# A body whose XPath ends in one of these is made of many.
_PART = re.compile(
    r"\*|p|span|a|b|i|em|strong|font|center|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|table|tr|td"
    "|figure|img|picture|video|iframe|hr|br"
)


class Rule(NamedTuple):
    """A line of a file."""

    #: Counted from 1; 0 stands for the file as a whole.
    line: int
    key: str
    value: str


#: Stands for all lines of a file at once.
WHOLE = Rule(0, "", "")


class Remark(NamedTuple):
    """What became of a rule, and why."""

    rule: Rule
    outcome: Outcome
    why: str = ""
    #: What it is in our TOML, where it was carried over.
    xpath: str = ""


class Translation(NamedTuple):
    """A file's rules as ours: the TOML, None where nothing could be carried over, and remarks."""

    toml: str | None
    remarks: tuple[Remark, ...]


def is_of_no_site(name: str) -> bool:
    """Whether a file of the collection is no site's: rules for all, for a software, a licence."""
    return _OF_NO_SITE.fullmatch(name) is not None


def domain_of(name: str) -> str:
    """The domain that a file's name says.

    Raises:
        InputError: it is not named after a host; the message does not name the file.
    """
    host = name.removesuffix(".txt").removeprefix(".")
    try:
        domain = host_of(host)
    except ValueError:
        domain = ""
    if "." not in domain:
        raise InputError("is not named after a host; name it like example.org.txt")
    return domain


def translate(text: str, name: str, domain: str) -> Translation:
    """Carry over what has a counterpart, and say of all else why it has none.

    Args:
        text: the file's content.
        name: the file's name.
        domain: the site's, from `domain_of`.
    """
    remarks = tuple(_judge(rule) for rule in read_rules(text))
    if not any(remark.xpath for remark in remarks):
        return Translation(None, remarks)
    toml = "\n".join([*_heading(name, remarks), f'domain = "{domain}"', "", *_clean(remarks)])
    if name.startswith("."):
        why = f"{domain} itself is no subdomain, but the rules hold for it too"
        return Translation(toml, (Remark(WHOLE, "adapted", why), *remarks))
    return Translation(toml, remarks)


def read_rules(text: str) -> Iterator[Rule]:
    """The rules of a file, in its order; a line that is none has no key."""
    for number, line in enumerate(text.split("\n"), 1):
        said = line.strip()
        if said and not said.startswith("#"):
            rule = _RULE.fullmatch(said)
            yield Rule(number, rule[1], rule[2]) if rule else Rule(number, "", said)


def _judge(rule: Rule) -> Remark:
    table = _table()
    if rule.key in ("body", "strip", "strip_id_or_class"):
        return _carried(rule)
    if table["so_anyway"].get(rule.key) == rule.value:
        return Remark(rule, "needless", "it is so anyway")
    if rule.key in table["needless"]:
        return Remark(rule, "needless", table["needless"][rule.key])
    if rule.key in table["not_carried"]:
        return Remark(rule, "not carried over", table["not_carried"][rule.key])
    return Remark(rule, "unknown", _guess(rule.key))


def _carried(rule: Rule) -> Remark:
    """A rule that has a counterpart, unless its value is no good."""
    value = rule.value
    if rule.key == "strip_id_or_class":
        # Full-Text RSS leaves quotes out as well; contains(@class, '') would cut everything.
        value = _having(value.translate({ord("'"): None, ord('"'): None}).strip())
    if not value:
        return Remark(rule, "not carried over", "it has no value")
    try:
        xpath = as_xpath(value if value.startswith(_XPATH_STARTS) else f"({value})")
    except ValueError as error:
        return Remark(rule, "not carried over", str(error))
    if rule.key == "body" and _finds_parts(xpath):
        why = "Full-Text RSS joins all that it matches; body is the element around all of it"
        return Remark(rule, "adapted", why, _around(xpath))
    return Remark(rule, "carried over", "", xpath)


def _having(part: str) -> str:
    return f"//*[contains(@class, '{part}') or contains(@id, '{part}')]" if part else ""


def _finds_parts(xpath: str) -> bool:
    """Whether an XPath seems to match the article's parts rather than what they stand in."""
    steps = last_steps(xpath)
    return len(steps) > 1 or _PART.fullmatch(steps[0]) is not None


def _around(xpath: str) -> str:
    """The innermost element that holds, or is, all that an XPath matches.

    It is the last of those around the first match that are also around the last match: adding them
    to the set of these makes it no larger.
    """
    outer = f"({xpath})[last()]/ancestor-or-self::*"
    return f"(({xpath})[1]/ancestor-or-self::*[count(.|{outer})=count({outer})])[last()]"


def _guess(key: str) -> str:
    table = _table()
    known = ("body", "strip", "strip_id_or_class", *table["not_carried"], *table["needless"])
    close = get_close_matches(key, known, n=1)
    if close:
        return f"no such key is known; did you mean {close[0]}?"
    return "no such key is known" if key else "no rule: it is written key: value"


def _heading(name: str, remarks: Sequence[Remark]) -> Iterator[str]:
    yield f"# Made of {_printable(name)} of ftr-site-config (CC0) by scrapy import-rules."
    proofs = [rule.value for rule, *_ in remarks if rule.key == "test_url"]
    if proofs:
        yield "# Pages that prove it, or once did:"
    yield from (f"#   {_printable(url)}" for url in proofs)


def _clean(remarks: Sequence[Remark]) -> Iterator[str]:
    carried = [remark for remark in remarks if remark.xpath]
    yield "[clean]"
    yield from _list("body", (one for one in carried if one.rule.key == "body"))
    yield from _list("drop", (one for one in carried if one.rule.key != "body"))


def _list(key: str, remarks: Iterable[Remark]) -> Iterator[str]:
    """A key's lines; nothing twice, and beside an adapted XPath what it was."""
    original = {one.xpath: one for one in remarks}
    if not original:
        return
    yield f"{key} = ["
    for xpath, remark in original.items():
        if remark.outcome == "adapted":
            yield f"    # around {_printable(remark.rule.value)}"
        yield f"    {_string(xpath)},"
    yield "]"


def _string(text: str) -> str:
    """The string in TOML, without escapes where one of its kinds of quotes can do without."""
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    if text.isprintable() and '"' in text and "'''" not in text and not text.endswith("'"):
        return f"'''{text}'''"
    # TOML's basic string is JSON's, but for one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("crawler").joinpath("ftr_keys.toml").read_text("utf-8"))
