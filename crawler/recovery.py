"""Mends what runs left that were killed: their segments, and the ledger to agree with them.

Whatever a dead run decided but did not get onto a whole line is forgotten, so that the next run
publishes it; whatever is on a whole line is sealed, so that no run publishes it again.
"""

from contextlib import closing
from pathlib import Path

from crawler import segments
from crawler.ledger import Ledger
from crawler.run_lock import RunLock


def recover(ledger: Ledger, articles: Path, *others: Path) -> int:
    """Finishes every dead run; safe at any time, beside live runs, and again after its own crash.

    Call it before a run starts.

    Args:
        ledger: the ledger that the runs wrote to.
        articles: the folder of their article segments, whose locks tell which runs are alive.
        others: folders of segments that the ledger keeps no account of (rejected).

    Returns:
        How many dead runs were finished.

    Raises:
        OutputError: if a segment cannot be read, cut or sealed.
        LedgerError: if the ledger cannot be written.
    """
    for folder in others:
        segments.recover(folder)
    runs = {*ledger.unsealed_runs(), *segments.unfinished_runs(articles)}
    return sum(_finish_if_dead(ledger, articles, run_id) for run_id in sorted(runs))


def _finish_if_dead(ledger: Ledger, articles: Path, run_id: str) -> bool:
    lock = RunLock.take(articles, run_id)
    if lock is None:
        return False
    with closing(lock):
        # A run may have died between sealing its segment and the ledger, so the file is read
        # whether or not its part was still there.
        segments.seal_part(articles, run_id)
        path = segments.sealed_path(articles, run_id)
        keep = set(segments.read_keys(path)) if path.exists() else set()
        ledger.forget_unsealed(run_id, keep)
    return True
