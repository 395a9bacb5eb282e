"""A stub takes exactly the bytes that it is to take, and everyone can read it."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.warc_stub import stub

NOW = datetime(2026, 11, 24, 9, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    "lengths",
    [range(240, 700), range(65_700, 66_000), range(131_200, 131_500), [5_000_001]],
)
def test_it_has_any_length(lengths: range) -> None:
    for length in lengths:
        made = stub(length, NOW)
        assert len(made) == length
        inflator = zlib.decompressobj(31)
        plain = inflator.decompress(made)
        assert inflator.eof
        assert inflator.unused_data == b""
        assert plain == gzip.decompress(made)


@pytest.mark.parametrize("length", [0, 1, 20, 150])
def test_no_record_is_shorter_than_its_headers(length: int) -> None:
    with pytest.raises(ValueError, match=f"no record has {length} bytes"):
        stub(length, NOW)


def test_it_is_a_record() -> None:
    one, two = ArchiveIterator(BytesIO(stub(100_000, NOW) + stub(300, NOW)), check_digests="raise")
    assert (one.rec_type, two.rec_type) == ("metadata", "metadata")
    header = one.rec_headers.get_header
    assert header("WARC-Date") == "2026-11-24T08:00:00Z"
    assert header("WARC-Target-URI") is None
    assert header("WARC-Record-ID") != two.rec_headers.get_header("WARC-Record-ID")
    assert datetime.fromisoformat(header("WARC-Date")) == NOW.astimezone(UTC)
