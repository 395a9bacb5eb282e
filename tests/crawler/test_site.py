"""What a site's TOML declares, and what is said of every way to get it wrong."""

import sys
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from cleaning.error import SiteError
from cleaning.rules import Rules
from crawler.site import Discover, Fetch, Site, load_site, load_sites

FEED = '[discover]\nfeeds = ["https://gazette.example/rss"]\n'
DOMAIN = 'domain = "gazette.example"\n'
FULL = r"""
domain = "gazette.example"
name = "The Gazette"
languages = ["en", "pt-BR", "zh-Hant"]
timezone = "Europe/Lisbon"
date_order = "DMY"
[discover]
feeds = ["https://feeds.example/gazette"]
sitemaps = ["https://gazette.example/news.xml"]
sections = ["https://gazette.example/world"]
articles = ['/20\d\d/', 'новости']
ignore = ['/video/']
max_section_pages = 2
[fetch]
proxy = "http://localhost:3128"
allow = ["127.0.0.1", "10.1.0.0/16", "fd12::/16"]
delay = 2
max_mb = 20
verify_tls = false
[clean]
body = ["article > .story", " //main "]
drop = ["(//aside)[1]", ".//nav", ".ad, #promo"]
keep = ["ul.candidates", "//table"]
valid_until = 2027-03-01
"""


@pytest.fixture
def declare(tmp_path: Path) -> "Declare":
    return Declare(tmp_path)


