"""robots.txt is read as RFC 9309 says: cases as data, and what only bytes can show."""

import tomllib
from asyncio import Future, new_event_loop
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.middlewares.robots import Known
from crawler.robots import MAX_BYTES, product_token, read_robots

CASES = tomllib.loads(Path(__file__).with_name("cases").joinpath("robots.toml").read_text("utf-8"))[
    "case"
]
HOST = "https://news.example"
RULE = b"User-agent: *\nDisallow: /admin\n"


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_cases(case: dict[str, Any], line_end: str) -> None:
    robots = read_robots(case["robots"].replace("\n", line_end).encode(), "copydesk")
    for path in case.get("allowed", ()):
        assert robots.allows(HOST + path), path
    for path in case.get("forbidden", ()):
        assert not robots.allows(HOST + path), path
    assert robots.crawl_delay == case.get("delay")
    assert robots.sitemaps == tuple(case.get("sitemaps", ()))


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("copydesk/0.1", "copydesk"),
        ("copydesk/0.1 (+https://example.org/bot)", "copydesk"),
        ("CopyDesk", "copydesk"),
        ("my_news-bot 2", "my_news-bot"),
        ("", ""),
        ("(nobody)", ""),
    ],
)
def test_the_product_token_is_the_first_word(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + RULE,
        RULE.replace(b"\n", b"\r\n"),
        b"\x00\x00" + b"\n" + RULE,
        b"Sitemap: /caf\xe9\n" + RULE,
        RULE + b"#" * MAX_BYTES,
        b"#\n" * ((MAX_BYTES - len(RULE)) // 2) + RULE,
    ],
    ids=["bom", "crlf", "nul", "latin-1", "a comment without end", "just below the limit"],
)
def test_bytes_that_change_nothing(body: bytes) -> None:
    robots = read_robots(body, "copydesk")
    assert robots.allows(f"{HOST}/story")
    assert not robots.allows(f"{HOST}/admin/x")


def test_what_is_beyond_500_kib_is_passed_over() -> None:
    body = RULE + b"# padding\n" * (MAX_BYTES // 10) + b"Disallow: /late\n"
    robots = read_robots(body, "copydesk")
    assert not robots.allows(f"{HOST}/admin")
    assert robots.allows(f"{HOST}/late")


def test_a_rule_that_the_limit_cuts_is_no_rule() -> None:
    """`/story` cut after its slash would forbid everything."""
    head = b"User-agent: *\n"
    padding = b"#" * (MAX_BYTES - len(head) - len(b"\nDisallow: /")) + b"\n"
    assert read_robots(head + padding + b"Disallow: /story\n", "copydesk").allows(f"{HOST}/x")


def test_paths_in_other_charsets_are_compared_as_bytes() -> None:
    robots = read_robots(b"User-agent: *\nDisallow: /caf\xe9\n", "copydesk")
    assert robots.allows(f"{HOST}/caf")
    assert not robots.allows(f"{HOST}/caf%E9")


def test_an_answer_holds_for_a_day() -> None:
    """RFC 9309, 2.4."""
    with closing(new_event_loop()) as loop:
        known = Known(Future(loop=loop), since=1_000.0)
    assert known.is_fresh(1_000.0 + 24 * 60 * 60 - 1)
    assert not known.is_fresh(1_000.0 + 24 * 60 * 60)


def test_a_crawler_without_a_name_obeys_the_rules_for_all() -> None:
    robots = read_robots(b"User-agent:\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n", "")
    assert robots.allows(f"{HOST}/a")
    assert not robots.allows(f"{HOST}/b")
