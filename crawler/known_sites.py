"""The sites that are declared, and which of them a URL belongs to."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from cleaning.rules import Rules
from crawler.site import Site, load_sites


def load_known_sites(folder: Path) -> list[Site]:
    """The sites of the project's folder, which may declare none.

    Raises:
        SiteError: a declaration is broken.
    """
    return load_sites(folder) if any(folder.glob("*.toml")) else []


def declared_sites(folder: Path | None, default: Path) -> list[Site]:
    """The sites of a folder that was asked for, else of the project's.

    Raises:
        SiteError: a declaration is broken, or the folder that was asked for declares none.
    """
    return load_sites(folder) if folder else load_known_sites(default)


def site_of(url: str, sites: Sequence[Site]) -> Site | None:
    """The site that a URL belongs to, the most specific domain first."""
    having = [site for site in sites if site.has(url)]
    return max(having, key=lambda site: len(site.domain), default=None)


def outdated(sites: Sequence[Site], today: date) -> Iterator[str]:
    """What is to be said of exceptions that no longer hold: a line for each site, with the cure.

    Args:
        sites: as declared.
        today: in UTC.
    """
    for site in sites:
        last = site.clean.valid_until
        if last is not None and last < today:
            yield (
                f"{site.file}: clean.valid_until: {last} has passed, and pages fetched since are"
                " cleaned without this [clean]; see how the site is built now, mend it and set a"
                " later day"
            )


def rules_for(url: str, sites: Sequence[Site]) -> Rules:
    """The rules of the site that a URL belongs to; none for a site that nobody declared."""
    site = site_of(url, sites)
    return site.rules if site else Rules()
