"""The newsroom's pages: which answer belongs to a host, a path and an edition.

Nothing here knows of sockets. The files are under `www/<host>/`; `www-2/<host>/` holds what the
second edition changes; `routes.toml` holds what files cannot say.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

_HERE = Path(__file__).parent
_EDITIONS = ("www", "www-2")
_PRIVATE = ".expected.json"
_NOT_FOUND = "404.html"
#: A path as our pages write it: nothing encoded, no empty segment, none that starts with a dot.
_PLAIN_PATH = re.compile(r"/([A-Za-z0-9_-][A-Za-z0-9._-]*/)*([A-Za-z0-9_-][A-Za-z0-9._-]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says to one request, before conditions and compression.

    `etag` is the strong entity tag of `body` without quotes (RFC 9110 section 8.8.3).
    """

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    location: str | None = None
    last_modified: datetime | None = None

    @property
    def etag(self) -> str:
        """A hash of the body: the same bytes have the same tag on every machine."""
        return hashlib.sha256(self.body).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What `routes.toml` says of one host; keys are paths, with the query where there is one."""

    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    last_modified: dict[str, datetime] = field(default_factory=dict)


class Library:
    """All pages of the newsroom, in all editions; holds nothing but what the files say."""

    #: The host that a browser sees at the server's own address.
    front = "newsroom.example"

    @cached_property
    def _routes(self) -> dict[str, Any]:
        return tomllib.loads((_HERE / "routes.toml").read_text(encoding="utf-8"))

    @cached_property
    def hosts(self) -> dict[str, Host]:
        """The hosts that the newsroom answers for."""
        return {name: Host(**tables) for name, tables in self._routes["hosts"].items()}

    def answer(self, host: str, target: str, edition: int) -> Answer:
        """The answer to a request.

        Args:
            host: the host asked, without port.
            target: path and query as sent, percent-encoded.
            edition: 1 or 2; the second shows its own files where it has any.

        Returns:
            502 for a host that the newsroom does not keep, as a proxy would say; 404 for a path it
            does not have.
        """
        if host not in self.hosts:
            return Answer(status=502, body=f"The newsroom does not keep {host}.\n".encode())
        routes = self.hosts[host]
        if target in routes.redirects:
            status, location = routes.redirects[target]
            return Answer(status=status, location=location)
        path, _, query = target.partition("?")
        if query and target not in routes.queries:
            # One article, one address: a query that means nothing is taken off.
            return Answer(status=301, location=path)
        return self._page(host, path, _file_of(routes, target), edition)

    def _page(self, host: str, path: str, name: str | None, edition: int) -> Answer:
        found = self._find(host, name, edition) if name else None
        if found is None:
            missing = (_HERE / _EDITIONS[0] / host / _NOT_FOUND).read_bytes()
            return Answer(status=404, content_type=self._routes["types"][".html"], body=missing)
        routes, (file, shelf) = self.hosts[host], found
        default_type = self._routes["types"][file.suffix]
        default_time = self._routes["defaults"]["last_modified"][shelf]
        return Answer(
            status=routes.statuses.get(path, 200),
            content_type=routes.types.get(path, default_type),
            body=file.read_bytes(),
            last_modified=routes.last_modified.get(path, default_time).astimezone(UTC),
        )

    def _find(self, host: str, name: str, edition: int) -> tuple[Path, int] | None:
        """The newest file of that name up to the edition, and the edition's index."""
        for shelf in reversed(range(edition)):
            file = _HERE / _EDITIONS[shelf] / host / name
            if file.is_file():
                return file, shelf
        return None


def _file_of(routes: Host, target: str) -> str | None:
    """The file that a target names, None where it may name none."""
    if target in routes.queries:
        return routes.queries[target]
    # Any other way of writing a path would be a second address of the same page.
    if not _PLAIN_PATH.fullmatch(target):
        return None
    name = target.removeprefix("/")
    if target.endswith("/"):
        return f"{name}index.html"
    return None if _is_private(routes, name) else name


def _is_private(routes: Host, name: str) -> bool:
    """Whether a file has no address of its own, so that no page has two."""
    return (
        name.endswith(_PRIVATE)
        or PurePosixPath(name).name in {"index.html", _NOT_FOUND}
        or name in routes.queries.values()
    )
