"""What becomes of each rule of ftr-site-config, and that all that is written loads."""

from pathlib import Path

import pytest
from lxml import html

from cleaning.error import InputError
from crawler.ftr_rules import Outcome, Translation, domain_of, is_of_no_site, read_rules, translate
from crawler.site import Site, load_site

#: A line; what becomes of it; a part of the reason; the XPath that it is in our TOML.
LINES: list[tuple[str, Outcome, str, str]] = [
    ("body: //div[@id='story']", "carried over", "", "//div[@id='story']"),
    ("body://main", "carried over", "", "//main"),
    ("  body :  //main  ", "carried over", "", "//main"),
    ("body: id('story')", "carried over", "", "(id('story'))"),
    ("body: .//main", "carried over", "", ".//main"),
    ("body: descendant::main", "carried over", "", "(descendant::main)"),
    ("body: (//div[@class='a'] )[2]", "carried over", "", "(//div[@class='a'] )[2]"),
    ("body: //p[1]/..", "carried over", "", "//p[1]/.."),
    ("body: //meta/@content", "not carried over", "selects no elements, but attributes", ""),
    ("body: concat('a', 'b')", "not carried over", "computes a value", ""),
    ("body: //div[@id='story'", "not carried over", "is no XPath: ", ""),
    ("body: //div[re:test(@id, 'a')]", "not carried over", "prefix re is unknown", ""),
    ("body:", "not carried over", "has no value", ""),
    ("strip: //aside[@class = 'x']", "carried over", "", "//aside[@class = 'x']"),
    ("strip: //a | //b", "carried over", "", "//a | //b"),
    ("strip: //p[contains(., 'a: b # c')]", "carried over", "", "//p[contains(., 'a: b # c')]"),
    ("strip: //p/@style", "not carried over", "selects no elements, but attributes", ""),
    ("strip: //hr/following-sibling::text()", "not carried over", "selects no elements", ""),
    (
        "strip_id_or_class: share-bar",
        "carried over",
        "",
        "//*[contains(@class, 'share-bar') or contains(@id, 'share-bar')]",
    ),
    (
        """strip_id_or_class: "it's" """,
        "carried over",
        "",
        "//*[contains(@class, 'its') or contains(@id, 'its')]",
    ),
    ("strip_id_or_class: ''", "not carried over", "has no value", ""),
    ("title: //h1", "not carried over", "the title is taken from the page's metadata", ""),
    ("author: substring-after(//b, 'By ')", "not carried over", "authors are taken", ""),
    ("replace_string(<a href=\"http://): <a href='x", "not carried over", "not rewritten", ""),
    ("replace_string( · ):", "not carried over", "not rewritten", ""),
    ("http_header(Cookie): a=1: b", "not carried over", "the same headers", ""),
    ("wrap_in(i)://span", "not carried over", "not rebuilt", ""),
    ("move_into(//a[f(x)]): //b", "not carried over", "not rebuilt", ""),
    ("autodetect_on_failure: no", "not carried over", "on the whole page", ""),
    ("autodetect_on_failure: yes", "needless", "it is so anyway", ""),
    ("strip_image_src: pixel.gif", "needless", "pictures stand in no text", ""),
    ("test_url: https://gazette.example/a", "needless", "kept in the file", ""),
    ("prune: no", "needless", "cleaned as on any page", ""),
    ("strp: //aside", "unknown", "did you mean strip?", ""),
    ("Body: //main", "unknown", "did you mean body?", ""),
    ("frobnicate: 1", "unknown", "no such key is known", ""),
    ("test https://gazette.example/a", "unknown", "written key: value", ""),
    ("//div[@id='story']", "unknown", "written key: value", ""),
]
ADAPTED = [
    "body: //div[@class='lead'] | //div[@class='text']",
    "body: //div[@id='story']/p",
    "body: //div[@id='story']/p[position() > 1][not(@class)]",
    "body: //div[@id='story']/*",
    "body: //h2/following-sibling::p",
    "body: (//p)",
]


def translated(*lines: str, name: str = "gazette.example.txt") -> Translation:
    return translate("\n".join(lines), name, domain_of(name))


def loaded(toml: str | None, folder: Path) -> Site:
    assert toml is not None
    path = folder / "gazette.example.toml"
    path.write_text(toml, "utf-8")
    return load_site(path)


@pytest.mark.parametrize(("line", "outcome", "why", "xpath"), LINES)
def test_what_becomes_of_a_line(
    tmp_path: Path, line: str, outcome: Outcome, why: str, xpath: str
) -> None:
    toml, (remark,) = translated(line)
    assert (remark.outcome, remark.xpath, remark.rule.line) == (outcome, xpath, 1)
    assert why in remark.why
    assert bool(toml) == bool(remark.why == "" and xpath)
    if toml:
        site = loaded(toml, tmp_path)
        assert (*site.clean.body, *site.clean.drop) == (xpath,)


