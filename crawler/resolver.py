"""Looks hosts up for Scrapy, and gives no answer that must not be connected to.

Twisted asks its resolver for every connection to an origin, also where the host is an address, and
connects to what it is given: what was checked is what is connected to, so a name that changes its
address between two look-ups gains nothing.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.guard import Network, forbidden_answer


@dataclass(slots=True)
class Visit:
    """One request on its way: where it may go, and why it was not let through."""

    allowed: Sequence[Network]
    refusal: str | None = None


#: Set while a request is sent; the look-up that it needs is started in its context.
current_visit: ContextVar[Visit | None] = ContextVar("current_visit", default=None)


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's default resolver (IPv4, cached, with a time limit), with a check of each answer.

    Twisted takes any failure for an unknown host, so the reason is left with the `Visit`.
    """

    def getHostByName(  # noqa: N802  (Twisted's name)
        self, name: str, timeout: Sequence[int] = ()
    ) -> "Deferred[str]":
        """The host's address; fails with DNSLookupError where there is none, or none to go to."""
        visit = current_visit.get()
        answer = super().getHostByName(name, timeout)
        return answer.addCallback(_checked, name, visit) if visit else answer


def _checked(address: str, name: str, visit: Visit) -> str:
    why = forbidden_answer(address, visit.allowed)
    if why:
        visit.refusal = why if name == address else f"{name}: {why}"
        raise DNSLookupError(visit.refusal)
    return address
