"""Writes files that are compressed as their name says."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@contextmanager
def packed_file(path: Path, name: str) -> Iterator[BinaryIO]:
    """A new file, to be written to; when this ends it is whole, and not synced.

    Args:
        path: where it is made.
        name: that which it is to have: `.gz` and `.zst` at its end say how it is compressed.
    """
    with path.open("wb") as file:
        if name.endswith(".gz"):
            # Without name and time, so that the same lines are the same bytes.
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                yield packed  # type: ignore[misc]  # a file as good as any
        elif name.endswith(".zst"):
            with zstd.ZstdFile(file, "wb") as packed:
                yield packed  # type: ignore[misc]
        else:
            yield file
