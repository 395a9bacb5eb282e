"""Remembers what the URLs of hosts' articles look like, for runs whose feeds have nothing new."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from crawler.discovery.url_shape import Shape

_FIND: Final = "SELECT shape FROM shape WHERE host = ?"
_NOTE: Final = "INSERT OR REPLACE INTO shape (host, shape) VALUES (?, ?)"

_decode = msgspec.json.Decoder(Shape).decode


class Shapes:
    """The shapes in an open ledger file; transactions are the caller's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that `open_ledger_file` has opened."""
        self._db = db

    def note(self, shapes: Mapping[str, Shape]) -> None:
        """Remembers the shapes of hosts, in place of earlier ones."""
        rows = ((host, msgspec.json.encode(shape).decode()) for host, shape in shapes.items())
        self._db.executemany(_NOTE, rows)

    def of(self, hosts: Iterable[str]) -> dict[str, Shape]:
        """The shapes of those hosts that are known."""
        found = ((host, self._db.execute(_FIND, (host,)).fetchone()) for host in hosts)
        return {host: _decode(row[0]) for host, row in found if row}
