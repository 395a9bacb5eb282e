"""An output folder as runs leave it: ledger, segments of all kinds, archive; made without a crawl.

Run as a script, it forgets and is killed at each step of that, again and again:

    python tests/desk.py OUTPUT WORK URL

copies OUTPUT to WORK, forgets URL there with `--purge` in a process that ends itself by SIGKILL
when it is about to make its first change to a file or folder, looks at what readers see, and lets
the command run to its end; then the same with the second change, and so on. It says what it saw in
each round as a line of JSON.
"""

import gzip
import json
import os
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from scrapy.settings import Settings

from cleaning.article import Article, Refusal, Warc
from cleaning.cleaned import Removal
from cleaning.page import Lead, WarcPlace
from cleaning.read import read
from cleaning.timestamp import format_timestamp
from crawler.archive import ArchiveWriter, Evidence, Exchange
from crawler.commands.forget import Command
from crawler.ledger import Ledger
from crawler.sealing import OPEN, Packing, Part, seal_parts
from crawler.verifying import verify

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECRET = b"quokka lighthouse ledger"
SAID = SECRET.decode()
URL = "https://courier.example/2026/03/quokka-lighthouse-ledger"
OTHER = "https://courier.example/2026/03/tram-{}"
STORY = f"The keeper read the {SAID} aloud to the crew before the storm came over the bay. " * 3
Make = Callable[..., Refusal]
#: As crawler/settings.py has them.
SEGMENT = {
    "COPYDESK_SEGMENT_RECORDS": 10_000,
    "COPYDESK_SEGMENT_MB": 64,
    "COPYDESK_SEGMENT_SECONDS": 300,
    "COPYDESK_SEGMENT_PACKING": "",
}


