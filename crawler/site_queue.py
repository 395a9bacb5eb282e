"""Scheduler queue that leaves room for the other sites while one of them is slow."""

from typing import Final

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

#: A slot that sends so many at a time is given twice as many: there is always one more to send.
_AHEAD: Final = 2


class SiteQueue(DownloaderAwarePriorityQueue):
    """Gives out no more of a site than can be sent soon.

    Scrapy's own prefers sites with little under way, but whenever only a waiting site has requests
    they fill the downloader (CONCURRENT_REQUESTS), and what other sites then find has no
    room until the wait is over.
    """

    def pop(self) -> Request | None:
        """The next request; None while all sites that have one have enough under way."""
        slots = self.crawler.engine.downloader.slots
        for name in self.pqueues:
            slot = slots.get(name)
            if slot is None or len(slot.active) < _AHEAD * slot.concurrency:
                return super().pop()
        return None
