"""Makes pages that nobody wrote, for servers to answer with: the same bytes each time."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Final

#: Bytes of a large page: what news pages weigh today.
LARGE: Final = 170_000
#: Furniture of large pages, one of so many.
_FURNITURES: Final = 8
#: Teasers before a button; a parser that looks for the next page stumbles over each.
_SHELF: Final = 20
_FIRST: Final = datetime(2026, 3, 1, 6, tzinfo=UTC)
_PARAGRAPHS: Final = 6
_SENTENCES: Final = 4

_ADJECTIVES: Final = tuple(
    "old new late early small broad quiet busy narrow northern southern wooden empty crowded"
    " disputed temporary municipal regional expensive modest forgotten celebrated damaged"
    " restored unusual popular seasonal coastal rural remote".split()
)
_NOUNS: Final = tuple(
    "harbour council bridge school library market ferry museum theatre hospital orchard bakery"
    " railway station reservoir lighthouse factory laboratory archive orchestra choir warehouse"
    " cinema stadium workshop tunnel embankment greenhouse vineyard quarry mill canal parliament"
    " committee inspector engineer gardener surgeon teacher conductor sailor mayor minister"
    " baker captain farmer librarian printer tenant fisherman carpenter neighbour".split()
)
_VERBS: Final = tuple(
    "welcomed rejected inspected repaired opened closed measured bought sold painted described"
    " defended criticised visited rebuilt postponed cancelled announced explained counted"
    " discovered photographed borrowed abandoned protected remembered replaced supported".split()
)
_PLACES: Final = tuple(
    "Aldermoor Brackwell Carrow Dunmere Eastholm Farleigh Garwick Hollin Inverley Jarrowby"
    " Kestleton Lowmoor Marchwood Netherby Oakhaven Penrose Quarley Ravensea Stanwick Thornby"
    " Upwell Venning Westerham Yarrowdale".split()
)
_TIMES: Final = (
    "on Monday morning",
    "last week",
    "after a long meeting",
    "before the winter",
    "at the end of the month",
    "during the storm",
    "without a word",
    "for the third time this year",
    "in front of a small crowd",
    "once the tide had turned",
)


def small_page(host: str, number: int) -> bytes:
    """An article of some 250 words, none like another, with the least around it."""
    drawn = random.Random(f"{host} {number}")  # noqa: S311  (made-up news, no secret)
    title = _sentence(drawn).rstrip(".")
    at = _FIRST + timedelta(minutes=number)
    text = "\n".join(f"<p>{_paragraph(drawn)}</p>" for _ in range(_PARAGRAPHS))
    return _page(host, title, at, text, "").encode()


def large_page(host: str, number: int, size: int = LARGE) -> bytes:
    """The same amid menus, teasers and scripts, of which there are a few kinds: `size` bytes."""
    drawn = random.Random(f"{host} {number}")  # noqa: S311  (as above)
    title = _sentence(drawn).rstrip(".")
    text = "\n".join(f"<p>{_paragraph(drawn)}</p>" for _ in range(3 * _PARAGRAPHS))
    furniture = _furniture(number % _FURNITURES, size)
    page = _page(host, title, _FIRST + timedelta(minutes=number), text, furniture)
    return page.encode()[: size - 1] + b"\n"


def feed(host: str, count: int) -> bytes:
    """A feed of RSS 2.0 with all articles of a host."""
    items = "".join(
        f"<item><title>Number {number}</title><link>{article_url(host, number)}</link></item>"
        for number in range(count)
    )
    return f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()


def article_url(host: str, number: int) -> str:
    """Where an article of a host is."""
    return f"http://{host}{path_of(number)}"


def path_of(number: int) -> str:
    """The same without the host."""
    return f"/2026/03/story-number-{number}.html"


def number_of(path: str) -> int | None:
    """Which article a path is of; None where it is none's."""
    name = path.rpartition("-number-")[2].removesuffix(".html")
    return int(name) if name.isdecimal() else None


def _page(host: str, title: str, at: datetime, text: str, furniture: str) -> str:
    said = escape(title)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{said} - {host}</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="{at.isoformat()}"></head>
<body><header><a href="http://{host}/">{host}</a></header>
<main><article><h1>{said}</h1>
{text}
</article></main>
{furniture}<footer>Printed in {host}</footer></body></html>
"""


def _paragraph(drawn: random.Random) -> str:
    return " ".join(_sentence(drawn) for _ in range(_SENTENCES))


def _sentence(drawn: random.Random) -> str:
    def one(words: Sequence[str]) -> str:
        return drawn.choice(words)

    return (
        f"The {one(_ADJECTIVES)} {one(_NOUNS)} of {one(_PLACES)} {one(_VERBS)}"
        f" the {one(_ADJECTIVES)} {one(_NOUNS)} {one(_TIMES)}."
    )


@lru_cache(maxsize=_FURNITURES)
def _furniture(kind: int, size: int) -> str:
    """Teasers and data, which compress about as well as those of real pages."""
    drawn = random.Random(kind)  # noqa: S311  (as above)
    parts: list[str] = []
    length = 0
    while length < size:
        number = drawn.randrange(10**7)
        teaser = _sentence(drawn).rstrip(".")
        slug = teaser.lower().replace(" ", "-")
        parts.append(
            f'<div class="teaser teaser--small js-track" data-id="{number}"'
            f' data-seen="{drawn.getrandbits(96):024x}">\n'
            f'  <a class="teaser__link" href="/2026/02/{slug}-{number}.html">\n'
            f'    <img class="teaser__image" src="/media/{drawn.getrandbits(64):016x}.jpg"'
            f' srcset="/media/{drawn.getrandbits(96):024x}.webp 2x" loading="lazy" alt="">\n'
            f'    <span class="teaser__title">{teaser}</span>\n  </a>\n</div>\n'
        )
        if len(parts) % _SHELF == 0:
            parts.append('<button class="shelf__next" aria-label="Next"></button>\n')
        length += len(parts[-1])
    return "".join(parts)
