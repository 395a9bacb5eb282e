"""What a survey of a site has found, and the TOML that declares it; pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from cleaning.page import Lead
from crawler.discovery.home_page import usable_tag
from crawler.guard import forbidden_url

Kind = Literal["feeds", "sitemaps", "sections"]
KINDS: tuple[Kind, ...] = ("feeds", "sitemaps", "sections")
_OFFSET = re.compile(r"T?\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*([+-]\d\d):?(\d\d)$")
#: A language that fewer of the leads state is a guest's.
_OFTEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed, sitemap or section that was read, and what came of that."""

    kind: Kind
    url: str
    #: Where its address stands.
    where: str
    leads: tuple[Lead, ...] = ()
    #: How many sitemaps an index names, and how many of them were read.
    sitemaps: int = 0
    sitemaps_read: int = 0

    def __str__(self) -> str:
        """What it gave, in words."""
        dated = sum(bool(lead.published or lead.modified) for lead in self.leads)
        given = f"{len(self.leads)} leads, {dated} with a date"
        if self.sitemaps:
            given = f"{self.sitemaps} sitemaps, {self.sitemaps_read} of them read: {given}"
        return f"{self.where}: {given}"


@dataclass(slots=True)
class Survey:
    """What is known of a site so far; texts come with where they were found."""

    domain: str = ""
    proxy: str | None = None
    name: tuple[str, str] | None = None
    language: tuple[str, str] | None = None
    timezone: tuple[str, str] | None = None
    found: list[Found] = field(default_factory=list)
    #: What was looked at in vain: the address, and why it is not declared.
    missed: list[tuple[str, str]] = field(default_factory=list)
    #: Why the site could not be looked at.
    fault: str | None = None

    def of_kind(self, kind: Kind) -> list[Found]:
        """The sources of one kind, in the order in which they were found."""
        return [one for one in self.found if one.kind == kind]

    @property
    def allow(self) -> tuple[str, ...]:
        """The proxy's address, where that is not public: who names a proxy may mean it."""
        if self.proxy is None or forbidden_url(self.proxy) is None:
            return ()
        return (urlsplit(self.proxy).hostname or "",)

    @property
    def leads(self) -> list[Lead]:
        """All leads."""
        return [lead for one in self.found for lead in one.leads]


def as_toml(survey: Survey, day: str) -> str:
    """The declaration of a site, with comments that say where each thing was found.

    Args:
        survey: of a site with one source at least.
        day: when it was made, for the first comment.
    """
    return "\n".join([*_head(survey, day), *_sources(survey), *_fetching(survey)]) + "\n"


def report(survey: Survey) -> Iterator[str]:
    """What was found and what was not, a line each."""
    for kind in KINDS:
        for one in survey.of_kind(kind):
            yield f"{kind}: {one.url} ({one})"
    for what, stated in _stated(survey):
        yield f"{what}: {stated[0]} ({stated[1]})"
    for url, why in survey.missed:
        yield f"left out: {url} ({why})"


def _stated(survey: Survey) -> Iterator[tuple[str, tuple[str, str]]]:
    named = (
        ("name", survey.name),
        ("language", survey.language or _language_of(survey.leads)),
        ("timezone", survey.timezone),
    )
    return ((what, stated) for what, stated in named if stated)


def _head(survey: Survey, day: str) -> Iterator[str]:
    stated = dict(_stated(survey))
    yield f"# Made by `scrapy sites add` on {day}: see what it found, and mend what is wrong."
    yield f"domain = {_string(survey.domain)}"
    if name := stated.get("name"):
        yield f"name = {_string(name[0])}  # {name[1]}"
    if language := stated.get("language"):
        yield f"languages = [{_string(language[0])}]  # {language[1]}"
    if zone := stated.get("timezone"):
        yield f"timezone = {_string(zone[0])}  # {zone[1]}"
    elif offsets := ", ".join(_offsets(survey.leads)):
        yield f'# timezone = "": no zone is stated; its sources write times with {offsets}'


def _sources(survey: Survey) -> Iterator[str]:
    yield from ("", "[discover]")
    for kind in KINDS:
        if sources := survey.of_kind(kind):
            yield f"{kind} = ["
            for one in sources:
                yield from (f"    # {one}", f"    {_string(one.url)},")
            yield "]"


def _fetching(survey: Survey) -> Sequence[str]:
    if survey.proxy is None:
        return ()
    allowed = [f"allow = [{', '.join(map(_string, survey.allow))}]"] if survey.allow else []
    return ("", "[fetch]", f"proxy = {_string(survey.proxy)}", *allowed)


def _language_of(leads: Sequence[Lead]) -> tuple[str, str] | None:
    stated = Counter(filter(None, (usable_tag(lead.language) for lead in leads if lead.language)))
    for tag, count in stated.most_common(1):
        if count >= _OFTEN * len(leads):
            return tag, "its feeds and news sitemaps"
    return None


def _offsets(leads: Iterable[Lead]) -> list[str]:
    """The offsets from UTC that dates are written with, the most frequent first."""
    found = (_OFFSET.search(lead.published or lead.modified or "") for lead in leads)
    counts = Counter(f"{match[1]}:{match[2]}" for match in found if match)
    return [offset for offset, _ in counts.most_common(2)]


def _string(text: str) -> str:
    # TOML's basic string is JSON's, but for one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
