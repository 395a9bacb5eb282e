"""Tells whether a run is alive on an output folder, whatever it crawls."""

import fcntl
import os
from pathlib import Path


def held_locks(output: Path) -> list[Path]:
    """The locks in an output folder that some process holds: of runs, and of sites they crawl."""
    return [path for path in sorted(output.rglob("*.lock")) if _is_held(path)]


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
