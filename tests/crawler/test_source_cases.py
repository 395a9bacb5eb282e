"""Feeds, sitemaps and URLs by their specifications: the tables of `cases/`, read by our readers."""

import gzip
import tomllib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.feed import read_feed
from crawler.discovery.link import absolute
from crawler.discovery.sitemap import read_sitemap

HERE = Path(__file__).parent / "cases"
AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
HOST = "https://gazette.example"
FEED = f"{HOST}/feeds/all.xml"
SITEMAP = f"{HOST}/sitemaps/all.xml"
#: How each lead was found is no case's business.
FOUND = ("at", "source_url")

Case = dict[str, Any]


def cases(name: str) -> Any:
    listed = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))["case"]
    return pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in listed])


def body_of(case: Case) -> bytes:
    text, times = case.get("repeat", ("", 0))
    repeated = "".join(text.replace("#", str(number)) for number in range(times))
    body: bytes = case["body"].replace("@@", repeated).encode(case.get("encoding", "utf-8"))
    body = gzip.compress(body, mtime=0) if case.get("gzip") else body
    return body[: len(body) - case.get("cut", 0)]


def said(lead: Lead) -> dict[str, Any]:
    """What a lead says, as the tables have it."""
    values = {name: value for name, value in asdict(lead).items() if value and name not in FOUND}
    values["url"] = values["url"].removeprefix(HOST)
    return {
        name: list(value) if name in ("authors", "tags") else value
        for name, value in values.items()
    }


def check(leads: tuple[Lead, ...], case: Case, via: str) -> None:
    assert {lead.at for lead in leads} <= {AT}
    if "count" in case:
        assert len(leads) == case["count"]
    else:
        assert [said(lead) for lead in leads] == [{"via": via} | one for one in case["leads"]]


@cases("feeds")
def test_feeds(case: Case) -> None:
    if case.get("refused"):
        with pytest.raises(InputError, match="no feed is here"):
            read_feed(body_of(case), FEED, AT)
        return
    check(tuple(read_feed(body_of(case), FEED, AT)), case, "feed")


@cases("sitemaps")
def test_sitemaps(case: Case) -> None:
    if case.get("refused"):
        with pytest.raises(InputError, match="no sitemap is here"):
            read_sitemap(body_of(case), SITEMAP, AT)
        return
    found = read_sitemap(body_of(case), SITEMAP, AT)
    check(found.leads, case, "sitemap")
    named = [[each.url, each.modified] if each.modified else each.url for each in found.sitemaps]
    assert named == case.get("sitemaps", [])


@cases("urls")
def test_urls(case: Case) -> None:
    base = case.get("base", f"{HOST}/news/today.html")
    assert absolute(base, case["link"]) == case.get("url")
