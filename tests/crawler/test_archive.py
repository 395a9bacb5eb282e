"""Archives: written and read back, damaged, cut short, and left behind by a killed process."""

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from warcio.archiveiterator import ArchiveIterator

from cleaning.error import InputError, OutputError
from crawler.archive import Archived, ArchiveWriter, Exchange, read_archive, read_response
from crawler.http_message import MAX_BODY

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FETCHED_AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
HTML = b"<html><title>Tide tables</title><p>High water at noon.</p></html>"
HTML_TYPE = (b"Content-Type", b"text/html; charset=utf-8")


def _an_exchange(
    number: int = 0,
    body: bytes = HTML,
    headers: tuple[tuple[bytes, bytes], ...] = (HTML_TYPE,),
    status: int = 200,
) -> Exchange:
    return Exchange(
        url=f"https://harbour.example/{number}?q=1",
        request_headers=((b"User-Agent", b"copydesk"), (b"Cookie", b"secret=1")),
        status=status,
        response_headers=headers,
        body=body,
        fetched_at=FETCHED_AT + timedelta(seconds=number),
    )


def _an_archive(folder: Path, count: int = 4) -> Path:
    with ArchiveWriter(folder, "run") as writer:
        for number in range(count):
            writer.write(_an_exchange(number, body=b"<p>%d</p>" % number * 500))
    return folder / "run-00001.warc.gz"


def _offsets_of(path: Path) -> list[int]:
    return [archived.place.offset for archived in read_archive(path)]


def _read_until_damage(path: Path) -> tuple[list[str], str]:
    urls: list[str] = []
    with pytest.raises(InputError) as raised:
        urls.extend(archived.url for archived in read_archive(path))
    return urls, str(raised.value)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """URLs, dates, bodies and places come back, in order and by offset."""
    with ArchiveWriter(tmp_path / "new" / "folder", "run") as writer:
        places = [writer.write(_an_exchange(number)) for number in range(3)]
    path = tmp_path / "new" / "folder" / "run-00001.warc.gz"
    read = list(read_archive(path))
    assert [archived.place for archived in read] == places
    assert [archived.url for archived in read] == [_an_exchange(n).url for n in range(3)]
    assert [archived.fetched_at for archived in read] == [
        FETCHED_AT + timedelta(seconds=n) for n in range(3)
    ]
    assert {archived.body for archived in read} == {HTML}
    assert [read_response(path, place.offset) for place in places] == read


def test_records_are_what_warcio_reads_too(tmp_path: Path) -> None:
    """Another reader finds WARC 1.1 records with right digests."""
    path = _an_archive(tmp_path, count=2)
    kinds = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            kinds.append(record.rec_type)
            assert record.rec_headers.protocol == "WARC/1.1"
            record.content_stream().read()
    assert kinds == ["warcinfo", "response", "request", "response", "request"]


def test_each_record_is_a_gzip_member_and_names_its_pair(tmp_path: Path) -> None:
    """The headers that replay and audit rely on are there, cookies are not."""
    path = _an_archive(tmp_path, count=1)
    data = path.read_bytes()
    texts = []
    while data:
        inflator = zlib.decompressobj(31)
        texts.append(inflator.decompress(data).decode())
        data = inflator.unused_data
    response, request = texts[1:]
    response_id = next(line for line in response.split("\r\n") if line.startswith("WARC-Record-ID"))
    assert response_id.replace("Record-ID", "Concurrent-To") in request
    assert "WARC-Identified-Payload-Type: text/html\r\n" in response
    assert "WARC-Payload-Digest: sha1:" in response
    assert "WARC-Date: 2026-03-04T05:06:07.891011Z\r\n" in response
    assert "\r\n\r\nGET /0?q=1 HTTP/1.1\r\nHost: harbour.example\r\n" in request
    assert "secret" not in request


