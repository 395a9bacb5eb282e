"""The pages of a run that took longest to clean."""

from heapq import heappushpop


class Slowest:
    """Keeps the longest times that it is told, so many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, str]] = []

    def see(self, url: str, seconds: float) -> None:
        """A page took so long."""
        one = (round(seconds, 3), url)
        if len(self._heap) < self._most:
            self._heap.append(one)
            self._heap.sort()
        else:
            heappushpop(self._heap, one)

    def ranked(self) -> list[tuple[float, str]]:
        """Seconds and URL of each, the longest first."""
        return sorted(self._heap, reverse=True)
