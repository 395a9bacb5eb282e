"""Where the corpus stands, and the pages of its sets."""

from collections.abc import Iterator
from pathlib import Path

from cleaning.error import InputError
from cleaning.page import Page
from crawler.source import read_source

ROOT = Path(__file__).parent.parent
DEFAULT = ROOT.parent / "shared" / "corpus"
#: What has gold for texts, and what has it for days of publication alone.
SETS = ("extract-aeb", "extract-fundus", "extract-world", "extract-blogs", "snippets")
ALL_SETS = (*SETS, "dates")
#: The sets in which days of publication are known.
DATED = ("dates", "snippets", "extract-world")


def find_corpus(folder: Path) -> Path:
    """The folder, if all sets are in it.

    Raises:
        InputError: a file of a set is missing.
    """
    for name in ALL_SETS:
        for file in (warc_of(folder, name), gold_of(folder, name)):
            if not file.is_file():
                raise InputError(f"{file}: is not there; name the corpus' folder with --corpus")
    return folder.resolve()


def warc_of(corpus: Path, name: str) -> Path:
    """The archive with the pages of a set."""
    return corpus / f"{name}.warc.gz"


def gold_of(corpus: Path, name: str) -> Path:
    """The file with the gold answers of a set."""
    return corpus / f"{name}.gold.jsonl"


def pages_of(corpus: Path, name: str) -> Iterator[Page]:
    """The pages of a set; records that are none are passed over."""
    return (page for page in read_source(warc_of(corpus, name)) if isinstance(page, Page))
