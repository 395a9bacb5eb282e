"""Publishes again and again, each time in a process of its own, which can be killed.

    python tests/publishing.py OUTPUT URL

For each line on stdin it forks, says the child's number, and says how the child ended. What takes
long to import is imported once; the child has a client of its own.
"""

import os
import sys
from pathlib import Path

import aiobotocore.session
import s3fs

from crawler.mirror import publish_sealed

_IMPORTED = (aiobotocore.session, s3fs)


def main(output: str, url: str) -> None:
    """Until stdin ends."""
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            published = publish_sealed(Path(output), url)
            os._exit(0 if published.segments else 9)
        _say(str(child))
        _, status = os.waitpid(child, 0)
        _say(str(os.waitstatus_to_exitcode(status)))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
