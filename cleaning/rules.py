"""What is known of one site and not of others: facts, and exceptions for cleaning."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Self

from cleaning.date_region import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One site's rules, as its TOML declares them; `Rules()` is of a site nobody declared."""

    #: Registrable domain or host, as in the TOML's `domain`.
    site: str | None = None
    #: BCP-47 tags of the languages that the site writes in.
    languages: tuple[str, ...] = ()
    #: Whether py3langid is asked too what language a short text is in.
    second_opinion: bool = False
    #: IANA name of the zone in which the site writes times without an offset.
    timezone: str | None = None
    #: The order of day, month and year in figures (03/04/2026), where the page leaves it open.
    date_order: Order | None = None
    #: The outlet's name, cut from titles.
    name: str | None = None
    #: Where the article's body is, as XPath; the first that matches wins.
    body: tuple[str, ...] = ()
    #: What is cut from the page before extraction, as XPath.
    drop: tuple[str, ...] = ()
    #: What is the article's, as XPath, whatever extraction and residue rules say of it.
    keep: tuple[str, ...] = ()
    #: The last day, in UTC, of whose pages `body`, `drop` and `keep` are true; None is no end.
    valid_until: date | None = None

    def at(self, moment: datetime) -> Self:
        """The rules for a page that was fetched at a moment: without exceptions that are outdated.

        Args:
            moment: when the page was fetched, with an offset.
        """
        if self.valid_until is None or moment.astimezone(UTC).date() <= self.valid_until:
            return self
        return replace(self, body=(), drop=(), keep=(), valid_until=None)
