"""Has other programs find near-duplicates in a stream of texts, each among those before it.

All of them work in memory alone, and none verifies what it finds. MinHash has 128 permutations over
five-word shingles in bands. None is needed but here: `pip install -e '.[bench]'`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from typing import Final, NamedTuple

_PERMUTATIONS = 128
_BANDS = 32
_WORDS = 5
#: Bits in which two SimHashes of 64 may differ, after Manku et al. (2007).
_BITS = 3

#: Gives, for each text in turn, the numbers of those before it that are like it.
Finder = Callable[[Iterable[str]], Iterator[list[int]]]


class Rival(NamedTuple):
    """A way to find near-duplicates, and the module it needs, if any."""

    module: str | None
    find: Finder

    @property
    def is_installed(self) -> bool:
        """Whether its module is there."""
        return self.module is None or find_spec(self.module) is not None


def cpu_of_rival(rival: Rival, texts: Iterable[str]) -> float:
    """CPU in milliseconds a text."""
    started = time.process_time()
    count = sum(1 for _ in rival.find(texts))
    return (time.process_time() - started) * 1000 / count


def _exact(texts: Iterable[str]) -> Iterator[list[int]]:
    """The same words, whatever their case and the space between them."""
    seen: dict[bytes, list[int]] = {}
    for number, text in enumerate(texts):
        same = seen.setdefault(sha256(" ".join(text.lower().split()).encode()).digest(), [])
        yield list(same)
        same.append(number)


def _simhash(texts: Iterable[str]) -> Iterator[list[int]]:
    from simhash import Simhash, SimhashIndex  # noqa: PLC0415 - where it is installed

    index = SimhashIndex([], k=_BITS)
    for number, text in enumerate(texts):
        sketch = Simhash(text.lower().split())
        yield [int(found) for found in index.get_near_dups(sketch)]
        index.add(str(number), sketch)


def _datasketch(threshold: float, texts: Iterable[str]) -> Iterator[list[int]]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - where it is installed

    index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(text)])
        yield list(index.query(sketch))
        index.insert(number, sketch)


def _rensa(threshold: float, texts: Iterable[str]) -> Iterator[list[int]]:
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - where it is installed

    index = RMinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(list(_shingles(text)))
        yield list(index.query(sketch))
        index.insert(number, sketch)


RIVALS: Final[Mapping[str, Rival]] = {
    "datasketch, MinHash LSH at .5": Rival("datasketch", partial(_datasketch, 0.5)),
    "datasketch, MinHash LSH at .8": Rival("datasketch", partial(_datasketch, 0.8)),
    "rensa, MinHash LSH in 32 bands": Rival("rensa", partial(_rensa, 0.5)),
    "simhash of words, 3 bits of 64": Rival("simhash", _simhash),
    "SHA-256 of the words": Rival(None, _exact),
}


def _shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[place : place + _WORDS]) for place in range(len(words) - _WORDS + 1)}
