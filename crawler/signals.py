"""Signals of our own, sent through `crawler.signals` beside Scrapy's."""

#: A feed, sitemap or section could not be read; `site`: the domain of the site that declares it.
source_failed = object()
