"""Writes what `scrapy read` is asked for, and keeps its cursor."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any, get_args

import msgspec

from cleaning.article import Article
from cleaning.cursor import Cursor
from cleaning.error import ArgumentError, CopydeskError, OutputError
from cleaning.news_article import news_article
from cleaning.read import Op, Query, Reading, decode_article
from cleaning.zyte_article import zyte_article
from crawler.command_line import say
from crawler.cursor_file import read_cursor, write_cursor
from crawler.output_file import OutputFile
from crawler.published import require_published
from crawler.stop_signal import StopSignal

#: Seconds between two looks at the manifest.
_POLL = 1.0
#: What makes a line of another kind of an article, or nothing.
_CONVERTERS: dict[str, Callable[[Article], dict[str, Any] | None]] = {
    "zyte": zyte_article,
    "newsarticle": news_article,
}
#: What `--op` and `--as` can name.
OPS: tuple[Op, ...] = get_args(Op)
KINDS = ("article", *_CONVERTERS)


def check(opts: argparse.Namespace) -> None:
    """Find out what cannot be meant before anything is read.

    Raises:
        ArgumentError: as it says.
    """
    if opts.since is not None:
        Cursor.parse(opts.since)
    for op in set(_listed(opts.op)) - set(OPS):
        raise ArgumentError(f"--op {op}: name one of {', '.join(OPS)}")
    if opts.follow and opts.latest:
        raise ArgumentError("--latest ends with what is published: follow from its cursor then")
    if opts.follow and opts.output:
        raise ArgumentError("--follow has no end at which FILE could be put in place: write > FILE")


def write_published(folder: str, opts: argparse.Namespace) -> int:
    """Read once, or on and on, as the options say; the exit code.

    Raises:
        CopydeskError: something cannot be read or written.
        KeyboardInterrupt: it was told to stop, and the file would not be whole.
    """
    if not opts.follow:
        require_published(folder)
    since = read_cursor(opts.cursor) if opts.cursor else opts.since
    with StopSignal() as stop:
        copying = _Copying(folder, opts, since, stop)
        try:
            with OutputFile(opts.output, sys.stdout.buffer) as lines:
                copying.run(lines)
        except CopydeskError:
            if opts.output is None:
                copying.keep_cursor()
            raise
        copying.keep_cursor()
        say(copying.summary())
        return 0 if opts.follow else stop.exit_code


class _Copying:
    """Writes the lines of a reading, and knows how far it has come."""

    def __init__(
        self, folder: str, opts: argparse.Namespace, since: str | None, stop: StopSignal
    ) -> None:
        self._opts = opts
        self._stop = stop
        self._written = self._tombstones = 0
        self._done = since or str(Cursor())
        self._kept: str | None = None
        query = Query(
            since=since,
            follow=self._rest if opts.follow else None,
            ops=_ops(opts.op),
            sites=_listed(*opts.site),
            duplicates=not opts.no_duplicates,
            latest=opts.latest,
            verify=opts.verify,
        )
        self._reading = Reading(folder, query, self._converted)

    def run(self, lines: OutputFile) -> None:
        """Write all that is to be written.

        Raises:
            InputError, OutputError: something cannot be read or written.
            KeyboardInterrupt: it was told to stop, and the file would not be whole.
        """
        for line in self._reading:
            _write(lines, line)
            self._written += 1
            self._done = self._reading.cursor
            if self._stop.came:
                if self._opts.output:
                    raise KeyboardInterrupt
                return
        self._done = self._reading.cursor

    def keep_cursor(self) -> None:
        """Put the cursor behind what has been written into its file, where one is named."""
        if self._opts.cursor and self._done != self._kept:
            write_cursor(self._opts.cursor, self._done)
            self._kept = self._done

    def summary(self) -> str:
        """What came of it, the cursor last."""
        left = f", {self._tombstones} tombstones left out" if self._tombstones else ""
        return f"{self._written} records{left}, cursor {self._done}"

    def _rest(self) -> bool:
        """Wait for more; all that came before is written."""
        self._done = self._reading.cursor
        self.keep_cursor()
        return self._stop.wait(_POLL)

    def _converted(self, line: bytes) -> bytes | None:
        if self._opts.kind == "article":
            return line
        converted = _CONVERTERS[self._opts.kind](decode_article(line))
        if converted is None:
            self._tombstones += 1
            return None
        return msgspec.json.encode(converted)


def _write(lines: OutputFile, line: bytes) -> None:
    try:
        lines.write(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Or Python would try again as it exits, and say so at length.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(f"stdout: {error.strerror}: free space there and run again") from error


def _ops(given: str | None) -> tuple[Op, ...]:
    return tuple(op for op in OPS if op in _listed(given))


def _listed(*given: str | None) -> list[str]:
    """The parts of options that take several, separated by commas."""
    return [part for one in given if one for part in one.split(",") if part]
