"""Has a peer answer the pages of a set, in processes that a page can hang or crash alone."""

import json
import logging
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as LateError
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from benchmarks.answer import read_rows
from benchmarks.offline import go_offline
from benchmarks.peer import Peer
from benchmarks.peer_call import ask
from cleaning.page import Page

_T = TypeVar("_T")
_R = TypeVar("_R")
#: Seconds that a page may take: a hundred times what the slowest peer takes at the median.
_PATIENCE: Final = 30


def write_answers(peer: Peer, pages: Iterable[Page], records: Path, workers: int) -> None:
    """Write a peer's answers for `score.py`, a line a page.

    Args:
        peer: one that is installed.
        pages: those of a set.
        records: the file to write; the line of a page on which the peer failed says how, in
            `failed`, and has no text.
        workers: processes at a time.
    """
    known = list(pages)
    with offline_pool(workers) as pool, records.open("w", encoding="utf-8") as file:
        answers = results(pool, _answer, [(peer, page) for page in known], _PATIENCE)
        for page, answer in zip(known, answers, strict=True):
            said = {"failed": answer} if isinstance(answer, str) else answer
            row = {"url": page.url, "requested_url": page.requested_url, "text": "", **said}
            file.write(json.dumps(row) + "\n")


def failures_in(records: Path) -> Counter[str]:
    """On how many pages a peer failed, by the kind of failure."""
    return Counter(row["failed"] for row in read_rows(records) if "failed" in row)


def offline_pool(workers: int, *preparing: Callable[[], object]) -> ProcessPool:
    """Processes that cannot reach the network, and in which nothing is logged or warned of.

    Args:
        workers: how many.
        preparing: what each of them does first.
    """
    return ProcessPool(workers, initializer=_prepare, initargs=preparing)


def results(
    pool: ProcessPool, work: Callable[[_T], _R], jobs: Iterable[_T], patience: float
) -> Iterator[_R | str]:
    """What comes of each job, in order; of one that went wrong, what kind of failure it was.

    Args:
        pool: ends a job that takes too long, and has a new process for one that died.
        work: what is done, by a function of a module.
        jobs: what it is given.
        patience: seconds for each.
    """
    found = pool.map(work, jobs, timeout=patience).result()
    while True:
        try:
            yield next(found)
        except StopIteration:
            return
        except LateError:
            yield f"over {patience:g} s"
        except ProcessExpired:
            yield "process died"
        except Exception as error:  # noqa: BLE001  (whatever befell a peer befell one page)
            yield type(error).__name__


def _answer(job: tuple[Peer, Page]) -> dict[str, Any] | str:
    """What `score.py` judges, or the kind of error: many an error cannot be sent to the parent."""
    try:
        return asdict(ask(*job))
    except Exception as error:  # noqa: BLE001  (as above)
        return type(error).__name__


def _prepare(*preparing: Callable[[], object]) -> None:
    # pebble's own handler would wait for C code to end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    go_offline()
    logging.disable()
    warnings.simplefilter("ignore")
    for prepare in preparing:
        prepare()
