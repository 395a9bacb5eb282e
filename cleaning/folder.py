"""What reading needs of an output folder, be it here or elsewhere."""

from io import BufferedReader
from pathlib import Path
from typing import Literal, Protocol

from cleaning.error import InputError


class File(Protocol):
    """A file that can be read; `str` names it in messages."""

    def open(self, mode: Literal["rb"], /) -> BufferedReader:
        """Open it.

        Raises:
            OSError: it is missing, or cannot be read.
        """


class Folder(Protocol):
    """A folder of which files can be read; a `Path` is one."""

    def __truediv__(self, path: str, /) -> File: ...


def is_url(place: str) -> bool:
    """Whether a folder that somebody named is elsewhere: `s3://bucket/prefix`."""
    return "://" in place


def folder_of(place: str | Path) -> Folder:
    """The folder that somebody named.

    Raises:
        ArgumentError: it is a URL of no kind that can be read.
        MissingError: the package that reads such URLs is not installed.
        InputError: its host cannot be reached.
    """
    if isinstance(place, Path) or not is_url(place):
        return Path(place)
    # Who reads local folders is not to need it, nor to wait for it.
    from cleaning.remote_folder import RemoteFolder  # noqa: PLC0415

    try:
        return RemoteFolder(place)
    except OSError as error:
        raise InputError(f"{place}: {error.strerror}; see that it can be reached") from error
