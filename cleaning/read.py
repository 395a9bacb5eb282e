"""Reads what has been published: the articles of an output folder, from a cursor on.

    from cleaning.read import read

    reading = read("output", since=cursor)
    for article in reading:
        store(article)
        cursor = reading.cursor

Whoever keeps the cursor after it has stored what it covers sees every record at least once, and
after leaving out what it has by (`id`, `version`) just once. Neither Scrapy nor Twisted, lxml or
any stage of cleaning is imported; `docs/reading.md` is the consumer's guide.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from cleaning.article import Article
from cleaning.cursor import Cursor
from cleaning.error import ArgumentError, InputError
from cleaning.folder import folder_of
from cleaning.latest import Latest
from cleaning.manifest import MANIFEST, Manifest, Segment
from cleaning.segment_file import after, read_segment, verify_segment

T = TypeVar("T")
V = TypeVar("V")
Op = Literal["new", "update", "tombstone"]
_SCHEMA = "article/1"


class _Head(msgspec.Struct, frozen=True):
    """What records are chosen by; the rest of a line is passed over, which is fast."""

    id: str
    version: int
    op: str
    site: str
    duplicate: msgspec.Raw


_decode_head = msgspec.json.Decoder(_Head).decode
decode_article = msgspec.json.Decoder(Article).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to read; see `read`."""

    since: str | None = None
    follow: Callable[[], bool] | None = None
    ops: Collection[Op] = ()
    sites: Collection[str] = ()
    duplicates: bool = True
    latest: bool = False
    verify: bool = False


class _Place(NamedTuple):
    """Where a line stands."""

    segment: Segment
    number: int


class Reading(Generic[T]):
    """The records of a folder in the order in which they were published, and the cursor.

    Loop over it again to read what has been published since.

    Args:
        folder: the output folder, or its URL.
        query: what to read of it.
        decode: what to make of a line as it stands in its segment; None passes it over.

    Raises:
        ArgumentError: `since` is no cursor, `latest` is to be followed, or the URL is of no kind
            that can be read.
        MissingError: the package that reads such URLs is not installed.
    """

    def __init__(
        self, folder: str | Path, query: Query, decode: Callable[[bytes], T | None]
    ) -> None:
        if query.latest and query.follow:
            cure = "read the latest once, then follow from its cursor"
            raise ArgumentError(f"the latest version is not known while more may come; {cure}")
        self._folder = folder_of(folder)
        self._query = query
        self._decode = decode
        self._cursor = Cursor.parse(query.since) if query.since is not None else Cursor()
        self._chooses = bool(query.ops or query.sites or query.latest or not query.duplicates)

    @property
    def cursor(self) -> str:
        """How far it has come, behind the record in hand and what was passed over before it.

        After the last record it is the end of what is published. It holds for this folder alone,
        as long as segments keep their number of lines.
        """
        return str(self._cursor)

    def __iter__(self) -> Iterator[T]:
        """The records behind the cursor.

        Raises:
            InputError: the manifest or a segment is missing or damaged: file, line and cure.
            ArgumentError: the cursor is of another folder.
        """
        for line, place in self._all():
            # Decoded first: whoever goes on after an error is to meet it again.
            record = None if line is None else self._explained(self._decode, line, place)
            self._cursor = Cursor(place.segment.sequence, place.number)
            if record is not None:
                yield record

    def _all(self) -> Iterator[tuple[bytes | None, _Place]]:
        manifest, follow = Manifest(self._folder, "articles"), self._query.follow
        while True:
            segments = manifest.unread()
            self._check_cursor(manifest.last, segments)
            yield from self._chosen_of(segments)
            if follow is None or not (segments or follow()):
                return

    def _chosen_of(self, segments: list[Segment]) -> Iterator[tuple[bytes | None, _Place]]:
        """Each line behind the cursor, or None in place of one that is not wanted."""
        unread = [segment for segment in segments if after(segment) > self._cursor]
        if not self._chooses:
            yield from self._lines(unread)
            return
        is_wanted = self._folded(unread) if self._query.latest else self._is_wanted
        for line, place in self._lines(unread):
            yield (line if is_wanted(self._explained(_decode_head, line, place)) else None), place

    def _folded(self, segments: list[Segment]) -> Callable[[_Head], bool]:
        # Who has read before may hold what a tombstone withdraws, and has to be told.
        latest = Latest(tombstones=self._cursor > Cursor())
        for line, place in self._lines(segments):
            latest.see(self._explained(_decode_head, line, place))
        return lambda head: latest.take(head) and self._is_wanted(head)

    def _is_wanted(self, head: _Head) -> bool:
        query = self._query
        return (
            (not query.ops or head.op in query.ops)
            and (not query.sites or head.site in query.sites)
            and (query.duplicates or bytes(head.duplicate) == b"null")
        )

    def _lines(self, segments: list[Segment]) -> Iterator[tuple[bytes, _Place]]:
        for segment in segments:
            if segment.schema != _SCHEMA:
                problem = f"is {segment.schema}, not {_SCHEMA}; upgrade copydesk to read it"
                raise InputError(f"{self._folder / segment.path}: {problem}")
            skip = self._cursor.lines if self._cursor.sequence == segment.sequence else 0
            for number, line in enumerate(self._whole(segment, skip), skip + 1):
                yield line, _Place(segment, number)

    def _whole(self, segment: Segment, skip: int) -> Iterator[bytes]:
        """The lines of a segment; those of its new file where it was written anew meanwhile."""
        begun = False
        try:
            if self._query.verify:
                verify_segment(self._folder, segment)
            for line in read_segment(self._folder, segment, skip):
                begun = True
                yield line
        except InputError:
            renewed = None if begun else self._renewed(segment)
            if renewed is None:
                raise
            yield from self._whole(renewed, skip)

    def _renewed(self, segment: Segment) -> Segment | None:
        """What the manifest says of a segment by now, if that is something else."""
        segments = Manifest(self._folder, "articles").unread()[segment.sequence - 1 :]
        return segments[0] if segments and segments[0] != segment else None

    def _explained(self, decode: Callable[[bytes], V], line: bytes, place: _Place) -> V:
        try:
            return decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            where = f"{self._folder / place.segment.path}, line {place.number}"
            cure = "upgrade copydesk if a newer one wrote it, else restore it from a copy"
            raise InputError(f"{where}: no {_SCHEMA} ({error}); {cure}") from error

    def _check_cursor(self, last: int, segments: list[Segment]) -> None:
        """Find out that another folder is meant before its records are passed over.

        Raises:
            ArgumentError: no such place has been published.
        """
        cursor = self._cursor
        known = {segment.sequence: segment.records for segment in segments}
        if cursor.sequence > last or cursor.lines > known.get(cursor.sequence, cursor.lines):
            problem = f"{self._folder / MANIFEST} ends at segment {last} or has fewer lines there"
            cure = "name the folder that the cursor is of, or read it from the start"
            raise ArgumentError(f"cursor {cursor}: {problem}; {cure}")


