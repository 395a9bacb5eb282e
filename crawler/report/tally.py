"""Counts and samples that stay small however much they are given: pure."""

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Final, Generic, TypeVar

T = TypeVar("T")
#: What a tally that is full counts all other names as.
REST: Final = "*"


class Tally(Counter[str]):
    """Counts by name; when it knows `most` names, all others are counted as `*`."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def count(self, name: str, number: int = 1) -> None:
        """Add to the count of a name."""
        self[name if name in self or len(self) < self._most else REST] += number

    def count_all(self, counts: Iterable[tuple[str, int]]) -> None:
        """Add to the counts of several names."""
        for name, number in counts:
            self.count(name, number)

    def ranked(self) -> list[tuple[str, int]]:
        """The largest counts first, equal ones by name, and `*` last."""
        return sorted(self.items(), key=lambda item: (item[0] == REST, -item[1], item[0]))


class Sample(Generic[T]):
    """Some of what it is given, each as likely as any other, and the same ones each time.

    Algorithm R (Vitter, Random Sampling with a Reservoir, 1985).
    """

    def __init__(self, most: int) -> None:
        self.taken: list[T] = []
        self._most = most
        self._seen = 0
        self._chance = Random(0)  # noqa: S311 - it has to be the same each time

    def offer(self, one: T) -> None:
        """Take it, or not."""
        self._seen += 1
        if len(self.taken) < self._most:
            self.taken.append(one)
            return
        place = self._chance.randrange(self._seen)
        if place < self._most:
            self.taken[place] = one
