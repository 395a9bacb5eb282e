"""Fetches the articles of a list.

scrapy crawl urls -a file=PATH          one URL a line; empty lines and lines with # are passed over
scrapy crawl urls -a file=PATH -a revisit=all
                                        those too that are known and not due
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.settings import BaseSettings

from cleaning.article import Refusal
from cleaning.error import InputError, LedgerError
from cleaning.page import Lead
from cleaning.timestamp import format_timestamp
from crawler.discovery.link import absolute
from crawler.spiders.article import ArticleSpider, asks_again
from crawler.stopping import stop_crawl


class UrlsSpider(ArticleSpider):
    """Asks for each URL that is new or due; lines that are no URL are refused."""

    name = "urls"
    # The list says how much is wanted; a site's TOML may still say less.
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # Scrapy declares it wider
        "COPYDESK_MAX_PAGES": 0,
        "COPYDESK_MAX_MINUTES": 0,
    }

    def __init__(
        self, file: str | None = None, sites: str | None = None, revisit: str | None = None
    ) -> None:
        """Take the arguments of the command line.

        Args:
            file: the list, UTF-8, one URL a line.
            sites: a folder of site declarations, for rules and proxies.
            revisit: `all` to ask for each URL, whatever is known of it.

        Raises:
            ArgumentError: `revisit` is something else.
        """
        super().__init__()
        self.again = asks_again(revisit)
        self.file = file
        self.folder = sites
        self.lines: list[str] = []

    def prepare(self, settings: BaseSettings) -> None:
        """Read the list."""
        super().prepare(settings)
        if not self.file:
            raise InputError("urls: no list is given; add -a file=PATH, one URL a line")
        self.lines = _read_lines(Path(self.file))

    async def start(self) -> AsyncIterator[Request | Refusal]:
        """Ask for each line's URL."""
        now = datetime.now(UTC)
        leads = []
        for line in self.lines:
            url = absolute("", line)
            if url is None:
                yield self._refused_line(line, now)
            else:
                self.crawler.stats.inc_value("copydesk/lead/list")
                leads.append(Lead(url=url, via="list", at=now, source_url=self.file))
        try:
            due = self._due(leads, now)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
            return
        for lead in due:
            yield self.article_request(lead)

    def _due(self, leads: Sequence[Lead], now: datetime) -> list[Lead]:
        """The leads to ask for now, with all that is known of them; all are in the ledger then."""
        named = ((self.site_name(lead.url), lead) for lead in leads)
        known = self.ledger.discover(named, now, again=self.again)
        if known:
            self.crawler.stats.inc_value("copydesk/passed_over/known", known)
        waiting = ((lead.url, self.ledger.waiting(lead.url)) for lead in leads)
        return [
            replace(found.lead, url=url)
            for url, found in waiting
            if found and found.due <= now.timestamp()
        ]

    def _refused_line(self, line: str, now: datetime) -> Refusal:
        return Refusal(
            url=line,
            requested_url=line,
            reason="bad-url",
            detail="not an http or https URL",
            stage="fetch",
            at=format_timestamp(now),
            status=None,
            warc=None,
            run_id=self.settings["COPYDESK_RUN_ID"],
            spider=self.name,
        )


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text; give a list of URLs, one a line") from error
    lines = [line.strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    if not wanted:
        raise InputError(f"{path}: holds no URL; give one a line")
    return wanted