@pytest.mark.parametrize("line", ADAPTED)
def test_a_body_of_parts_becomes_the_element_around_them(tmp_path: Path, line: str) -> None:
    """The innermost one; it is itself, where only one matches."""
    page = html.fromstring(
        """<html><body><p>Not yet.</p><main><h1>A</h1><section><div class=lead>B</div>
        <div class=text><div id=story><h2>C</h2><p>D<p>E<p class=last>F</div></div></section>
        </main></body></html>"""
    )
    one = html.fromstring("<html><body><div id=story><p>A</p></div><i>B</i></body></html>")
    toml, (remark,) = translated(line)
    assert remark.outcome == "adapted"
    (body,) = loaded(toml, tmp_path).rules.body
    matched = page.xpath(line.removeprefix("body: "))
    (around,) = page.xpath(body)
    assert all(around in (element, *element.iterancestors()) for element in matched)
    assert not [
        inner
        for inner in around.iterdescendants()
        if all(inner in (element, *element.iterancestors()) for element in matched)
    ]
    assert one.xpath(body) == one.xpath(line.removeprefix("body: "))[-1:]
    assert html.fromstring("<html><body><b>A</b></body></html>").xpath(body) == []


def test_a_file_is_written_in_its_order_and_nothing_twice(tmp_path: Path) -> None:
    toml, remarks = translated(
        "# The Gazette",
        "",
        "body: //main",
        "title: //h1",
        "body: //div[@id='a']",
        "strip: //aside",
        "strip_id_or_class: promo",
        "strip: //aside",
        "test_url: https://gazette.example/2026/harbour\x07",
        "test_url: https://gazette.example/2026/ferry",
    )
    assert [remark.rule.line for remark in remarks] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert toml == (
        "# Made of gazette.example.txt of ftr-site-config (CC0) by scrapy import-rules.\n"
        "# Pages that prove it, or once did:\n"
        "#   https://gazette.example/2026/harbour\n"
        "#   https://gazette.example/2026/ferry\n"
        'domain = "gazette.example"\n\n'
        "[clean]\n"
        "body = [\n"
        "    '//main',\n"
        "    \"//div[@id='a']\",\n"
        "]\n"
        "drop = [\n"
        "    '//aside',\n"
        "    \"//*[contains(@class, 'promo') or contains(@id, 'promo')]\",\n"
        "]"
    )
    assert not loaded(toml, tmp_path).is_crawled


STRINGS = [
    "//p[. = '']",
    '//p[. = ""]',
    """//p[@a = "b" and @c = 'd']""",
    """//p[@a = "b"][@c = 'd' or . = '''e']""",
    r"//p[. = '\d\u0041 \']",
    r"""//p[. = '\d' or . = "\n"]""",
    "//p[. = 'новости 🗞 ﻿']",
    "//p[. = 'a\tb']",
    """//p[. = 'a\x7fb' or @a = "b"]""",
    "//p[. = '\x85\u2028']",
]


@pytest.mark.parametrize("xpath", STRINGS)
def test_any_string_is_written_so_that_it_reads_the_same(tmp_path: Path, xpath: str) -> None:
    """But for XPath that is none; what a file says is never lost on the way."""
    toml, (remark,) = translated(f"strip: {xpath}")
    if remark.outcome == "carried over":
        assert loaded(toml, tmp_path).rules.drop == (xpath,)
    assert (toml is None) == (remark.outcome == "not carried over")


def test_a_line_may_end_in_any_way() -> None:
    text = "body: //a\n\n#x: y\nstrip: //b\x0c\x85c\n"
    assert [(rule.line, rule.value) for rule in read_rules(text)] == [
        (1, "//a"),
        (4, "//b\x0c\x85c"),
    ]


def test_rules_of_subdomains_say_that_they_hold_for_the_domain() -> None:
    toml, (remark, _) = translated("body: //main", name=".gazette.example.txt")
    assert toml is not None
    assert 'domain = "gazette.example"' in toml
    assert (remark.outcome, remark.rule.line) == ("adapted", 0)


NAMES = [
    ("gazette.example.txt", "gazette.example"),
    (".Gazette.Example.txt", "gazette.example"),
    ("www.gazette.example.txt", "www.gazette.example"),
    ("bücher.example.txt", "xn--bcher-kva.example"),
]


@pytest.mark.parametrize(("name", "domain"), NAMES)
def test_a_file_is_named_after_its_domain(name: str, domain: str) -> None:
    assert domain_of(name) == domain


@pytest.mark.parametrize("name", ["notes.txt", ".txt", "a b.example.txt", "..a.example.txt"])
def test_a_name_may_be_no_domain(name: str) -> None:
    with pytest.raises(InputError, match=r"name it like example\.org\.txt$"):
        domain_of(name)


OTHERS = ["global.txt", "LICENSE.txt", "licence.txt", "fingerprint.wordpress.com.txt"]


@pytest.mark.parametrize("name", OTHERS)
def test_some_files_are_of_no_site(name: str) -> None:
    assert is_of_no_site(name)
    assert not is_of_no_site("global.example.txt")
