"""Imported by the fork server before it forks its first worker.

What cleaning loads with its first page (language profiles, date tables) is loaded here, once for
all workers; and no worker loads it while a page holds most of the memory that it may use.
"""

from datetime import UTC, datetime

from cleaning.clean import clean
from cleaning.page import Page

_SAMPLE = """<html><head><title>The ferry is late</title></head><body><article>
<p class="date">Published on 3 May</p>
<p>The ferry to the islands left the quay an hour late on Monday, the harbour master said.</p>
<p>Forty passengers waited in the rain, among them a choir that sang until the ramp came down.</p>
</article></body></html>"""
_URL = "https://example.org/ferry"

clean(
    Page(
        url=_URL,
        requested_url=_URL,
        body=_SAMPLE.encode(),
        fetched_at=datetime(2026, 5, 4, tzinfo=UTC),
    )
)
