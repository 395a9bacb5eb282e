"""Parsing: what browsers forgive is no reason to lose a page."""

import pytest

from cleaning.error import Refused
from cleaning.parse import parse

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


def test_deep_nesting_is_read() -> None:
    depth = 300
    tree = parse(f"<html><body>{'<div>' * depth}{_PROSE}{'</div>' * depth}</body></html>")
    assert "The ferry" in tree.text_content()


@pytest.mark.parametrize(
    ("html", "reason"),
    [("", "empty-page"), (" \n\t ", "empty-page"), ("no markup at all", "unparsable")],
)
def test_refuses(html: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(html)
    assert refused.value.reason == reason
    assert refused.value.detail