def test_files_are_rotated_by_size_and_never_taken_over(tmp_path: Path) -> None:
    """No file outgrows the limit, and one that is there is left alone."""
    one = len(_an_archive(tmp_path / "measure", count=1).read_bytes())
    (tmp_path / "run-00002.warc.gz").write_bytes(b"of another process")
    with ArchiveWriter(tmp_path, "run", max_bytes=2 * one) as writer:
        places = [writer.write(_an_exchange(n, body=b"<p>%d</p>" % n * 500)) for n in range(5)]
    files = sorted(path.name for path in tmp_path.glob("*.gz"))
    assert {place.file for place in places} == set(files) - {"run-00002.warc.gz"}
    assert len(files) > 2
    assert all((tmp_path / name).stat().st_size <= 2 * one for name in files)
    assert (tmp_path / "run-00002.warc.gz").read_bytes() == b"of another process"


def test_rotated_files_are_whole_and_places_right(tmp_path: Path) -> None:
    """No exchange is spread over two files, and each is where its place says; a large one too."""
    sizes = [300, 900, 5_000, 200, 200, 200, 20_000, 10]
    bodies = [Random(size).randbytes(size) for size in sizes]  # noqa: S311
    with ArchiveWriter(tmp_path, "run", max_bytes=6_000) as writer:
        places = [writer.write(_an_exchange(n, body)) for n, body in enumerate(bodies)]
    files = sorted(tmp_path.glob("*.warc.gz"))
    assert [place.file for place in places] == sorted(place.file for place in places)
    assert {place.file for place in places} == {path.name for path in files}
    assert len(files) > 3
    assert [one.sent for path in files for one in read_archive(path)] == bodies
    for number, place in enumerate(places):
        archived = read_response(tmp_path / place.file, place.offset)
        assert (archived.url, archived.sent) == (_an_exchange(number).url, bodies[number])
    for path in files:
        with path.open("rb") as file:
            kinds = [record.rec_type for record in ArchiveIterator(file)]
        assert kinds[0] == "warcinfo"
        assert kinds[1:] == ["response", "request"] * (len(kinds) // 2)
        # Beyond the limit goes only what would not fit into any file.
        assert path.stat().st_size <= 6_000 or len(kinds) == 3


def test_a_dead_run_leaves_a_torn_tail_in_its_last_file_alone(tmp_path: Path) -> None:
    """Kill -9 or a power cut: earlier files are whole, and the last one up to the damage."""
    with ArchiveWriter(tmp_path, "run", max_bytes=3_000) as writer:
        places = [
            writer.write(_an_exchange(number, Random(number).randbytes(500)))  # noqa: S311
            for number in range(14)
        ]
    *whole, last = sorted(tmp_path.glob("*.warc.gz"))
    in_last = [place.offset for place in places if place.file == last.name]
    assert len(in_last) > 1
    last.write_bytes(last.read_bytes()[: in_last[-1] + 200])
    assert len([one for path in whole for one in read_archive(path)]) == 14 - len(in_last)
    urls, message = _read_until_damage(last)
    assert urls == [_an_exchange(14 - len(in_last) + n).url for n in range(len(in_last) - 1)]
    assert f"damaged at byte {in_last[-1]}: the record breaks off" in message
    # The next run begins a file of its own.
    with ArchiveWriter(tmp_path, "run-2") as writer:
        assert writer.write(_an_exchange()).file == "run-2-00001.warc.gz"


def test_nothing_is_made_before_the_first_exchange(tmp_path: Path) -> None:
    """A run that fetches nothing leaves no empty archive."""
    with ArchiveWriter(tmp_path / "archive", "run"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error names the folder, the page and the setting."""
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match=r"taken: cannot archive https://.*COPYDESK_ARCHIVE"):
        ArchiveWriter(tmp_path / "taken", "run").write(_an_exchange())


def _chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (9, body[:9], len(body) - 9, body[9:])


def _raw_deflate(body: bytes) -> bytes:
    deflator = zlib.compressobj(wbits=-15)
    return deflator.compress(body) + deflator.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", gzip.compress(HTML, mtime=0)),
        (b"x-gzip", gzip.compress(HTML, mtime=0)),
        (b"GZIP", gzip.compress(HTML, mtime=0)),
        (b"gzip", gzip.compress(HTML[:20], mtime=0) + gzip.compress(HTML[20:], mtime=0)),
        (b"gzip", gzip.compress(HTML, mtime=0) + b"\x00\x00 trailing"),
        (b"deflate", zlib.compress(HTML)),
        (b"deflate", _raw_deflate(HTML)),
        (b"br", brotli.compress(HTML)),
        (b"zstd", zstd.compress(HTML)),
        (b"deflate, gzip", gzip.compress(zlib.compress(HTML), mtime=0)),
        (b"gzip", HTML),
        (b"identity", HTML),
        (b"br", HTML),
        (b"deflate", HTML),
        (b"zstd", HTML),
        (b"rot13", HTML),
        (b"", HTML),
    ],
)
def test_content_codings_are_undone(tmp_path: Path, coding: bytes, body: bytes) -> None:
    """Each coding decodes; a body that only claims one is left as it is."""
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_an_exchange(body=body, headers=(HTML_TYPE, (b"Content-Encoding", coding))))
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert archived.body == HTML
    assert archived.is_html


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (b"gzip", gzip.compress(bytes(MAX_BODY + 9), compresslevel=1, mtime=0)),
        (b"br", brotli.compress(bytes(MAX_BODY + 9), quality=1)),
        (b"zstd", zstd.compress(bytes(MAX_BODY + 9))),
        (b"deflate", zlib.compress(bytes(MAX_BODY + 9), 1)),
        (b"identity", bytes(MAX_BODY + 9)),
    ],
)
def test_a_bomb_is_cut_and_said_so(tmp_path: Path, coding: bytes, body: bytes) -> None:
    """At most MAX_BODY bytes come out of any body, and the next record is unharmed."""
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_an_exchange(body=body, headers=((b"Content-Encoding", coding),)))
        writer.write(_an_exchange(1))
    bomb, after = read_archive(tmp_path / "run-00001.warc.gz")
    assert bomb.oversize
    assert len(bomb.body) == MAX_BODY
    assert not after.oversize


def test_a_body_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """The server's own truncation costs the tail alone."""
    body = bytes(range(256)) * 800
    cut = gzip.compress(body, compresslevel=0, mtime=0)[:-5000]
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_an_exchange(body=cut, headers=((b"Content-Encoding", b"gzip"),)))
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert len(archived.body) > len(body) - 70_000
    assert body.startswith(archived.body)


def test_headers_survive_as_sent(tmp_path: Path) -> None:
    """Repeated, empty and non-ASCII headers come back; chunking is not claimed."""
    headers = (
        (b"Link", b"</a>; rel=next"),
        (b"X-Place", "Malmö".encode("latin-1")),
        (b"LINK", b"</b>; rel=prev"),
        (b"X-UTF8", "ö".encode()),
        (b"Transfer-Encoding", b"_chunked"),
        (b"X-Empty", b""),
    )
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_an_exchange(headers=headers))
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert archived.headers == {
        "link": "</a>; rel=next, </b>; rel=prev",
        "x-place": "Malmö",
        "x-utf8": "Ã¶",
        "x-empty": "",
    }


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html", b"<p>", True),
        ("Text/HTML; charset=x", b"no tag first", True),
        ("application/xhtml+xml", b"<?xml?>", True),
        ("text/html", "<p>Å".encode("utf-16"), True),
        (None, b" \n<p>", True),
        (None, b"plain", False),
        ("text/plain", b"<p>", False),
        ("application/json", b"{}", False),
        ("text/html", b"%PDF-1.7", False),
        ("text/html", b"\x89PNG\r\n", False),
        ("text/html", b"<p>\x00\x01", False),
    ],
)
def test_pages_are_told_from_the_rest(
    tmp_path: Path, content_type: str | None, body: bytes, *, expected: bool
) -> None:
    """Content type and first bytes decide together."""
    headers = ((b"Content-Type", content_type.encode()),) if content_type else ()
    with ArchiveWriter(tmp_path, "run") as writer:
        writer.write(_an_exchange(body=body, headers=headers))
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert archived.is_html is expected