def read(  # noqa: PLR0913 - each is a question of its own, and none has to be answered
    folder: str | Path,
    *,
    since: str | None = None,
    follow: Callable[[], bool] | None = None,
    ops: Collection[Op] = (),
    sites: Collection[str] = (),
    duplicates: bool = True,
    latest: bool = False,
    verify: bool = False,
) -> Reading[Article]:
    """The articles that have been published into a folder, in that order.

    Args:
        folder: the output folder, that of `manifest.jsonl`, or the URL to which it is published,
            as `s3://bucket/prefix`; where that file is missing, nothing has been published yet.
        since: a `cursor` that an earlier reading came to; None for all.
        follow: is called whenever all has been read, and says whether to look for more; it may
            wait, as `every(1)` does. None ends there.
        ops: `new`, `update`, `tombstone`; all of them where it is empty.
        sites: registrable domains; all of them where it is empty.
        duplicates: False leaves out what is labelled as a copy.
        latest: only the last version of each article, without those that end in a tombstone; with
            `since`, of what was published since, tombstones too. The other choices come after it.
            Segments are read twice; memory is some 100 bytes an article.
        verify: compare the SHA-256 of each segment before it is read.

    Raises:
        ArgumentError: `since` is no cursor, `latest` is to be followed, or the URL is of no kind
            that can be read.
        MissingError: the package that reads such URLs is not installed.
    """
    query = Query(
        since=since,
        follow=follow,
        ops=ops,
        sites=sites,
        duplicates=duplicates,
        latest=latest,
        verify=verify,
    )
    return Reading(folder, query, decode_article)


def every(seconds: float, stop: Event | None = None) -> Callable[[], bool]:
    """For `follow`: wait so long, then look again, until `stop` is set, which ends the wait too."""
    waiting = stop or Event()
    return lambda: not waiting.wait(seconds)
