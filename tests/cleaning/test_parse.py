"""Parsing: what browsers forgive is no reason to lose a page."""

import pytest

from cleaning.error import Refused
from cleaning.layout import read_blocks
from cleaning.parse import parse, parse_page

_PROSE = "<p>The ferry left the quay at noon.</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"<html><body>{_PROSE}</body></html>", "The ferry left the quay at noon."),
        ("<p>one<p>two", "onetwo"),
        (
            '<?xml version="1.0" encoding="utf-8"?><html><body><p>declared</p></body></html>',
            "declared",
        ),
        # references to what XML cannot hold are left out
        ("<html><body><p>a&#0;b&#x1F;c&#xD800;d&#xFFFE;e&#9999999;f</p></body></html>", "abcdef"),
        # references to the Windows range mean what browsers take them for
        ("<html><body><p>&#147;caf&#233;&#148; &#x80;5</p></body></html>", "“café” €5"),
        ("<html><body><p>a&#129;b</p></body></html>", "ab"),
        ("<html><body><p>raw\x00 \x1bcontrol</p></body></html>", "raw control"),
        ("<html><body><p>&#128640; &amp; &lt;</p></body></html>", "🚀 & <"),
    ],
)
def test_reads(html: str, text: str) -> None:
    assert parse(html).text_content().strip() == text


@pytest.mark.parametrize("tag", ["div", "article", "u", "x-part", "dl", "main"])
@pytest.mark.parametrize(("depth", "flattened"), [(100, False), (300, True), (1_500, True)])
def test_deep_nesting_is_read_and_told(tag: str, depth: int, flattened: bool) -> None:
    page = parse_page(f"<html><body>{f'<{tag}>' * depth}{_PROSE}</body></html>")
    assert "The ferry" in page.tree.text_content()
    assert page.flattened is flattened
    assert [block.text for block in read_blocks(page.tree)] == ["The ferry left the quay at noon."]


@pytest.mark.parametrize(
    ("html", "reason"),
    [("", "empty-page"), (" \n\t ", "empty-page"), ("no markup at all", "unparsable")],
)
def test_refuses(html: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(html)
    assert refused.value.reason == reason
    assert refused.value.detail
