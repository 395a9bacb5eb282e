"""An output folder in S3, GCS or behind SFTP, read through fsspec.

Imported only where a URL is given: fsspec comes with the extras `s3`, `gs` and `sftp`.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from cleaning.error import ArgumentError, CopydeskError, MissingError

#: The extra that each kind of URL needs; fsspec alone does for the last two, which any of them has.
EXTRAS = {"s3": "s3", "gs": "gs", "sftp": "sftp", "file": "s3", "memory": "s3"}
_LONGEST = 200
_CONNECT_SECONDS = 10


class RemoteFolder:
    """An output folder by its URL.

    Args:
        url: `s3://bucket/prefix`, `gs://bucket/prefix`, `sftp://user@host/path`, `file:///path`.

    Raises:
        ArgumentError: it is no such URL, or holds a password.
        MissingError: the extra that it needs is not installed.
        OSError: SFTP only: the host cannot be reached, or refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        check_url(url)
        self.kind = url.partition("://")[0]
        with os_errors():
            self.system, self.root = _connected(url, self.kind)

    def __truediv__(self, path: str) -> "RemoteFile":
        return RemoteFile(self, path)

    def __str__(self) -> str:
        return self.url


class RemoteFile:
    """A file there, which is read whole: so large a segment is that it fits."""

    def __init__(self, folder: RemoteFolder, path: str) -> None:
        self._name = f"{folder}/{path}"
        self._system = folder.system
        self._path = f"{folder.root}/{path}"

    def __str__(self) -> str:
        return self._name

    def open(self, mode: Literal["rb"] = "rb") -> BufferedReader:  # noqa: ARG002 - there is no other
        """All that is in it, to be read.

        Raises:
            OSError: it is missing, or cannot be read.
        """
        with os_errors():
            data = self._system.cat_file(self._path)
        return BufferedReader(BytesIO(data))

    def mark(self) -> str:
        """What differs as soon as the file is another: its size, time, ETag, as far as there are.

        Raises:
            OSError: it is missing, or cannot be asked for.
        """
        with os_errors():
            self._system.invalidate_cache()
            return str(self._system.ukey(self._path))


@contextmanager
def os_errors() -> Iterator[None]:
    """Whatever the libraries of stores raise, as the error that a file would have raised.

    Raises:
        OSError: of the kind that fits, its `strerror` one line.
    """
    try:
        yield
    except CopydeskError:
        raise
    except FileNotFoundError as error:
        raise FileNotFoundError(errno.ENOENT, _line(error)) from error
    except Exception as error:
        # Each library has a family of its own, botocore three.
        if isinstance(error, PermissionError) or _is_denial(error):
            raise PermissionError(errno.EACCES, _line(error)) from error
        raise OSError(errno.EIO, _line(error)) from error


def _checked_kind(url: str) -> str:
    kind, _, rest = url.partition("://")
    if kind not in EXTRAS:
        known = ", ".join(f"{name}://" for name in EXTRAS if name != "memory")
        raise ArgumentError(f"{kind}://: no such store is known; name one of {known}")
    if urlsplit(url).password is not None:
        cure = "lists of processes show it; use a key file, an agent or the environment"
        raise ArgumentError(f"{kind}://: leave the password out of the URL: {cure}")
    if not rest.strip("/"):
        raise ArgumentError(f"{url}: name a bucket or folder")
    return kind


def check_url(url: str) -> None:
    """Find out what is wrong with a URL before anything is read or written there.

    Raises:
        ArgumentError: it is of no kind that is known, or holds a password.
        MissingError: the extra that it needs is not installed.
    """
    kind = _checked_kind(url)
    try:
        import fsspec  # noqa: PLC0415 - it may be missing

        if kind == "sftp":
            # fsspec's own knows no host by its key.
            fsspec.register_implementation("sftp", "sshfs.SSHFileSystem", clobber=True)
        fsspec.get_filesystem_class(kind)
    except ImportError as error:
        cure = f"pip install 'copydesk[{EXTRAS[kind]}]'"
        raise MissingError(f"{kind}:// needs a package that is missing: {cure}") from error


def _connected(url: str, kind: str) -> tuple[Any, str]:
    """The file system, and the path in it."""
    from fsspec.core import url_to_fs  # noqa: PLC0415 - as above

    given: dict[str, Any] = {"skip_instance_cache": True}
    if kind == "s3":
        # A host that does not answer: botocore tries five times, and 60 seconds each are too long.
        given["config_kwargs"] = {"connect_timeout": _CONNECT_SECONDS}
    if kind == "sftp":
        # Without it sshfs believes any host.
        known = Path.home() / ".ssh" / "known_hosts"
        given["known_hosts"] = str(known) if known.is_file() else b""
    else:
        # Listings would be remembered, and what is new not seen.
        given["use_listings_cache"] = False
    system, root = url_to_fs(url, **given)
    return system, str(root).rstrip("/")


def _is_denial(error: Exception) -> bool:
    name = type(error).__name__
    return "Credential" in name or name in {"PermissionDenied", "RefreshError"}


def _line(error: Exception) -> str:
    """What an error says, in one line."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(said.split())[:_LONGEST]
