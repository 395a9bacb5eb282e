"""The file in which a consumer's cursor is kept from one reading to the next."""

import os
from pathlib import Path

from cleaning.cursor import Cursor
from cleaning.error import ArgumentError, InputError
from crawler.disk import explained


def read_cursor(path: Path) -> str | None:
    """The cursor that was written last; None where the file is not there.

    Raises:
        InputError: the file cannot be read, or holds something else.
    """
    try:
        return str(Cursor.parse(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ArgumentError, UnicodeDecodeError) as error:
        cure = "restore it, or remove it to read from the start"
        raise InputError(f"{path}: holds no cursor; {cure}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error


def write_cursor(path: Path, cursor: str) -> None:
    """Put a cursor in the place of the last one; a crash leaves one of the two, whole.

    Raises:
        OutputError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            file.write(f"{cursor}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
