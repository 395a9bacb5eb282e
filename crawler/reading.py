"""Reads several files one after the other, with a progress bar, and lists those it cannot read."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cleaning.error import InputError
from crawler.source import size_of

Item = TypeVar("Item")
#: Gives what a file holds, telling how many of its bytes are read.
Read = Callable[[Path, Callable[[int], None]], Iterator[Item]]


class Reading(Generic[Item]):
    """Iterates over what all files hold; use it in a `with` statement.

    A file that is missing or damaged does not end the reading: what is wrong with it is put into
    `unreadable`, one line each, and the next file is read.
    """

    def __init__(self, paths: Sequence[Path], read: Read[Item]) -> None:
        """Take the files, in the order in which they are to be read, and what reads one."""
        self.unreadable: list[str] = []
        self._read_file = read
        self._paths = paths
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __iter__(self) -> Iterator[Item]:
        for path in self._paths:
            try:
                yield from self._read(path)
            except InputError as error:
                self.unreadable.append(str(error))

    def _read(self, path: Path) -> Iterator[Item]:
        task = self._bar.add_task(path.name, total=size_of(path))
        yield from self._read_file(path, lambda done: self._bar.update(task, completed=done))