class Declare:
    """Writes site files into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, toml: str, name: str = "gazette.example.toml") -> Path:
        """Write a file and give its path."""
        path = self.folder / name
        path.write_text(toml, encoding="utf-8")
        return path


def test_reads_every_key(declare: Declare) -> None:
    site = load_site(declare(FULL))
    assert site.discover == Discover(
        feeds=("https://feeds.example/gazette",),
        sitemaps=("https://gazette.example/news.xml",),
        sections=("https://gazette.example/world",),
        articles=(r"/20\d\d/", "новости"),
        ignore=("/video/",),
        max_section_pages=2,
    )
    assert site.fetch == Fetch(
        proxy="http://localhost:3128",
        allow=("127.0.0.1", "10.1.0.0/16", "fd12::/16"),
        delay=2.0,
        max_mb=20,
        verify_tls=False,
    )
    assert site.rules == Rules(
        site="gazette.example",
        languages=("en", "pt-BR", "zh-Hant"),
        timezone="Europe/Lisbon",
        date_order="DMY",
        name="The Gazette",
        body=site.clean.body,
        drop=site.clean.drop,
        keep=site.clean.keep,
        valid_until=date(2027, 3, 1),
    )


def test_a_second_opinion_that_nobody_can_give_is_an_error(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = declare(DOMAIN + FEED)
    asking = declare(f"{DOMAIN}second_opinion = true\n{FEED}", "asking.toml")
    monkeypatch.setitem(sys.modules, "py3langid", None)
    assert load_site(silent).rules.second_opinion is False
    with pytest.raises(SiteError, match=r"asking\.toml: second_opinion: .*'copydesk\[langid\]'"):
        load_site(asking)


def test_a_second_opinion_is_handed_on_to_cleaning(declare: Declare) -> None:
    pytest.importorskip("py3langid")
    assert load_site(declare(f"{DOMAIN}second_opinion = true\n{FEED}")).rules.second_opinion


def test_needs_no_more_than_domain_and_a_source(declare: Declare) -> None:
    feed = Discover(feeds=("https://gazette.example/rss",))
    path = declare(DOMAIN + FEED)
    expected = Site(domain="gazette.example", discover=feed, file=path)
    assert load_site(path) == expected
    assert expected.is_crawled


@pytest.mark.parametrize("key", ["body", "drop", "keep"])
def test_a_site_may_be_declared_for_cleaning_alone(declare: Declare, key: str) -> None:
    site = load_site(declare(f"{DOMAIN}[clean]\n{key} = ['//main']"))
    assert getattr(site.rules, key) == ("//main",)
    assert not site.is_crawled


SELECTORS = [
    ("article > .story", ["p1"]),
    (".ad, #promo", ["ad", "promo"]),
    ("p:not(.ad):nth-child(2)", ["p2"]),
    ("//main/p[1]", ["p2"]),
    ("(//p)[1]", ["p1"]),
    (".//main", ["main"]),
    ("MAIN", ["main"]),
    ("//*[self::p and contains(@class, 'f(x:y)') or not(text())][ancestor::article]", ["p1"]),
]


@pytest.mark.parametrize(("selector", "expected"), SELECTORS)
def test_translates_css_to_xpath(declare: Declare, selector: str, expected: list[str]) -> None:
    site = load_site(declare(f"{DOMAIN}{FEED}[clean]\ndrop = ['''{selector}''']"))
    page = html.fromstring(
        """<html><body><main id=main><article><p class="x story" id=p1></article><p id=p2></main>
        <div class=ad id=ad></div><div id=promo></div></body></html>"""
    )
    assert [
        element.get("id") for path in site.rules.drop for element in page.xpath(path)
    ] == expected


ANY_URL = (
    '[discover]\nsections = ["https://gazette.example/world/"]\nignore = ["/video/", "[?]print"]'
)
SOME_URLS = r"""[discover]
feeds = ["https://gazette.example/2026/feed"]
articles = ['/20\d\d/', '[?&]id=\d', '/новости/']
ignore = ['/video/']"""
ARTICLES = [
    (ANY_URL, "https://gazette.example/a-story", True),
    (ANY_URL, "http://www.gazette.example:8080/a-story?x=1", True),
    (ANY_URL, "https://GAZETTE.example/a-story", True),
    (ANY_URL, "https://gazette.example/world", False),
    (ANY_URL, "https://gazette.example/world/#top", False),
    (ANY_URL, "https://gazette.example/world/storm", True),
    (ANY_URL, "https://gazette.example", False),
    (ANY_URL, "https://gazette.example/", False),
    (ANY_URL, "https://gazette.example/video/1", False),
    (ANY_URL, "https://gazette.example/a-story?print", False),
    (ANY_URL, "https://other.example/a-story", False),
    (ANY_URL, "https://notgazette.example/a-story", False),
    (ANY_URL, "https://gazette.example.evil.example/a-story", False),
    (ANY_URL, "https://evil.example/gazette.example/a", False),
    (ANY_URL, "https://gazette.example@evil.example/a", False),
    (ANY_URL, "ftp://gazette.example/a-story", False),
    (ANY_URL, "javascript:alert(1)", False),
    (ANY_URL, "https://[gazette.example/a", False),
    (ANY_URL, "/a-story", False),
    (SOME_URLS, "https://gazette.example/2026/a", True),
    (SOME_URLS, "https://gazette.example/read?s=1&id=7", True),
    (SOME_URLS, "https://gazette.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/7", True),
    (SOME_URLS, "https://gazette.example/новости/7", True),
    (SOME_URLS, "https://gazette.example/about", False),
    (SOME_URLS, "https://gazette.example/2026/video/a", False),
    (SOME_URLS, "https://2026.gazette.example/about", False),
]


@pytest.mark.parametrize(("discover", "url", "expected"), ARTICLES)
def test_knows_its_articles(declare: Declare, discover: str, url: str, *, expected: bool) -> None:
    assert load_site(declare(DOMAIN + discover)).is_article(url) is expected


HOSTS = [
    ("gazette.example", "https://gazette.example/", True),
    ("gazette.example", "https://news.gazette.example./", True),
    ("gazette.example", "https://xgazette.example/", False),
    ("Gazette.Example", "https://gazette.example/", True),
    ("127.0.0.1", "http://127.0.0.1:8000/a", True),
    ("bücher.example", "https://xn--bcher-kva.example/a", True),
    ("bücher.example", "https://bücher.example/a", True),
    ("xn--bcher-kva.example", "https://bücher.example/a", True),
]


@pytest.mark.parametrize(("domain", "url", "expected"), HOSTS)
def test_knows_its_hosts(declare: Declare, domain: str, url: str, *, expected: bool) -> None:
    assert load_site(declare(f'domain = "{domain}"\n{FEED}')).has(url) is expected


NO_ELEMENTS = [
    "//p/@class",
    "//p/attribute::class",
    "//p/text()",
    "//p/text( )[1]",
    "(//p/text())[1]",
    "//aside | //p/following-sibling::text()",
    "//hr/following-sibling::node()",
    "//comment()",
]


@pytest.mark.parametrize("xpath", NO_ELEMENTS)
def test_declines_what_selects_no_elements(declare: Declare, xpath: str) -> None:
    path = declare(f"{DOMAIN}{FEED}[clean]\ndrop = ['{xpath}']")
    with pytest.raises(SiteError, match=r"selects no elements, but attributes or texts; write it"):
        load_site(path)


ELEMENTS = [
    "//p[text() = 'a|b/@c']",
    "//a[@href]",
    "//svg/text",
    "//p[.//a[@href]/text()]/..",
    "(//p[@class])[1] | //div",
    "//hr/following-sibling::*",
]


@pytest.mark.parametrize("xpath", ELEMENTS)
def test_takes_what_selects_elements_by_attributes_and_texts(declare: Declare, xpath: str) -> None:
    assert load_site(declare(f'{DOMAIN}[clean]\ndrop = ["{xpath}"]')).rules.drop == (xpath,)


BROKEN = [
    ("domain = \n", "is no TOML: Invalid value (at line 1, column 10); mend that line"),
    ("x = " + "[" * 5_000, "is no TOML: "),
    ("", 'domain: is missing; add it, like domain = "example.org"'),
    (
        "domain = 3",
        'domain: expected a string, got a whole number; write it like domain = "example.org"',
    ),
    (
        'domain = ""',
        "domain: '' is no host name (no scheme, port or path); write it like domain = ",
    ),
    ('domain = "https://gazette.example"', "domain: 'https://gazette.example' is no host name"),
    ('domain = "gazette.example/news"', "domain: 'gazette.example/news' is no host name"),
    ('domain = "gazette.example:80"', "domain: 'gazette.example:80' is no host name"),
    ('domain = "a..b"', "domain: 'a..b' is no host name"),
    ('domain = "ü..b"', "domain: 'ü..b' is no host name"),
    ('domain = "a\\nb"', r"domain: 'a\nb' is no host name"),
    (
        'domian = "gazette.example"',
        "domian: unknown key; did you mean domain? known here: domain, ",
    ),
    (DOMAIN + "frobnicate = 1", "frobnicate: unknown key; known here: domain, name, languages, "),
    (
        DOMAIN + '[discover]\nfeed = ["https://gazette.example/rss"]',
        "discover.feed: unknown key; did you mean feeds? known here: feeds, sitemaps, sections, ",
    ),
    (DOMAIN + FEED + "[fetch]\nDelay = 1", "fetch.Delay: unknown key; did you mean delay? known"),
    (DOMAIN + FEED + "[clean]\nremove = []", "clean.remove: unknown key; known here: body, drop"),
    (DOMAIN + FEED + "file = 'a.toml'", "discover.file: unknown key; known here: feeds, "),
    ("file = 'a.toml'\n" + DOMAIN + FEED, "file: unknown key; known here: domain, name, "),
    (
        DOMAIN + "fetch = 3\n" + FEED,
        "fetch: expected a table, got a whole number; write it like [fetch]",
    ),
    (
        DOMAIN + '[discover]\nfeeds = "https://gazette.example/rss"',
        "discover.feeds: expected a list, got a string; write it like feeds = [",
    ),
    (
        DOMAIN + "[discover]\nfeeds = [1]",
        "discover.feeds: expected a string, got a whole number; write it like feeds = [",
    ),
    (DOMAIN, "discover: no feeds, sitemaps or sections; add [discover] and below it feeds = ["),
    (DOMAIN + "[discover]\nfeeds = []", "discover: no feeds, sitemaps or sections; add "),
    (
        DOMAIN + '[discover]\nfeeds = ["gazette.example/rss"]',
        "discover.feeds: 'gazette.example/rss' is no http or https URL; write it like feeds = [",
    ),
    (
        DOMAIN + '[discover]\nsitemaps = ["file:///etc/hostname"]',
        "discover.sitemaps: 'file:///etc/hostname' is no http or https URL",
    ),
    (
        DOMAIN + '[discover]\nsections = ["https://[/"]',
        "discover.sections: 'https://[/' is no http or https URL",
    ),
    (
        DOMAIN + FEED + 'articles = ["/ok/", "(/20"]',
        "discover.articles: '(/20' is no regular expression: missing ), unterminated",
    ),
    (DOMAIN + FEED + "ignore = ['[']", "discover.ignore: '[' is no regular expression: "),
    (
        DOMAIN + FEED + "max_section_pages = 0",
        "discover.max_section_pages: 0 is less than 1; write",
    ),
    (
        DOMAIN + FEED + "max_section_pages = true",
        "discover.max_section_pages: expected a whole number",
    ),
    (DOMAIN + FEED + "[fetch]\ndelay = -1", "fetch.delay: -1 is no number of seconds; write it"),
    (
        DOMAIN + FEED + "[fetch]\nmax_pages = -1",
        "fetch.max_pages: -1 is no number from 0 on; write",
    ),
    (DOMAIN + FEED + "[fetch]\nmax_depth = 2.5", "fetch.max_depth: expected a whole number"),
    (DOMAIN + FEED + "[fetch]\nmax_minutes = inf", "fetch.max_minutes: inf is no number from 0 on"),
    (
        DOMAIN + FEED + "[fetch]\nmax_page = 5",
        "fetch.max_page: unknown key; did you mean max_pages?",
    ),
    (DOMAIN + FEED + 'traps = "no"', "discover.traps: expected true or false, got a string"),
    (DOMAIN + FEED + "[fetch]\ndelay = nan", "fetch.delay: nan is no number of seconds; write it"),
    (
        DOMAIN + FEED + '[fetch]\ndelay = "2 s"',
        "fetch.delay: expected a number, got a string; write",
    ),
    (
        DOMAIN + FEED + "[fetch]\nmax_mb = 0",
        "fetch.max_mb: 0 is not from 1 to 50; write it like max",
    ),
    (DOMAIN + FEED + "[fetch]\nmax_mb = 51", "fetch.max_mb: 51 is not from 1 to 50; write it"),
    (
        DOMAIN + FEED + '[fetch]\nallow = "127.0.0.1"',
        "fetch.allow: expected a list, got a string; write it like allow = [",
    ),
    (
        DOMAIN + FEED + '[fetch]\nallow = ["localhost"]',
        "fetch.allow: 'localhost' is no address or network; write it like allow = [",
    ),
    (
        DOMAIN + FEED + '[fetch]\nallow = ["10.1.2.3/16"]',
        "fetch.allow: '10.1.2.3/16' is no address or network; write it like allow = [",
    ),
    (
        DOMAIN + FEED + '[fetch]\nproxy = "http://10.1.2.3:3128"',
        "fetch.proxy: 10.1.2.3 is no public address; allow its address, allow = [",
    ),
    (
        DOMAIN + FEED + '[fetch]\nproxy = "http://127.1:3128"\nallow = ["10.1.2.3"]',
        "fetch.proxy: 127.0.0.1 is no public address; allow its address, allow = [",
    ),
    (
        DOMAIN + FEED + '[fetch]\nproxy = "http://localhost:3128"',
        "fetch.proxy: localhost is a name of the local machine or network; allow its address",
    ),
    (
        DOMAIN + FEED + '[fetch]\nproxy = "socks5://localhost"',
        "fetch.proxy: 'socks5://localhost' is no http or https URL; write it like proxy = ",
    ),
    (
        DOMAIN + FEED + "[clean]\nbody = ['div[']",
        "clean.body: 'div[' is no CSS: Expected ",
    ),
    (DOMAIN + FEED + "[clean]\nbody = ['']", "clean.body: '' is no CSS: "),
    (DOMAIN + FEED + "[clean]\ndrop = ['p:hoover']", "clean.drop: 'p:hoover' is no CSS: "),
    (DOMAIN + FEED + "[clean]\ndrop = ['p::text']", "clean.drop: 'p::text' selects no elements"),
    (
        DOMAIN + FEED + "[clean]\ndrop = ['//div[']",
        "clean.drop: '//div[' is no XPath: Invalid expression; write it like drop = [",
    ),
    (
        DOMAIN + FEED + "[clean]\ndrop = ['//p[f()]']",
        "clean.drop: '//p[f()]' is no XPath 1.0: function f",
    ),
    (
        DOMAIN + FEED + "[clean]\ndrop = ['//x:p']",
        "clean.drop: '//x:p' is no XPath 1.0: prefix x is",
    ),
    (DOMAIN + FEED + "[clean]\ndrop = ['(1 + 1)']", "clean.drop: '(1 + 1)' selects no elements"),
    (DOMAIN + FEED + "[clean]\nkeep = ['ul >']", "clean.keep: 'ul >' is no CSS: "),
    (
        DOMAIN + FEED + "[clean]\nkeep = '//ul'",
        'clean.keep: expected a list, got a string; write it like keep = [".candidates", "',
    ),
    (
        DOMAIN + FEED + "[clean]\ndrop = ['//p']\nvalid_until = '2027-03-01'",
        "clean.valid_until: expected a date, got a string; write it like valid_until = 2027-03-01",
    ),
    (
        DOMAIN + FEED + "[clean]\ndrop = ['//p']\nvalid_until = 2027-03-01T12:00:00Z",
        "clean.valid_until: expected a date, got a date with a time; write it like valid_until = ",
    ),
    (
        DOMAIN + FEED + "[clean]\nvalid_until = 2027-02-30",
        "is no TOML: Invalid date or datetime (at line 5, column 15); mend that line",
    ),
    (
        DOMAIN + FEED + "[clean]\nvalid_until = 2027-03-01",
        "clean.valid_until: nothing holds until then; add drop = [",
    ),
    (DOMAIN + "[clean]\nbody = []", "discover: no feeds, sitemaps or sections; add [discover] and"),
    (
        'timezone = "Europe/Lisboa"\n' + DOMAIN + FEED,
        "timezone: 'Europe/Lisboa' is no IANA time zone; did you mean Europe/Lisbon?;",
    ),
    (
        'date_order = "mdy"\n' + DOMAIN + FEED,
        "date_order: 'mdy' is no order of dates; known: DMY, MDY, YMD; write it like date_order =",
    ),
    ('timezone = "../etc"\n' + DOMAIN + FEED, "timezone: '../etc' is no IANA time zone; write it"),
    ('timezone = "Europe"\n' + DOMAIN + FEED, "timezone: 'Europe' is no IANA time zone;"),
    ('timezone = ""\n' + DOMAIN + FEED, "timezone: '' is no IANA time zone; write it like"),
    (
        'languages = ["en", "english"]\n' + DOMAIN + FEED,
        "languages: 'english' is no BCP-47 tag; write it like languages = [",
    ),
    ('languages = ["pt_BR"]\n' + DOMAIN + FEED, "languages: 'pt_BR' is no BCP-47 tag; write it"),
]


@pytest.mark.parametrize(("toml", "message"), BROKEN)
def test_says_what_is_wrong_and_how_to_mend_it(declare: Declare, toml: str, message: str) -> None:
    path = declare(toml)
    with pytest.raises(SiteError) as raised:
        load_site(path)
    said = str(raised.value)
    assert said.startswith(f"{path}: {message}")
    assert "\n" not in said


def test_says_that_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"none\.toml: no such file; name a site that is declared"):
        load_site(tmp_path / "none.toml")


def test_says_that_a_file_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r": cannot be read \(Is a directory\); "):
        load_site(tmp_path)


def test_says_that_a_file_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes('name = "Größe"'.encode("latin-1"))
    with pytest.raises(SiteError, match=r"a\.toml: is not UTF-8; save it as UTF-8$"):
        load_site(path)


def test_reads_a_folder_by_domain(declare: Declare) -> None:
    for name, domain in (("1.toml", "zeta.example"), ("2.toml", "alpha.example")):
        declare(f'domain = "{domain}"\n{FEED}', name)
    declare("not read", "notes.txt")
    assert [site.domain for site in load_sites(declare.folder)] == ["alpha.example", "zeta.example"]


def test_declines_a_domain_declared_twice(declare: Declare) -> None:
    first = declare(DOMAIN + FEED, "1.toml")
    declare(DOMAIN.replace("gaz", "Gaz") + FEED, "2.toml")
    with pytest.raises(SiteError) as raised:
        load_sites(declare.folder)
    said = str(raised.value)
    assert said.endswith(
        f"2.toml: domain: 'gazette.example' is declared by {first} too; keep one of the files"
    )


@pytest.mark.parametrize("name", [".", "missing"])
def test_declines_a_folder_without_sites(tmp_path: Path, name: str) -> None:
    with pytest.raises(SiteError, match=r": no site is declared here; add a file <domain>\.toml$"):
        load_sites(tmp_path / name)


def test_stops_at_the_broken_file_of_a_folder(declare: Declare) -> None:
    declare(DOMAIN + FEED, "1.toml")
    declare("domain = 1", "2.toml")
    with pytest.raises(SiteError, match=r"2\.toml: domain: expected a string"):
        load_sites(declare.folder)
