"""Folds the versions of articles: which of many records is the last word on its article."""

from typing import Protocol


class Version(Protocol):
    """What must be known of a record."""

    @property
    def id(self) -> str:
        """32 hex digits."""

    @property
    def version(self) -> int:
        """Counts from 1."""

    @property
    def op(self) -> str:
        """`tombstone` where the article is gone."""


class Latest:
    """First sees all records, then tells for each whether it is the last word.

    What is kept is a number of 16 bytes and a version for each article: some 100 bytes, whatever
    the length of its text.

    Args:
        tombstones: whether a tombstone is a last word to be told, or leaves nothing of its article.
    """

    def __init__(self, *, tombstones: bool) -> None:
        self._tombstones = tombstones
        self._versions: dict[int, int] = {}

    def see(self, record: Version) -> None:
        """Take a record into account."""
        key = int(record.id, 16)
        known = self._versions.get(key, 0)
        if record.version > abs(known):
            buried = record.op == "tombstone" and not self._tombstones
            # Negative: nothing that is to be told has this version.
            self._versions[key] = -record.version if buried else record.version

    def take(self, record: Version) -> bool:
        """Whether a record that was seen is the last word; a repeated one is so only once."""
        key = int(record.id, 16)
        if self._versions.get(key) != record.version:
            return False
        del self._versions[key]
        return True
