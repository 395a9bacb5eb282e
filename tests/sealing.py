"""Writes sealed segments and their manifest; run as a script, it does so until it is killed.

    python tests/sealing.py FOLDER ARTICLES.jsonl SEED

goes on where the last such process was killed, in segments of random lengths, writes the manifest
in pieces, and says a line after each piece.
"""

import gzip
import os
import sys
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from cleaning.article import Article
from cleaning.manifest import MANIFEST, Ops, Segment, encode_segment, parse_manifest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_DAY, _AT = "2026-11-24", "2026-11-24T08:00:00+00:00"
_PACK = {"": bytes, ".gz": gzip.compress, ".zst": zstd.compress}


class Sealer:
    """Publishes into a folder; mends first what a killed one left there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / MANIFEST
        folder.mkdir(parents=True, exist_ok=True)
        data = self.manifest.read_bytes() if self.manifest.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            os.truncate(self.manifest, len(whole))
        self.segments = parse_manifest(whole.splitlines(), self.manifest)

    def seal(self, articles: Sequence[Article], packed: str = "", **changes: Any) -> Segment:
        """Publish a segment; what is given of its manifest line is not as it should be."""
        segment = self.place(list(map(msgspec.json.encode, articles)), packed, **changes)
        ops = Counter(article.op for article in articles)
        counted = Ops(new=ops["new"], update=ops["update"], tombstone=ops["tombstone"])
        return self.append(msgspec.structs.replace(segment, **{"ops": counted} | changes))

    def place(self, lines: Sequence[bytes], packed: str = "", **changes: Any) -> Segment:
        """Put a segment's file in its place, and tell what the manifest is to say of it."""
        kind = changes.get("kind", "articles")
        sequence = sum(segment.kind == kind for segment in self.segments) + 1
        path = f"{kind}/{_DAY}/{sequence:08}.jsonl{packed}"
        data = _PACK[packed](b"".join(line + b"\n" for line in lines))
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.replace(target)
        return Segment(
            kind=kind,
            sequence=sequence,
            path=path,
            records=len(lines),
            bytes=len(data),
            sha256=sha256(data).hexdigest(),
            first=_AT,
            last=_AT,
            schema="article/1" if kind == "articles" else None,
            run="run-1",
            ops=None,
            sealed_at=_AT,
        )

    def append(self, segment: Segment, pause: Any = bool) -> Segment:
        """Write a segment's line into the manifest; `pause` is called while it is torn."""
        line = encode_segment(segment) + b"\n"
        with self.manifest.open("ab", buffering=0) as file:
            file.write(line[:40])
            pause()
            file.write(line[40:])
        self.segments.append(segment)
        return segment


def main(folder: str, source: str, seed: str) -> None:
    """Publish what of the source is not published yet."""
    lines, sealer = Path(source).read_bytes().splitlines(), Sealer(Path(folder))
    chance = Random(seed)  # noqa: S311 - no secret
    done = sum(segment.records for segment in sealer.segments)
    while done < len(lines):
        chunk = lines[done : done + chance.randint(1, 5)]
        segment = sealer.place(chunk, chance.choice(list(_PACK)))
        _say("placed")
        sealer.append(segment, pause=lambda: _say("torn"))
        _say("sealed")
        done += len(chunk)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
