"""Publishes to a URL what is sealed in an output folder, so that readers elsewhere see the same.

Each segment is there, whole, before a manifest names it. Killed at any moment, or after an error,
the next time goes on where this one ended.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cleaning.error import InputError, OutputError
from cleaning.manifest import MANIFEST, Segment, parse_manifest
from crawler.file_lock import FileLock, open_locked
from crawler.mirror_plan import Entry, replaced_paths, steps
from crawler.remote_store import RemoteStore

_LOCK = "publish.lock"
#: Seconds for which a publisher waits for another of the same folder, and between two looks.
PATIENCE = 60.0
_LOOK = 0.1


class BusyError(OutputError):
    """Raised where another process has been publishing the folder all the time."""


class Published(NamedTuple):
    """What has been uploaded, without manifests."""

    segments: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.segments} segments, {self.bytes / 1e6:.1f} MB"


def publish_sealed(output: Path, url: str, patience: float = PATIENCE) -> Published:
    """Upload what is sealed and not there yet, or there with a text that has been purged.

    It blocks, for as long as the uploads take: call it in a thread where others must not wait.

    Args:
        output: the output folder.
        url: as `RemoteFolder` takes it.
        patience: seconds to wait for another process that publishes the same folder.

    Raises:
        ArgumentError: the URL is of no kind that can be written to.
        MissingError: the package that such URLs need is not installed.
        InputError: a segment, or a manifest, is damaged.
        BusyError: another process is still publishing the folder.
        OutputError: the store fails or refuses, or holds what is of another output folder.
    """
    with _locked(output, patience):
        return _publish(output, RemoteStore(url))


def _publish(output: Path, store: RemoteStore) -> Published:
    segments = sent = 0
    theirs = store.read(MANIFEST)
    # Whoever seals a segment while others are uploaded finds the lock taken, and may leave it.
    while (ours := _whole_lines(output / MANIFEST)) != theirs:
        for step in steps(_entries(ours, str(output)), _entries(theirs, str(store))):
            for segment in step.uploads:
                data = _load(output, segment)
                store.put(segment.path, data)
                segments, sent = segments + 1, sent + len(data)
            store.put(MANIFEST, step.manifest)
            theirs = step.manifest
    # Each time, and not only after a purge: a publisher may have been killed before it came to it.
    for path in replaced_paths([entry.segment for entry in _entries(ours, str(output))]):
        store.remove(path)
    return Published(segments, sent)


def _load(output: Path, segment: Segment) -> bytes:
    """A segment, as the manifest knows it: what is damaged here is not to replace what is whole."""
    path = output / segment.path
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; restore it from a copy") from error
    if sha256(data).hexdigest() != segment.sha256:
        cure = "restore it from a copy; if scrapy forget has just changed it, run again"
        raise InputError(f"{path}: is not what {MANIFEST} says; {cure}")
    return data


def _whole_lines(manifest: Path) -> bytes:
    try:
        data = manifest.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"{manifest}: {error.strerror}; make it readable") from error
    return data[: data.rfind(b"\n") + 1]


def _entries(manifest: bytes, place: str) -> list[Entry]:
    lines = manifest.splitlines(keepends=True)
    segments = parse_manifest(lines, f"{place}/{MANIFEST}")
    return [Entry(*pair) for pair in zip(lines, segments, strict=True)]


@contextmanager
def _locked(output: Path, patience: float) -> Iterator[None]:
    path = output / _LOCK
    until = time.monotonic() + patience
    while (descriptor := open_locked(path)) is None:
        if time.monotonic() > until:
            cure = "it takes all that is sealed; run scrapy publish if it fails"
            raise BusyError(f"{path}: another process is publishing; {cure}")
        time.sleep(_LOOK)
    with closing(FileLock(path, descriptor)):
        yield