def _warc_record(kind: str, block: bytes, more: str = "") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\n{more}Content-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML
OF_HARBOUR = "WARC-Target-URI: http://harbour.example/\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"


@pytest.mark.parametrize(
    ("block", "status", "body"),
    [
        (RESPONSE, 200, HTML),
        (RESPONSE.replace(b"\r\n", b"\n"), 200, HTML),
        (b"HTTP/2 404\r\n\r\n", 404, b""),
        (b"HTTP/1.0 500 Oh: no\r\nno colon\r\nA: b\r\n c\r\n\r\nx", 500, b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: _chunked\r\n\r\n" + _chunked(HTML), 200, HTML),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: _chunked\r\n\r\n" + HTML, 200, HTML),
        (b"HTTP/1.1 200 OK", 200, b""),
        (b"no HTTP at all", 0, b"no HTTP at all"),
        (b"", 0, b""),
    ],
)
def test_foreign_responses_are_read(tmp_path: Path, block: bytes, status: int, body: bytes) -> None:
    """Responses of other crawlers are read, and nothing but responses."""
    path = tmp_path / "foreign.warc"
    path.write_bytes(
        _warc_record("warcinfo", b"software: other\r\n")
        + _warc_record("response", block, OF_HARBOUR)
        + _warc_record("response", b"1 2", "WARC-Target-URI: dns:harbour.example\r\n")
        + _warc_record("metadata", b"a: b", OF_HARBOUR)
    )
    (archived,) = read_archive(path)
    assert (archived.status, archived.body) == (status, body)
    assert read_response(path, archived.place.offset) == archived


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05.5Z", datetime(2020, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)),
        (
            "2020-01-02T03:04:05+02:00",
            datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        ),
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_dates_are_aware(tmp_path: Path, date: str, expected: datetime) -> None:
    """WARC-Date is read in all precisions, always with an offset."""
    path = tmp_path / "dates.warc"
    more = f"WARC-Target-URI: <http://harbour.example/>\r\nWARC-Date: {date}\r\n"
    path.write_bytes(_warc_record("response", RESPONSE, more))
    (archived,) = read_archive(path)
    assert archived.fetched_at == expected
    assert archived.url == "http://harbour.example/"


