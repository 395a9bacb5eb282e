"""Reads robots.txt as RFC 9309 says, for one crawler: pure.

Which lines hold for the crawler is decided here; Protego, which Scrapy uses, then matches paths.
Protego alone would let a rule for `copy` hold for `copydesk`, and find names of crawlers in the
contact address of a user agent. That it takes `Allow: /index.html` to allow the home page as well
is kept: Google does the same, and it is what owners mean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import punctuation
from typing import Final
from urllib.parse import quote

from protego import Protego

#: RFC 9309, 2.5: so much of a file must be read, the rest may be passed over.
MAX_BYTES: Final = 500 * 1024
# RFC 9309, 2.2.1, and digits, which names in use have.
_TOKEN = re.compile(r"[a-z0-9_-]+", re.IGNORECASE)
_EVERYONE = "*"
_LINE_END = re.compile(r"\r\n|\r|\n")
# The colon may be missing: what is meant is plain, and the owner would be obeyed otherwise.
_RECORD = re.compile(r"\s*([a-z][a-z-]*)(?:\s*:|\s)\s*(.*)", re.IGNORECASE)
_DELAY = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_RULES = frozenset({"allow", "disallow", "crawl-delay"})
_SPELLINGS = {
    "useragent": "user-agent",
    "dissallow": "disallow",
    "disalow": "disallow",
    "crawldelay": "crawl-delay",
}
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(slots=True)
class _Group:
    """Rules, and the crawlers that they are for: product tokens in lower case."""

    crawlers: list[str] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Robots:
    """What a robots.txt says to one crawler."""

    #: Seconds between two requests, where the site names them; the most that it names.
    crawl_delay: float | None
    #: As written.
    sitemaps: tuple[str, ...]
    _paths: Protego

    def allows(self, url: str) -> bool:
        """Whether a URL of the host may be fetched: the longest rule decides, `allow` on ties."""
        return bool(self._paths.can_fetch(url, _EVERYONE))


#: What holds where there is no robots.txt.
ALLOW_ALL: Final = Robots(None, (), Protego.parse(""))


def product_token(user_agent: str) -> str:
    """The name by which rules are found: of `copydesk/0.1 (+...)` it is `copydesk`."""
    token = _TOKEN.match(user_agent.strip())
    return token[0].lower() if token else ""


def read_robots(body: bytes, crawler: str) -> Robots:
    """Read a robots.txt; nothing in it is an error.

    The groups that name the crawler hold, all of them together; where none does, those for `*`.

    Args:
        body: as sent, after content decoding; what is beyond 500 KiB is passed over.
        crawler: the crawler's product token.
    """
    groups: list[_Group] = []
    sitemaps: list[str] = []
    _sort(_records(_text(body)), groups, sitemaps)
    rules = _rules_for(crawler.lower(), groups)
    delays = [float(value) for key, value in rules if _is_delay(key, value)]
    paths = (f"{key}: {_plain(value)}" for key, value in rules if key != "crawl-delay")
    matcher = Protego.parse("\n".join((f"user-agent: {_EVERYONE}", *paths)))
    return Robots(max(delays, default=None), tuple(sitemaps), matcher)


def _text(body: bytes) -> str:
    """The text; bytes that are no UTF-8 are percent-encoded, as in URLs."""
    text = _whole_lines(body).decode("utf-8-sig", errors="surrogateescape")
    return _ESCAPED_BYTE.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", text)


def _whole_lines(body: bytes) -> bytes:
    """The first 500 KiB without a line that is cut: half of `/private/` may forbid everything."""
    if len(body) <= MAX_BYTES:
        return body
    kept = body[:MAX_BYTES]
    return kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]


def _records(text: str) -> Iterator[tuple[str, str]]:
    """Keys in lower case and their values, without comments."""
    for line in _LINE_END.split(text):
        if record := _RECORD.match(line.partition("#")[0]):
            key = record[1].lower()
            yield _SPELLINGS.get(key, key), record[2].strip()


def _sort(records: Iterator[tuple[str, str]], groups: list[_Group], sitemaps: list[str]) -> None:
    """Put each record where it belongs; those that are not known come between no others."""
    names_crawlers = False
    for key, value in records:
        if key == "user-agent":
            if not names_crawlers:
                groups.append(_Group())
            groups[-1].crawlers.append(_name_of(value))
            names_crawlers = True
        elif key == "sitemap":
            sitemaps.append(value)
        elif key in _RULES:
            names_crawlers = False
            if groups:
                groups[-1].rules.append((key, value))


def _name_of(value: str) -> str:
    return _EVERYONE if value.split()[:1] == [_EVERYONE] else product_token(value)


def _rules_for(crawler: str, groups: list[_Group]) -> list[tuple[str, str]]:
    named = [group for group in groups if crawler and crawler in group.crawlers]
    chosen = named or [group for group in groups if _EVERYONE in group.crawlers]
    return [rule for group in chosen for rule in group.rules]


def _is_delay(key: str, value: str) -> bool:
    return key == "crawl-delay" and bool(_DELAY.fullmatch(value))


def _plain(path: str) -> str:
    """A path in ASCII without control characters, at some of which Protego would end the line."""
    return quote(path, safe=punctuation)
