"""The walk over a page: its texts as blocks, in the places that they stand in."""

import pytest

from cleaning.block import Block
from cleaning.layout import read_blocks
from cleaning.parse import parse


def _read(body: str) -> tuple[Block, ...]:
    return read_blocks(parse(f"<html><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>one</p><p>two</p>", [("paragraph", "one"), ("paragraph", "two")]),
        ("<div>one<p>two</p>three</div>", [("paragraph", t) for t in ("one", "two", "three")]),
        ("one<br>two<br><br>three", [("paragraph", "one\ntwo"), ("paragraph", "three")]),
        ("<p>a <b>b</b><i>c</i> <a href='/'>d</a></p>", [("paragraph", "a bc d")]),
        ("<p><span>D</span>rop cap</p>", [("paragraph", "Drop cap")]),
        ("<h2>Head</h2><x-part>body</x-part>", [("heading", "Head"), ("paragraph", "body")]),
        ("<ul><li>a<li><p>b</p></ul>", [("list-item", "a"), ("list-item", "b")]),
        ("<dl><dt>term</dt><dd>told</dd></dl>", [("list-item", "term"), ("list-item", "told")]),
        ("<blockquote><p>said</p></blockquote>", [("quote", "said")]),
        ("<figure><figcaption>seen</figcaption></figure>", [("caption", "seen")]),
        ("<table><tr><td>a</td><td>1</td></tr></table>", [("table-row", "a | 1")]),
        ("<table><tr><td>alone</td></tr></table>", [("paragraph", "alone")]),
        ("<table><tr><td><p>a page</p></td></tr></table>", [("paragraph", "a page")]),
        ("<p>x<script>y()</script>z</p><footer>f</footer>", [("paragraph", "xz")]),
        ("<p>non\u00a0breaking, soft\u00adhyphen, zero\u200bwidth</p>",
         [("paragraph", "non breaking, softhyphen, zerowidth")]),
        ("", []),
    ],
)  # fmt: skip
def test_reads(body: str, expected: list[tuple[str, str]]) -> None:
    assert [(block.kind, block.text) for block in _read(body)] == expected


def test_what_a_text_looks_like_is_known() -> None:
    (block,) = _read("<p><a href='/Tag/x'>half</a> <b>bold</b><em>i</em><time>12:00</time></p>")
    assert block.style.targets == " /tag/x"
    assert block.style.has_time
    assert 0 < block.style.links < 0.5
    assert 0 < block.style.bold < 0.5
    assert 0 < block.style.italics < 0.2


def test_places_are_named_without_digits_and_know_what_is_hidden() -> None:
    (block,) = _read("<div id='Post-4711' class='Story' style='display: none'><p>x</p></div>")
    place = block.place.parent
    assert place
    assert (place.tag, place.names) == ("div", "story post-")
    assert block.place.hidden
    assert [one.tag for one in block.place.upward()] == ["p", "div", "body"]


def test_kept_places_are_read_even_where_nobody_reads() -> None:
    tree = parse(
        "<html><body><footer><p>a</p></footer><footer id='b'><p>b</p></footer></body></html>"
    )
    kept = read_blocks(tree, frozenset(tree.xpath("//footer[@id='b']")))
    assert [(block.text, block.place.kept) for block in kept] == [("b", True)]


def test_what_the_parser_puts_into_the_head_is_read() -> None:
    tree = parse("<html><title>t</title><link rel='x'><main>The ferry left.</main></html>")
    assert [block.text for block in read_blocks(tree)] == ["The ferry left."]
