"""Forgetting what a real crawl has published and archived, by real commands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk import contents_below

from cleaning.read import read
from crawler.verifying import verify

FORGOTTEN = "/culture/the-lamplighters-of-anvil-lane.html"
KEPT = "/harbour/tidal-bridge-closes-for-winter.html"
#: Of its first page, its second, and the page that is kept.
SENTENCES = (b"drew lots for the evenings", b"A gas lamp hums", b"policy does not cover")


def test_an_article_of_two_pages_is_gone_and_stays_so(
    courier: Any, tmp_path: Path, scrapy: Callable[..., Any]
) -> None:
    def found() -> list[bool]:
        files = [data for _, data in contents_below(courier.output)]
        return [any(sentence in data for data in files) for sentence in SENTENCES]

    wanted = tmp_path / "list.txt"
    wanted.write_text("".join(f"http://newsroom.example{path}\n" for path in (FORGOTTEN, KEPT)))
    here = ("-s", f"COPYDESK_OUTPUT={courier.output}", "-s", "COPYDESK_WORKERS=0")
    given = ("-a", f"file={wanted}", "-a", f"sites={courier.sites}", "-a", "revisit=all", *here)
    assert scrapy("crawl", "urls", *given).returncode == 0
    assert len(list(read(courier.output))) == 2
    assert found() == [True, True, True]
    url = f"http://newsroom.example{FORGOTTEN}"
    process = scrapy("forget", url, "--purge", "--reason", "asked for", *here)
    assert process.returncode == 0, process.stderr
    assert found() == [False, False, True]
    courier.newsroom.requests.clear()
    assert scrapy("crawl", "urls", *given).returncode == 0
    paths = {request.path for request in courier.newsroom.requests}
    assert KEPT in paths
    assert FORGOTTEN not in paths
    faults: list[str] = []
    verify(courier.output, faults.append, id)
    assert faults == []
    stones = [one for one in read(courier.output) if one.text is None]
    assert [one.version for one in stones] == [1, 2]
    assert {one.access.evidence for one in stones} == {("forgotten", "asked for")}
