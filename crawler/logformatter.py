"""What Scrapy logs of single items: no page bodies, no whole records."""

# ruff: noqa: ARG002  (Scrapy's hooks are called with more than these need)

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """Names an item by its URL: a record has the whole article in it, a page its bytes."""

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line per published record."""
        return {
            "level": logging.DEBUG,
            "msg": "published %(url)r",
            "args": {"url": _name(item)},
        }

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """One line per item that is not published; the rejected file tells the whole reason."""
        return {
            "level": logging.DEBUG,
            "msg": "not published %(url)r: %(reason)s",
            "args": {"url": _name(item), "reason": str(exception)},
        }

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """A bug of ours: the traceback follows."""
        return {
            "level": logging.ERROR,
            "msg": "failed on %(url)r",
            "args": {"url": _name(item)},
        }


def _name(item: Any) -> str:
    """The item's URL, quoted by %r where it is logged: a line break in it forges no line."""
    return str(getattr(item, "url", type(item).__name__))
