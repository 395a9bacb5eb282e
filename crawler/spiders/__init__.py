"""Spiders: `news` crawls declared sites, `urls` a list of URLs, `archive` replays WARC files."""
