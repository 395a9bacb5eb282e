"""The articles that a report lists by name: the newest, as many as a page can hold. Pure."""

from collections import deque
from typing import NamedTuple

from cleaning.article import Article

#: So many articles are listed at most, in so many bytes of JSON: a page is to open at once.
MOST = 10_000
_BYTES = 4_000_000
_TITLE = 200
#: A longer URL is not shown: it would be of no use when cut.
_URL = 1_000


class Row(NamedTuple):
    """An article in the list; the page's script knows the fields by their order."""

    id: str
    title: str
    #: Empty where it is no web address: a link of another scheme may be a program.
    url: str
    site: str
    #: The day, or empty.
    published: str
    language: str
    words: int
    #: 0 to 100.
    quality: int
    #: `new`, `update`, `copy` or `gone`.
    kind: str
    #: The article it is a copy of, or empty.
    of: str


class Listing:
    """The last articles that were added."""

    def __init__(self, most: int = MOST, size: int = _BYTES) -> None:
        self.rows: deque[Row] = deque()
        #: How many were added in all.
        self.added = 0
        self._most = most
        self._free = size

    def add(self, article: Article) -> None:
        """List an article; the first ones are left out for it where there is no room."""
        row = row_of(article)
        self.added += 1
        self.rows.append(row)
        self._free -= _size(row)
        while self._free < 0 or len(self.rows) > self._most:
            self._free += _size(self.rows.popleft())


def row_of(article: Article) -> Row:
    """What the list says of an article."""
    return Row(
        id=article.id,
        title=(article.title or "")[:_TITLE],
        url=web_address(article.url),
        site=article.site[:_TITLE],
        published=(article.date_published or "")[:10],
        language=article.language[:_TITLE],
        words=article.word_count,
        quality=round(article.quality.score * 100),
        kind=kind_of(article),
        of=article.duplicate.of if article.duplicate else "",
    )


def kind_of(article: Article) -> str:
    """What a record is: `gone`, a `copy`, an `update`, or `new`."""
    if article.op == "tombstone":
        return "gone"
    return "copy" if article.duplicate else article.op


def web_address(url: str) -> str:
    """The URL if a page may link to it, else an empty string."""
    is_web = url.lower().startswith(("http://", "https://"))
    return url if is_web and len(url) <= _URL else ""


def _size(row: Row) -> int:
    """Bytes of JSON, some too many: figures, quotes, and `<` and the like as six characters."""
    texts = (row.id, row.title, row.url, row.site, row.language, row.of)
    return 80 + sum(len(text.encode()) + 5 * sum(map(text.count, "<>&")) for text in texts)
