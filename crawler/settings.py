"""Every Scrapy setting that copydesk changes, each with its reason.

Settings of our own begin with COPYDESK_. All of them can be set with `-s NAME=VALUE`.
"""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent

BOT_NAME = "copydesk"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

# --- copydesk's own -----------------------------------------------------------------------------

#: Where records, refusals, audit files, archive, ledger and run summaries go.
COPYDESK_OUTPUT = str(_ROOT / "output")
#: Where articles are archived as WARC, in COPYDESK_OUTPUT or absolute; empty switches it off.
COPYDESK_ARCHIVE = "archive"
#: Megabytes (millions of bytes) that a file of the archive may have before the next is begun.
COPYDESK_ARCHIVE_MAX_MB = 1_000
#: Records, megabytes (millions of bytes) or seconds of age at which what is written is sealed.
COPYDESK_SEGMENT_RECORDS = 10_000
COPYDESK_SEGMENT_MB = 64
COPYDESK_SEGMENT_SECONDS = 300
#: How segments are compressed: not at all, `gz` or `zst`.
COPYDESK_SEGMENT_PACKING = ""
#: The folder of site declarations; `-a sites=DIR` overrides it for one run.
COPYDESK_SITES = str(_ROOT / "crawler" / "sites")
#: What becomes of a copy of a published article: `label` says of what, `drop` leaves it out.
COPYDESK_DUPLICATES = "label"
#: Days for which texts are remembered, to know altered copies and what updates change; 0: for ever.
COPYDESK_NEAR_DAYS = 30
#: Days for which it is remembered what happened to a URL, for `scrapy why`; 0: for ever.
COPYDESK_HISTORY_DAYS = 90
#: Days after which articles and URLs that no run has seen again are forgotten; 0: never.
COPYDESK_MEMORY_DAYS = 0
#: Hours after which an article is visited again, counted from when it was new or last changed.
COPYDESK_REVISIT_HOURS = "1 3 8 24 72 168"
#: Hours for which a feed, sitemap or section that never changes is left alone at most.
COPYDESK_MAX_SOURCE_HOURS = 24
#: Days after which leads are given up that no run has got round to.
COPYDESK_LEAD_DAYS = 30
#: Whether a run ends with a page about itself, `runs/RUN.html`. Off: `scrapy report` makes it of
#: any run at any time, and a run every half hour would leave some 17,000 of them a year.
COPYDESK_REPORT = False
#: Worker processes that clean pages; 0 cleans in Scrapy's own process, for debugging.
COPYDESK_WORKERS = os.cpu_count() or 1
#: Seconds that cleaning one page may take; the worst real page takes half a second.
COPYDESK_CLEAN_TIMEOUT = 10
#: Megabytes of address space that a worker may use.
COPYDESK_CLEAN_MEMORY_MB = 1536
#: The Chromium that pages of sites with `render = true` are built by: a path or a command; empty:
#: Playwright's own, else `chromium`.
COPYDESK_CHROMIUM = ""
#: Whom a site's owner can ask about the crawler: a URL or an e-mail address.
COPYDESK_CONTACT = ""

#: Pages, feeds and sitemaps that a run takes of one site at most; 0: no limit, as for the next two.
COPYDESK_MAX_PAGES = 5_000
#: Steps from a feed, sitemap, section or list at most; Scrapy's DEPTH_LIMIT knows no sites.
COPYDESK_MAX_DEPTH = 20
#: Minutes that a run spends on one site at most.
COPYDESK_MAX_MINUTES = 60
#: Seconds to wait after a 429 or 503 without Retry-After; each further one doubles them.
COPYDESK_BACKOFF = 5
#: Seconds of the longest such wait; a site that asks for more is left alone for the run.
COPYDESK_MAX_WAIT = 600
#: Share of a run's pages, from 10 on, that may fail to be fetched before its exit code is 3.
COPYDESK_MAX_FAILURES = 0.5
#: Captchas, consent walls and empty applications in a row, after which a site is left alone for the
#: run; 0: no limit.
COPYDESK_MAX_SOFT_BLOCKS = 5

# --- who we are, and manners --------------------------------------------------------------------

