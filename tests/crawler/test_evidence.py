"""What led to a page, beside its response in the archive: written, read back, and mistrusted."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from cleaning.error import InputError
from cleaning.page import Lead, Sighting, WarcPlace
from crawler.archive import Archived, ArchiveWriter, Evidence, Exchange, read_archive, read_response
from crawler.evidence import decode_evidence, encode_evidence

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
URL = "https://harbour.example/ferry"
LEAD = Lead(
    url="https://harbour.example/?p=7",
    via="feed",
    at=AT,
    source_url="https://harbour.example/feed.xml",
    title="Färjan “går” 🚢\nklockan tolv",
    summary="<p>As it stood</p>",
    published="Wed, 4 Mar 2026 05:00:00 GMT",
    authors=("Ines Calder", "Åke Öst"),
    language="sv",
    tags=("hamn", "färja"),
    also=(Sighting(via="sitemap", at=AT, published="2026-03-04"), Sighting(via="section", at=AT)),
)
FOUND = [
    Evidence(),
    Evidence(lead=LEAD),
    Evidence(lead=Lead(url=URL, via="list", at=AT, title="half a pair: \ud83d")),
    Evidence(lead=LEAD, redirected_from=("https://harbour.example/?p=7", "https://a.example/")),
    Evidence(continues=WarcPlace(file="run-00001.warc.gz", offset=71)),
]


def _exchange(evidence: Evidence | None, number: int = 0, url: str = URL) -> Exchange:
    return Exchange(
        url=f"{url}{number}",
        status=200,
        response_headers=((b"Content-Type", b"text/html"),),
        body=b"<p>The ferry leaves at noon, for the %dth time.</p>" % number,
        fetched_at=AT,
        evidence=evidence,
    )


def _archive(folder: Path, found: list[Evidence | None]) -> Path:
    with ArchiveWriter(folder, "run") as writer:
        for number, evidence in enumerate(found):
            writer.write(_exchange(evidence, number))
    return folder / "run-00001.warc.gz"


@pytest.mark.parametrize("evidence", FOUND)
def test_evidence_comes_back(evidence: Evidence) -> None:
    encoded = encode_evidence(evidence)
    assert encoded.isascii()
    assert decode_evidence(encoded) == evidence


@pytest.mark.parametrize("unpacked", [False, True])
def test_it_is_read_in_one_pass_and_by_offset(tmp_path: Path, *, unpacked: bool) -> None:
    """Beside responses that have none, gzipped or not."""
    found = [*FOUND, None, FOUND[1], None]
    path = _archive(tmp_path, found)
    if unpacked:
        path.write_bytes(gzip.decompress(path.read_bytes()))
    read = list(read_archive(path))
    assert [archived.evidence for archived in read] == found
    assert [read_response(path, archived.place.offset) for archived in read] == read
    assert read[3].requested_url == "https://harbour.example/?p=7"
    assert read[1].requested_url == read[1].url


def test_a_very_long_url_hides_nothing(tmp_path: Path) -> None:
    """It stands in the headers before what is looked for."""
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_exchange(FOUND[1], url=URL + "?" + "q" * 8000))
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert archived.evidence == FOUND[1]


def test_other_readers_find_a_metadata_record(tmp_path: Path) -> None:
    """After the response, which it names; its digest is right."""
    path = _archive(tmp_path, [FOUND[1]])
    records = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            headers = record.rec_headers
            records.append((record.rec_type, headers, record.content_stream().read()))
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "metadata", "request"]
    response, (_, metadata, block), request = records[1:]
    own_id = response[1].get_header("WARC-Record-ID")
    assert metadata.get_header("WARC-Concurrent-To") == own_id
    assert request[1].get_header("WARC-Concurrent-To") == own_id
    assert metadata.get_header("Content-Type") == "application/json"
    assert metadata.get_header("WARC-Target-URI") == f"{URL}0"
    assert metadata.get_header("WARC-Date") == response[1].get_header("WARC-Date")
    told = json.loads(block)
    assert told["format"] == "copydesk-evidence/1"
    assert told["lead"]["title"] == LEAD.title


GIVEN = json.loads(encode_evidence(FOUND[1]))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\xff\xfe",
        b"fetchTimeMs: 71\r\nvia: http://a.example/\r\n",
        b"[" * 100_000,
        b"[]",
        b'{"lead": null}',
        json.dumps(GIVEN | {"format": "copydesk-evidence/2"}).encode(),
        json.dumps(GIVEN | {"lead": "https://a.example/"}).encode(),
        json.dumps(GIVEN | {"lead": GIVEN["lead"] | {"via": "dream"}}).encode(),
        json.dumps(GIVEN | {"lead": GIVEN["lead"] | {"at": "2026-03-04T05:06:07"}}).encode(),
        json.dumps(GIVEN | {"lead": GIVEN["lead"] | {"at": "soon"}}).encode(),
        json.dumps(GIVEN | {"lead": {"url": "https://a.example/"}}).encode(),
        json.dumps(GIVEN | {"redirected_from": [7]}).encode(),
        json.dumps(GIVEN | {"continues": {"file": "a"}}).encode(),
    ],
)
def test_what_is_not_ours_is_no_evidence(block: bytes) -> None:
    """Metadata of other crawlers, and what only looks like ours."""
    assert decode_evidence(block) is None


def test_fields_that_are_not_known_yet_are_passed_over() -> None:
    """A later version may add some."""
    assert decode_evidence(json.dumps(GIVEN | {"mood": "fair"}).encode()) == FOUND[1]


def _of_another_response(metadata: bytes) -> bytes:
    return metadata.replace(b"WARC-Concurrent-To: <urn:uuid:", b"WARC-Concurrent-To: <urn:uuid:0")


def _of_another_kind(metadata: bytes) -> bytes:
    return metadata.replace(b"WARC-Type: metadata", b"WARC-Type: resource")


@pytest.mark.parametrize("change", [_of_another_response, _of_another_kind])
def test_only_the_metadata_of_the_response_count(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = _archive(tmp_path, [FOUND[1]])
    path.write_bytes(change(gzip.decompress(path.read_bytes())))
    (archived,) = read_archive(path)
    assert archived.evidence is None


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_tail_that_is_torn_off_costs_what_is_torn(tmp_path: Path, share: float) -> None:
    """A response that is whole is given even where its evidence is not; then the damage is said."""
    path = _archive(tmp_path, [FOUND[1], FOUND[1]])
    data = path.read_bytes()
    starts = [at for at in range(len(data)) if data.startswith(b"\x1f\x8b\x08", at)]
    # The members are warcinfo, then response, metadata, request for each of the two.
    start, end = starts[5], starts[6]
    path.write_bytes(data[: start + int((end - start) * share)])
    read: list[Archived] = []
    if share:
        with pytest.raises(InputError, match=f"damaged at byte {start}: the record breaks off"):
            read.extend(read_archive(path))
    else:
        read.extend(read_archive(path))
    assert [archived.evidence for archived in read] == [FOUND[1], None]
    assert read_response(path, starts[4]) == read[1]
