"""Extension: when a run has ended, makes its report, `runs/RUN.html`."""

import logging
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.command_line import say
from crawler.report.gathering import Scope
from crawler.report.writing import report_path, write_report
from crawler.spiders.article import require_article_spider

logger = logging.getLogger(__name__)

_FAILED = "copydesk/report_failed"


class Report:
    """Place it behind `Summary`, whose file it reads. Whatever fails here fails no run.

    Settings: COPYDESK_REPORT.
    Stats: `copydesk/report_failed`.
    """

    def __init__(self, crawler: Crawler, output: Path, run_id: str) -> None:
        """Take the crawler, and where the run's files are."""
        self._crawler = crawler
        self._output = output
        self._run_id = run_id

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT.

        Raises:
            NotConfigured: COPYDESK_REPORT is off.
        """
        settings = crawler.settings
        if not settings.getbool("COPYDESK_REPORT"):
            raise NotConfigured
        require_article_spider(crawler)
        report = cls(crawler, Path(settings["COPYDESK_OUTPUT"]), settings["COPYDESK_RUN_ID"])
        crawler.signals.connect(report.spider_closed, signals.spider_closed)
        return report

    def spider_closed(self) -> None:
        """Make it."""
        path = report_path(self._output, self._run_id)
        try:
            write_report(self._output, Scope(run=self._run_id), path)
        except Exception as error:  # noqa: BLE001  (the records are safe; a page about them is less)
            self._crawler.stats.inc_value(_FAILED)
            logger.error("no report was made; scrapy report makes it later: %s", error)  # noqa: TRY400  (a line is enough)
        else:
            say(f"{'report':>10}: {path}")
