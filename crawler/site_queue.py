"""Scheduler queue that leaves room for other sites while one is slow, and time for cleaning."""

from typing import Final

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue

#: A slot that sends so many at a time is given twice as many: there is always one more to send.
_AHEAD: Final = 2
#: Pages for each worker that may wait to be cleaned: enough to keep it busy. What is fetched and
#: not published when a run is killed is fetched again.
_WAITING: Final = 4


class SiteQueue(DownloaderAwarePriorityQueue):
    """Gives out no more of a site than can be sent soon, and no more than can be cleaned soon.

    Scrapy's own prefers sites with little under way, but whenever only a waiting site has requests
    they fill the downloader (CONCURRENT_REQUESTS), and what other sites then find has no
    room until the wait is over.
    """

    def pop(self) -> Request | None:
        """The next request; None while all sites that have one, or the workers, have enough."""
        scraper = self.crawler.engine.scraper.slot
        if scraper is not None and len(scraper.active) >= self._most_waiting:
            return None
        slots = self.crawler.engine.downloader.slots
        for name in self.pqueues:
            slot = slots.get(name)
            if slot is None or len(slot.active) < _AHEAD * slot.concurrency:
                return super().pop()
        return None

    @property
    def _most_waiting(self) -> int:
        return _WAITING * max(2, self.crawler.settings.getint("COPYDESK_WORKERS"))
