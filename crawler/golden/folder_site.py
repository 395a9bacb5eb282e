"""A folder of pages as a site: what is answered to a request, and how it is declared."""

import html
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from cleaning.error import ArgumentError, SiteError
from crawler.newsroom.library import Answer

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
_PAGES = frozenset((".html", ".htm"))
# Addresses of these are asked for; the folder is served without TLS.
_SOURCES = frozenset((".xml", ".rss", ".atom", ".json"))
_FEEDS = ("feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "feed.rss", "feed.atom")
_SITEMAPS = ("sitemap.xml", "news-sitemap.xml", "sitemap_index.xml")
_ROBOTS = "robots.txt"
#: A sitemap of all pages, for a folder that has neither feed nor sitemap; robots.txt names it.
MADE_SITEMAP = "sitemap-of-all-pages.xml"
#: The declaration in the folder, where none is given.
SITE = "site.toml"


class FolderSite:
    """The pages of one folder, under one host."""

    def __init__(self, folder: Path, host: str) -> None:
        """Take the folder, whose paths are the site's paths, and the host.

        Raises:
            ArgumentError: there is no such folder.
        """
        if not folder.is_dir():
            raise ArgumentError(f"{folder}: is no folder; name the one that holds the pages")
        self.folder = folder.resolve()
        self.host = self.front = host

    def answer(self, host: str, target: str, edition: int) -> Answer:  # noqa: ARG002  (there is one)
        """The answer to a request: the file at its path; of a folder its `index.html`."""
        if host not in (self.host, f"www.{self.host}"):
            return Answer(status=502, body=f"{host} is not served here.\n".encode())
        name = unquote(target.partition("?")[0]).replace("\0", "").lstrip("/")
        if name in _MADE and not (self.folder / (name or "index.html")).exists():
            kind, make = _MADE[name]
            return Answer(status=200, content_type=_TYPES[kind], body=make(self).encode())
        path = (self.folder / name).resolve()
        path = path / "index.html" if path.is_dir() else path
        private = path == self.folder / SITE
        if private or not path.is_relative_to(self.folder) or not path.is_file():
            return Answer(status=404, body=b"There is no such page.\n")
        body, kind = path.read_bytes(), path.suffix.lower()
        if kind in _SOURCES:
            body = body.replace(f"https://{self.host}".encode(), f"http://{self.host}".encode())
        return Answer(
            status=200, content_type=_TYPES.get(kind, "application/octet-stream"), body=body
        )

    def declaration(self, proxy: str, given: Path | None) -> dict[str, Any]:
        """What the site's TOML says, for a crawl of the folder.

        Args:
            proxy: where the folder is served.
            given: the site's own file; where it is None, `site.toml` in the folder if there is one.

        Raises:
            SiteError: the file is missing, or no TOML; other faults are found by the crawl.
        """
        served: dict[str, Any] = _without_tls(self._declared(given), self.host)
        served.setdefault("domain", self.host)
        discover, fetch = served.get("discover", {}), served.get("fetch", {})
        if not any(discover.get(kind) for kind in ("feeds", "sitemaps", "sections")):
            served["discover"] = discover | self._sources()
        served["fetch"] = fetch | {"proxy": proxy, "allow": ["127.0.0.1"], "delay": 0}
        return served

    def _declared(self, given: Path | None) -> dict[str, Any]:
        file = given or self.folder / SITE
        if given is None and not file.is_file():
            return {}
        try:
            return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            raise SiteError(f"{file}: {error.strerror}; name the site's file") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SiteError(f"{file}: is no TOML: {error}; mend that line") from error

    def _sources(self) -> dict[str, list[str]]:
        """The feeds and sitemaps at the top of the folder, or the one that is made."""
        found = {
            kind: [f"http://{self.host}/{name}" for name in names if (self.folder / name).is_file()]
            for kind, names in (("feeds", _FEEDS), ("sitemaps", _SITEMAPS))
        }
        if not any(found.values()):
            found["sitemaps"] = [f"http://{self.host}/{MADE_SITEMAP}"]
        return found

    def urls(self) -> list[str]:
        """The addresses of all pages, sorted."""
        paths = sorted(path for path in self.folder.rglob("*") if path.suffix.lower() in _PAGES)
        names = (path.relative_to(self.folder).as_posix() for path in paths)
        return [f"http://{self.host}/{quote(name.removesuffix('index.html'))}" for name in names]


def _robots(site: FolderSite) -> str:
    return f"Sitemap: http://{site.host}/{MADE_SITEMAP}\n"


def _sitemap(site: FolderSite) -> str:
    entries = "".join(f"<url><loc>{html.escape(url)}</loc></url>" for url in site.urls())
    return f"<urlset>{entries}</urlset>"


def _home_page(site: FolderSite) -> str:
    links = (f'<li><a href="{html.escape(url)}">{html.escape(url)}</a>' for url in site.urls())
    return f"<!DOCTYPE html><title>{site.host}</title><ul>{''.join(links)}</ul>"


#: What is answered where the folder has no such file.
_MADE: dict[str, tuple[str, Callable[[FolderSite], str]]] = {
    "": (".html", _home_page),
    _ROBOTS: (".txt", _robots),
    MADE_SITEMAP: (".xml", _sitemap),
}


def _without_tls(value: Any, host: str) -> Any:
    """A declaration whose addresses of the host begin with http."""
    if isinstance(value, str):
        return value.replace(f"https://{host}", f"http://{host}")
    if isinstance(value, Mapping):
        return {key: _without_tls(inner, host) for key, inner in value.items()}
    return [_without_tls(one, host) for one in value] if isinstance(value, list) else value
