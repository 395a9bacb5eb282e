"""A file of lines that appears only when it is whole; or a stream, where no file is named."""

from pathlib import Path
from typing import BinaryIO, Self

from cleaning.error import OutputError
from crawler.disk import explained


class OutputFile:
    """Use it in a `with` statement: when that ends well the file is there, in place of an old one.

    Where nothing was written there is no file, nor an old one: it would tell of another run.
    """

    def __init__(self, path: Path | None, stream: BinaryIO | None = None) -> None:
        """Take the file to make, and the stream to write to where that is None."""
        self._path = path
        self._part = path.with_name(f"{path.name}.part") if path else None
        self._file: BinaryIO | None = None if path else stream

    def __enter__(self) -> Self:
        """Look at the path before hours are spent on what cannot be put there.

        Raises:
            OutputError: a folder is there.
        """
        if self._path and self._path.is_dir():
            raise OutputError(f"{self._path}: is a folder; name a file in it")
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._path is None or self._part is None:
            return
        with explained(self._path):
            try:
                if self._file is not None:
                    self._file.close()
                if error is None:
                    self._put_in_place(self._part, self._path)
            finally:
                self._part.unlink(missing_ok=True)

    def write(self, line: bytes) -> None:
        """Append a line.

        Raises:
            OutputError: if the file cannot be written.
        """
        if self._path is None and self._file is not None:
            self._file.write(line + b"\n")
            self._file.flush()
            return
        if self._part is not None:
            with explained(self._part):
                self._opened(self._part).write(line + b"\n")

    def _put_in_place(self, part: Path, path: Path) -> None:
        if self._file is None:
            path.unlink(missing_ok=True)
        else:
            part.replace(path)

    def _opened(self, part: Path) -> BinaryIO:
        if self._file is None:
            part.parent.mkdir(parents=True, exist_ok=True)
            self._file = part.open("wb")
        return self._file
