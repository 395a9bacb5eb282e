"""Where a crawl may go: what its sites' declarations allow beyond public addresses."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.fetch_failure import Declined
from crawler.guard import Network, forbidden_url, has_web_scheme, networks
from crawler.site import Site


class Gate:
    """Asked before every request, and for the host of every connection."""

    def __init__(self, sites: Iterable[Site]) -> None:
        """Take the declared sites."""
        self._sites = {site.domain: site for site in sites}
        self._allowed = {site.domain: networks(site.fetch.allow) for site in sites}

    def check(self, url: str) -> None:
        """Let a URL pass.

        Raises:
            Declined: it is not of the web, or its host is an address that must not be asked.
        """
        try:
            if not has_web_scheme(url):
                raise Declined("bad-scheme", "only http and https are fetched")
            why = forbidden_url(url, self.allowed(url))
        except ValueError as error:
            raise Declined("bad-url", str(error)) from error
        if why:
            raise forbidden(why)

    def allowed(self, url: str) -> tuple[Network, ...]:
        """The networks that the URL's site allows for its own hosts and its proxy."""
        site = self.site_of(urlsplit(url).hostname or "")
        return self._allowed[site.domain] if site else ()

    def site_of(self, host: str) -> Site | None:
        """The site that a host belongs to, the most specific domain first."""
        name = host.rstrip(".")
        while name not in self._sites and name:
            name = name.partition(".")[2]
        return self._sites.get(name)


def forbidden(why: str) -> Declined:
    """What is raised for an address that must not be asked, with the cure where it should be."""
    return Declined("forbidden-address", f"{why}; if it is the site's own, fetch.allow can say so")
