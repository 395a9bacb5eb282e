"""Puts whole files into S3, GCS, behind SFTP or into another folder."""

import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

from cleaning.error import OutputError
from cleaning.remote_folder import RemoteFolder, os_errors
from crawler.disk import replace

# Where a put file is there as a whole or not at all; elsewhere it is renamed when it is.
_ATOMIC = {"s3", "gs", "memory"}
_MD5 = re.compile(r'"?([0-9a-f]{32})"?', re.ASCII)


class RemoteStore:
    """A folder by its URL, of which each file is always whole.

    Args:
        url: as `RemoteFolder` takes it.

    Raises:
        ArgumentError, MissingError: as `RemoteFolder` says.
        OutputError: the store cannot be reached.
    """

    def __init__(self, url: str) -> None:
        with _explained(url):
            self._folder = RemoteFolder(url)
        self._system = self._folder.system

    def __str__(self) -> str:
        return str(self._folder)

    def read(self, path: str) -> bytes:
        """What is in a file; nothing where it is missing.

        Raises:
            OutputError: the store fails or refuses.
        """
        file = self._folder / path
        with _explained(str(file)):
            try:
                with file.open() as opened:
                    return opened.read()
            except FileNotFoundError:
                return b""

    def put(self, path: str, data: bytes) -> None:
        """Write a file, in place of one that is there, and see that all has arrived.

        Raises:
            OutputError: the store fails or refuses, or something else has arrived.
        """
        name, place = f"{self._folder}/{path}", f"{self._folder.root}/{path}"
        with _explained(name):
            self._write(place, data)
            self._system.invalidate_cache()
            arrived = self._is(self._system.info(place), place, data)
        if not arrived:
            raise OutputError(f"{name}: something else has arrived than was sent: run again")

    def remove(self, path: str) -> None:
        """Delete a file, if it is there.

        Raises:
            OutputError: the store fails or refuses.
        """
        place = f"{self._folder.root}/{path}"
        with _explained(f"{self._folder}/{path}"):
            self._system.invalidate_cache()
            if self._system.exists(place):
                self._system.rm_file(place)

    def _write(self, place: str, data: bytes) -> None:
        if self._folder.kind == "file":
            _write_here(Path(place), data)
            return
        if self._folder.kind in _ATOMIC:
            self._system.pipe_file(place, data)
            return
        part = f"{place}.part"
        self._system.makedirs(place.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(part, data)
        self._system.mv(part, place)

    def _is(self, info: Mapping[str, Any], place: str, data: bytes) -> bool:
        """Whether a file is what was sent, by its size, and by its MD5 where the store tells it."""
        if info["size"] != len(data):
            return False
        told = _told_md5(info)
        digest = md5(data, usedforsecurity=False).digest()
        if told is None or told in {digest.hex(), b64encode(digest).decode()}:
            return True
        # What S3 tells of a file that is encrypted with a key of its own is no MD5.
        return sha256(self._system.cat_file(place)).digest() == sha256(data).digest()


def _told_md5(info: Mapping[str, Any]) -> str | None:
    """As S3 and GCS tell it; of a file that came in parts they do not."""
    found = _MD5.fullmatch(str(info.get("ETag", "")))
    return found[1] if found else info.get("md5Hash")


def _write_here(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    replace(part, target)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turns what a store says into one line that names the file and the cure.

    Raises:
        OutputError: for any error of a store inside.
    """
    try:
        with os_errors():
            yield
    except FileNotFoundError as error:
        cure = "make that bucket or folder, or set another COPYDESK_PUBLISH"
        raise OutputError(f"{name}: {error.strerror}: {cure}") from error
    except PermissionError as error:
        cure = "give credentials that may write there, see docs/publishing.md"
        raise OutputError(f"{name}: {error.strerror}: {cure}") from error
    except OSError as error:
        cure = "see that it can be reached and has room, and run scrapy publish"
        raise OutputError(f"{name}: {error.strerror}: {cure}") from error
