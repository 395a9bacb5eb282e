"""Which records go with an article, wherever they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaning.error import OutputError
from cleaning.identity import article_id
from cleaning.page import Lead, WarcPlace
from crawler.archive import ArchiveWriter, Evidence, Exchange, read_archive
from crawler.archive_purge import plan_archive, purge_file
from crawler.purge_target import Targets

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
URL = "https://courier.example/2026/03/story"
TARGETS = Targets(reasons={article_id(URL): None})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs, the first one in two files."""
    with ArchiveWriter(tmp_path, "run-1", 1) as archive:
        first = archive.write(exchange(URL, lead=Lead(url=URL, via="feed", at=AT)))
        archive.write(exchange("https://courier.example/?part=2", continues=first))
    with ArchiveWriter(tmp_path, "run-2") as archive:
        archive.write(exchange("https://courier.example/other"))
        archive.write(exchange("https://courier.example/moved", redirected_from=(f"{URL}/amp/",)))
        archive.write(exchange("http://www.courier.example/2026/03/story/?utm_source=x"))
    return tmp_path


def exchange(url: str, **evidence: object) -> Exchange:
    known = Evidence(**evidence)  # type: ignore[arg-type]  # as each test gives it
    return Exchange(
        url=url,
        status=200,
        response_headers=((b"Content-Type", b"text/html"),),
        body=b"<p>Text</p>",
        fetched_at=AT,
        evidence=known,
    )


def urls(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.warc.gz")):
        yield from (archived.url for archived in read_archive(path))


def test_further_pages_redirects_and_other_spellings_go_too(folder: Path) -> None:
    plan = plan_archive(sorted(folder.glob("*.warc.gz")), TARGETS)
    assert {path.name: len(spans) for path, spans in plan.spans.items()} == {
        "run-1-00001.warc.gz": 3,
        "run-1-00002.warc.gz": 3,
        "run-2-00001.warc.gz": 6,
    }
    for path, spans in plan.last_first():
        purge_file(path, spans, AT)
    assert list(urls(folder)) == ["https://courier.example/other"]
    assert plan_archive(sorted(folder.glob("*.warc.gz")), TARGETS).spans == {}


def test_a_further_page_is_still_found_when_the_purge_was_killed_before_it(folder: Path) -> None:
    """The first page, by which it is known, goes last."""
    plan = plan_archive(sorted(folder.glob("*.warc.gz")), TARGETS)
    assert [path.name for path, _ in plan.last_first()][-1] == "run-1-00001.warc.gz"
    path, spans = next(plan.last_first())
    purge_file(path, spans, AT)
    again = plan_archive(sorted(folder.glob("*.warc.gz")), TARGETS)
    assert [path.name for path in again.spans] == ["run-1-00001.warc.gz", "run-1-00002.warc.gz"]


def test_a_place_tells_what_no_url_does(folder: Path) -> None:
    place = next(one.place for one in read_archive(folder / "run-2-00001.warc.gz"))
    assert isinstance(place, WarcPlace)
    targets = Targets(reasons={}, places=frozenset({(place.file, place.offset)}))
    plan = plan_archive(sorted(folder.glob("*.warc.gz")), targets)
    assert {path.name: len(spans) for path, spans in plan.spans.items()} == {
        "run-2-00001.warc.gz": 3
    }


def test_a_file_that_cannot_be_written_stays(folder: Path) -> None:
    path = folder / "run-1-00001.warc.gz"
    before = path.read_bytes()
    spans = plan_archive([path], TARGETS).spans[path]
    short = [spans[0]._replace(end=spans[0].start + 20)]
    with pytest.raises(OutputError, match="no record has 20 bytes"):
        purge_file(path, short, AT)
    assert path.read_bytes() == before
    assert not list(folder.glob("*.part"))