class Desk:
    """Publishes what it is given as runs do, one run a call of `publish`."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.runs = 0

    def page(self, url: str, text: str, **evidence: Any) -> Warc:
        """Archive a page, in a file of its own run."""
        body = f"<html><p>{text}</p></html>".encode()
        exchange = Exchange(
            url=url,
            status=200,
            request_headers=((b"User-Agent", b"copydesk"),),
            response_headers=((b"Content-Type", b"text/html"),),
            body=body,
            fetched_at=START,
            evidence=Evidence(**evidence),
        )
        place = self.archive.write(exchange)
        return Warc(file=place.file, offset=place.offset)

    def publish(
        self, make: Callable[["Desk"], Iterator[Article | Refusal]], packing: Packing = ""
    ) -> list[Article]:
        """A whole run: what `make` gives is compared, written and sealed."""
        self.runs += 1
        run_id, now = f"run-{self.runs}", START + timedelta(days=self.runs)
        articles, refusals = [], []
        with (
            ArchiveWriter(self.output / "archive", run_id, 20_000) as self.archive,
            Ledger(self.output / "ledger.sqlite") as ledger,
        ):
            ledger.begin(run_id, "news", format_timestamp(now))
            for one in make(self):
                if isinstance(one, Refusal):
                    refusals.append(replace(one, run_id=run_id))
                    ledger.refuse(refusals[-1])
                    continue
                lead = Lead(url=one.url, via="feed", at=START, title=one.title)
                ledger.discover([(one.site, lead)], START)
                if decided := ledger.decide(one, run_id).article:
                    articles.append(decided)
            audits = list(map(audit, articles))
            self.seal(
                run_id, {"articles": articles, "removed": audits, "rejected": refusals}, packing
            )
            ledger.seal(run_id, format_timestamp(now))
        return articles

    def seal(self, run_id: str, records: dict[Any, list[Any]], packing: Packing = "") -> None:
        """Publish a segment of each kind of which there is anything."""
        parts = []
        for kind, lines in records.items():
            path = self.output / OPEN / f"{run_id}.{kind}.part"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in lines))
            parts += [Part(kind, path)] if lines else []
        seal_parts(self.output, run_id, parts, packing, START + timedelta(days=self.runs))


def fill(desk: Desk, make_article: Callable[..., Article], make_refusal: Make) -> None:
    """Three runs: an article of two pages among others; its update and a copy; a refusal of it."""

    def article(url: str, text: str, **changes: Any) -> Article:
        place = desk.page(url, text, lead=Lead(url=url, via="feed", at=START, title=text[:60]))
        made = make_article(url=url, text=text, **changes)
        return replace(made, provenance=replace(made.provenance, warc=place))

    def first(_: Desk) -> Iterator[Article]:
        yield article(OTHER.format(1), "The tram to the harbour runs again from Monday. " * 9)
        story = article(URL, STORY, title=f"The {SAID}", description=SAID)
        place = story.provenance.warc
        assert place
        yield story
        first_page = WarcPlace(file=place.file, offset=place.offset)
        desk.page(f"{URL}?page=2", f"More of the {SAID}.", continues=first_page)
        yield article(OTHER.format(2), "Nobody knows who painted the bridge in the night. " * 9)

    def second(_: Desk) -> Iterator[Article]:
        yield article(URL, f"{STORY} The storm has passed and nobody was hurt at all, he said.")
        yield article("https://wire.example/copy", "A quay was closed for a day by the fog. " * 9)

    def third(_: Desk) -> Iterator[Article | Refusal]:
        place = desk.page(URL, f"Subscribe to read of the {SAID}")
        yield make_refusal(url=URL, reason="paywall", detail=f"asks: {SAID}", warc=place)
        yield make_refusal(url=OTHER.format(3))
        yield article(OTHER.format(4), "The market moves to the square by the old mill. " * 9)

    desk.publish(first, "gz")
    desk.publish(second, "zst")
    desk.publish(third)


def audit(article: Article) -> dict[str, Any]:
    """The line of what was removed of an article: a caption that says what the text says."""
    removal = Removal("caption", (article.text or "")[:200], 1)
    key = {"id": article.id, "version": article.version, "url": article.url}
    return key | {"removed": [removal]}


def contents_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file, as it is, and decompressed where it is compressed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            if path.suffix in {".gz", ".zst"}:
                yield path, (gzip if path.suffix == ".gz" else zstd).decompress(data)


#: What is about to change a file or a folder.
_CHANGES = {"os.rename", "os.remove", "os.truncate", "sqlite3.connect"}
_WRITES = os.O_WRONLY | os.O_RDWR


def _die_at(step: int) -> None:
    """Have this process end itself at its change of that number."""
    changes = count(1)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(args[2], int)
        if (event in _CHANGES or (opened and args[2] & _WRITES)) and next(changes) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _forgotten(output: Path, url: str, step: int = 0) -> bool:
    """Run the command in a process of its own; whether it was killed."""
    child = os.fork()
    if child == 0:
        if step:
            _die_at(step)
        os._exit(forget(output, url))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}, status
    return status != 0


def forget(output: Path, *wanted: str, **options: Any) -> int:
    """`scrapy forget --purge`, in this process; its exit code."""
    command = Command()
    command.settings = Settings(
        {"COPYDESK_OUTPUT": str(output), "COPYDESK_ARCHIVE": "archive", **SEGMENT}
    )
    given = {"purge": True, "dry_run": False, "reason": "a court order"} | options
    command.run([*wanted], Namespace(**given))
    return int(command.exitcode or 0)


def main(output: str, work: str, url: str) -> None:
    """Kill and complete, until a round ends before its kill."""
    # Once in this process, so that each of the others has all that is imported late.
    forget(Path(shutil.copytree(output, work)), url)
    for step in count(1):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(output, work)
        killed = _forgotten(Path(work), url, step)
        seen = [[one.id, one.version, one.text is None] for one in read(work, verify=True)]
        _forgotten(Path(work), url)
        sys.stdout.write(json.dumps({"step": step, "killed": killed, "seen": seen}) + "\n")
        sys.stdout.flush()
        after = [[one.id, one.version, one.text is None] for one in read(work, verify=True)]
        faults: list[str] = []
        verify(Path(work), faults.append, id)
        left = [str(path) for path, data in contents_below(Path(work)) if SECRET in data]
        sys.stdout.write(json.dumps({"after": after, "left": left, "faults": faults}) + "\n")
        if not killed:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
