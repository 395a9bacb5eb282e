"""Explains a page within the time that a crawl gives its cleaning."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cleaning.error import Refused
from cleaning.explain import explain, explained_refusal
from cleaning.explanation import Explanation
from cleaning.page import Page
from cleaning.record import compose_refusal
from cleaning.rules import Rules

#: Seconds after which it is asked to end once more, should anything have swallowed the first.
_AGAIN: Final = 1.0


def explain_within(page: Page, rules: Rules, seconds: float) -> Explanation:
    """The explanation; of a page that takes longer, a refusal by `clean-timeout`, as in a crawl.

    To be called in the main thread. C code that hangs is not ended: a crawl's worker would be.
    """
    try:
        with _within(seconds):
            return explain(page, rules)
    except Refused as refused:
        return explained_refusal(compose_refusal(page, refused))


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise Refused("clean-timeout", f"cleaning took over {seconds:g} s")

    before = signal.signal(signal.SIGALRM, refuse)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
