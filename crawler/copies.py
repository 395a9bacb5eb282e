"""Labels an article that is a copy, by the articles that ledger files hold."""

from collections.abc import Sequence
from itertools import chain

from cleaning.article import Duplicate
from cleaning.near_duplicate import Compared, near_duplicate
from crawler.near_index import NearIndex


def label_of(article: Compared, fingerprint: str, indexes: Sequence[NearIndex]) -> Duplicate | None:
    """What an article is a copy of: word for word of any, else altered of one near it in time.

    Args:
        article: what is compared of it.
        fingerprint: of its text, see `cleaning.settled`.
        indexes: of the files to look in, the first asked first.
    """
    exact = (index.exact(article.id, fingerprint) for index in indexes)
    others = chain.from_iterable(index.near(article) for index in indexes)
    return next(filter(None, exact), None) or near_duplicate(article, others)
