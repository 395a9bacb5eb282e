"""Times other programs' near-duplicate search on the texts that copydesk is timed on.

Both keep MinHash of 128 permutations over five-word shingles in bands, in memory alone, and neither
verifies what it finds. Neither is needed but here: `pip install -e '.[bench]'`.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec

_PERMUTATIONS = 128
_THRESHOLD = 0.5
_BANDS = 32
_WORDS = 5


def rival_times(texts: Sequence[str]) -> dict[str, float | None]:
    """CPU in milliseconds a text by the program's name; None where it is not installed."""
    rivals: dict[str, Callable[[Iterable[str]], None]] = {
        "datasketch": _datasketch,
        "rensa": _rensa,
    }
    return {name: _cpu(run, texts) if find_spec(name) else None for name, run in rivals.items()}


def _cpu(run: Callable[[Iterable[str]], None], texts: Sequence[str]) -> float:
    started = time.process_time()
    run(texts)
    return (time.process_time() - started) * 1000 / len(texts)


def _datasketch(texts: Iterable[str]) -> None:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - where it is installed

    index = MinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(text)])
        index.query(sketch)
        index.insert(number, sketch)


def _rensa(texts: Iterable[str]) -> None:
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - where it is installed

    index = RMinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(list(_shingles(text)))
        index.query(sketch)
        index.insert(number, sketch)


def _shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[place : place + _WORDS]) for place in range(len(words) - _WORDS + 1)}