# One honest name; `crawler.addon` adds COPYDESK_CONTACT to it.
USER_AGENT = "copydesk/0.1"
# Off by default in Scrapy; a crawler that runs unattended obeys.
ROBOTSTXT_OBEY = True
# A news site is read, not raced: one request a second and site unless its TOML says otherwise.
DOWNLOAD_DELAY = 1.0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
CONCURRENT_REQUESTS = 32
# Slow answers make the site's delay longer. Done by `crawler.middlewares.pace`: Scrapy's extension
# has one least delay for all sites, below which it goes whatever a site's TOML or robots.txt say.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
# Scrapy's without 429 and 503, after which `crawler.middlewares.pace` waits before it asks again.
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
# A site that waits must not make others wait.
SCHEDULER_PRIORITY_QUEUE = "crawler.site_queue.SiteQueue"
# First in, first out: sources name the newest first, and a budget may not last for all.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
# Of one response, of which a page is all: Scrapy starts so many tasks for each response, and its
# 100 take a third of the time that fetching takes.
CONCURRENT_ITEMS = 1
# Sessions would make pages depend on the order of requests.
COOKIES_ENABLED = False
# Leaks nothing of one site to another.
REFERRER_POLICY = "same-origin"

# --- limits: Scrapy's defaults allow 1 GiB, 3 minutes and 20 redirects ---------------------------

# Of a body as sent, and again of each decompression of it.
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
# What is over the limit is refused and counted; what is under it needs no warning.
DOWNLOAD_WARNSIZE = 0
# Seconds for the whole exchange, from the look-up of the host to the last byte.
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5

# --- doors that stay shut -----------------------------------------------------------------------

# Both open a local port on which code can be run, and are on by default in 2.19.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# A link or redirect must never read a local file or a foreign store.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    # Only to public addresses, and those that a site's TOML allows; the answers of DNS are checked.
    "http": "crawler.download.GuardedHandler",
    "https": "crawler.download.GuardedHandler",
}
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"
# Off by default in Scrapy; unverified news is no news. A site's TOML may say otherwise.
DOWNLOAD_VERIFY_CERTIFICATES = True

# --- the way of the data ------------------------------------------------------------------------

ADDONS = {"crawler.addon.CopydeskAddon": 500}

DOWNLOADER_MIDDLEWARES = {
    # before all others, so that nothing is asked on behalf of what is refused
    "crawler.middlewares.guard.GuardMiddleware": 45,
    # before robots.txt (100), whose own request needs the site's proxy too
    "crawler.middlewares.site.SiteMiddleware": 50,
    # in place of Scrapy's, which fetches on where a robots.txt cannot be had
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # what robots.txt forbids costs nothing
    "crawler.middlewares.budget.BudgetMiddleware": 110,
    # in place of Scrapy's, which takes a body that was cut short for the whole
    "crawler.middlewares.compression.CompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # after redirects are resolved, so that the URL asked for is the one remembered
    "crawler.middlewares.validators.ValidatorMiddleware": 650,
    # sees every answer before it is taken for a page or a failure
    "crawler.middlewares.pace.PaceMiddleware": 880,
    # next to the downloader: what it makes of a page is what is archived
    "crawler.middlewares.render.RenderMiddleware": 895,
    # it archives bodies as sent, before compression (590) unpacks them
    "crawler.middlewares.archive.ArchiveMiddleware": 890,
}
ITEM_PIPELINES = {
    "crawler.pipelines.clean.CleanPipeline": 100,
    "crawler.pipelines.soft_block.SoftBlockPipeline": 150,
    "crawler.pipelines.compare.ComparePipeline": 200,
    "crawler.pipelines.publish.PublishPipeline": 300,
}
EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.extensions.heap.Heap": 50,
    "crawler.extensions.progress.Progress": 100,
    "crawler.extensions.tally.Tally": 800,
    "crawler.extensions.summary.Summary": 900,
    # reads what the summary has written
    "crawler.extensions.report.Report": 950,
}

# --- what people see ----------------------------------------------------------------------------

LOG_LEVEL = "INFO"
# The summary is the last word; `runs/RUN.json` keeps the stats.
STATS_DUMP = False
LOG_FORMATTER = "crawler.logformatter.QuietLogFormatter"
# `-O` and FEEDS: readable letters, and yesterday's file stays when nothing was new.
FEED_EXPORT_ENCODING = "utf-8"
FEED_STORE_EMPTY = False
