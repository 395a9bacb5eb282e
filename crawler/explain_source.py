"""Takes the page that `scrapy explain` is to explain: from the archive, or from a file."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.explanation import Origin
from cleaning.page import Page, WarcPlace
from crawler.archive import read_response
from crawler.archived_page import ArticleParts, archived_page
from crawler.source import read_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A page, or why there is none; where it was taken from; whether more come after it there."""

    page: Page | Refusal
    origin: Origin
    has_more: bool = False


def take_from_archive(place: WarcPlace, folder: Path) -> Taken:
    """What a crawl has archived.

    Raises:
        InputError: the file is gone or damaged.
    """
    path = folder / place.file
    if not path.exists():
        raise InputError(f"{path}: is not there any more; fetch the page anew: --live")
    return take_at(path, place.offset)


def take_at(path: Path, offset: int) -> Taken:
    """The page whose record starts at a byte of a WARC file, with those that continue it.

    Raises:
        InputError: the file cannot be read, or no record starts there.
    """
    archived = read_response(path, offset)
    page = archived_page(archived, path)
    if archived.evidence and isinstance(page, Page):
        page = _parts_of(path, path.stat().st_size).joined(page)
    return Taken(page=page, origin=Origin(kind="archive", path=str(path), offset=offset))


@lru_cache(maxsize=4)
def _parts_of(path: Path, _size: int) -> ArticleParts:
    """Of an archive that has not grown: it is read through once, however many articles go on."""
    return ArticleParts(path)


def take_from_file(path: Path, number: int) -> Taken:
    """A page of a file of any kind that `scrapy clean` reads.

    Args:
        path: the file.
        number: which of its pages, from 1.

    Raises:
        InputError: it cannot be read, or holds fewer.
    """
    rest = list(islice(read_source(path), number - 1, number + 1))
    if not rest:
        raise InputError(f"{path}: holds no page {number}; count from 1, --number")
    page = rest[0]
    place = page.warc
    origin = Origin(kind="file", path=str(path), offset=place.offset if place else None)
    return Taken(page=page, origin=origin, has_more=len(rest) > 1)