def test_a_record_without_a_date_has_that_of_the_file(tmp_path: Path) -> None:
    """A missing date costs no record."""
    path = tmp_path / "undated.warc"
    path.write_bytes(_warc_record("response", RESPONSE, "WARC-Target-URI: http://a.example/\r\n"))
    (archived,) = read_archive(path)
    assert archived.fetched_at == datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _an_arc() -> list[bytes]:
    info = b"1 0 Archive\nURL IP-address Archive-date Content-type Archive-length\n"
    return [
        b"filedesc://a.arc 0.0.0.0 20050102030405 text/plain %d\n%s" % (len(info), info),
        b"http://harbour.example/ 1.2.3.4 20050102030405 text/html %d\n%s\n"
        % (len(RESPONSE), RESPONSE),
    ]


@pytest.mark.parametrize(
    "data",
    [b"\n".join(_an_arc()), b"".join(gzip.compress(record, mtime=0) for record in _an_arc())],
)
def test_arc_files_are_read(tmp_path: Path, data: bytes) -> None:
    """The older format is read, plain and gzipped."""
    path = tmp_path / "old.arc"
    path.write_bytes(data)
    (archived,) = read_archive(path)
    assert (archived.url, archived.body) == ("http://harbour.example/", HTML)
    assert archived.fetched_at == datetime(2005, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert read_response(path, archived.place.offset) == archived


def _cut_in_third(data: bytes, offsets: list[int]) -> bytes:
    return data[: offsets[2] + 40]


def _flip_in_third(data: bytes, offsets: list[int]) -> bytes:
    place = offsets[2] + 60
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def _garbage_before_third(data: bytes, offsets: list[int]) -> bytes:
    return data[: offsets[2]] + b"scribbled over here by some disk" * 9 + data[offsets[2] :]


def _zeroes_over_third(data: bytes, offsets: list[int]) -> bytes:
    return data[: offsets[2]] + bytes(offsets[3] - offsets[2]) + data[offsets[3] :]


@pytest.mark.parametrize(
    ("damage", "packed"),
    [
        (_cut_in_third, True),
        (_flip_in_third, True),
        (_garbage_before_third, True),
        (_zeroes_over_third, True),
        # A changed byte alone cannot be seen without gzip's checksum.
        (_cut_in_third, False),
        (_garbage_before_third, False),
        (_zeroes_over_third, False),
    ],
)
def test_what_precedes_damage_is_given(
    tmp_path: Path, damage: Callable[[bytes, list[int]], bytes], *, packed: bool
) -> None:
    """Records before the damage come out; then one line names file, offset and cure."""
    path = _an_archive(tmp_path)
    if not packed:
        path.write_bytes(gzip.decompress(path.read_bytes()))
    offsets = _offsets_of(path)
    path.write_bytes(damage(path.read_bytes(), offsets))
    urls, message = _read_until_damage(path)
    assert urls == [_an_exchange(0).url, _an_exchange(1).url]
    assert message.startswith(f"{path}: damaged at byte {offsets[2]}: ")
    assert f"head -c {offsets[2]} run-00001.warc.gz" in message
    assert "\n" not in message


@pytest.mark.parametrize("place", range(1, 60, 7))
def test_every_cut_is_noticed(tmp_path: Path, place: int) -> None:
    """Wherever the file ends too early, whole records alone come out."""
    path = _an_archive(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: -place * 11])
    urls, _ = _read_until_damage(path)
    assert urls == [_an_exchange(n).url for n in range(len(urls))]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b"<html>", "is no WARC file"),
        (gzip.compress(b"<html>", mtime=0), "is no WARC file"),
        (b"\x1f\x8b\x08 not really", "is no WARC file"),
        (gzip.compress(_warc_record("response", RESPONSE) * 2, mtime=0), "warcio recompress"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "no Content-Length"),
        (b"WARC/1.0\r\nContent-Length: -4\r\n\r\n", "no Content-Length"),
        (b"WARC/1.0\r\nContent-Length: 99\r\n\r\nx", "breaks off"),
        (b"WARC/7.0\r\nContent-Length: 1\r\n\r\nx", "no record starts here"),
    ],
)
def test_what_is_no_archive_is_named(tmp_path: Path, data: bytes | None, message: str) -> None:
    """Files of other kinds give one line, and no record."""
    path = tmp_path / "broken.warc.gz"
    if data is not None:
        path.write_bytes(data)
    urls, said = _read_until_damage(path)
    assert urls == []
    assert said.startswith(f"{path}: ")
    assert message in said


@pytest.mark.parametrize("offset", [1, 10, 10**9])
def test_an_offset_where_nothing_starts_is_named(tmp_path: Path, offset: int) -> None:
    """Random access into the middle of a record is refused."""
    with pytest.raises(InputError, match=f"damaged at byte {offset}: "):
        read_response(_an_archive(tmp_path), offset)


WRITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.archive import ArchiveWriter, Exchange
from cleaning.error import OutputError

writer = ArchiveWriter(Path(sys.argv[1]), "run")
for number in range(100_000):
    exchange = Exchange(
        url=f"https://harbour.example/{number}", status=200, response_headers=(),
        body=str(number).encode() * 5000, fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    try:
        place = writer.write(exchange)
    except OutputError as error:
        print(error, flush=True)
        break
    print(place.offset, flush=True)
"""


def test_a_killed_process_loses_nothing_it_wrote(tmp_path: Path) -> None:
    """After kill -9 all that `write` had returned for is there."""
    command = [sys.executable, "-c", WRITING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        offsets = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
        offsets += [int(line) for line in process.stdout if line.endswith("\n")]
    path = tmp_path / "run-00001.warc.gz"
    read: list[Archived] = []
    try:
        read.extend(read_archive(path))
    except InputError as error:
        assert "breaks off" in str(error)  # noqa: PT017  (a torn tail is allowed, not required)
    assert [archived.place.offset for archived in read[: len(offsets)]] == offsets
    assert [archived.url for archived in read] == [
        f"https://harbour.example/{number}" for number in range(len(read))
    ]


LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n" + WRITING


def test_a_full_disk_leaves_no_half_record(tmp_path: Path) -> None:
    """Where writing fails, the archive ends with its last whole record."""
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    *offsets, error = said.splitlines()
    assert "cannot archive" in error
    assert "free space" in error
    assert _offsets_of(tmp_path / "run-00001.warc.gz") == [int(offset) for offset in offsets]
    assert offsets
