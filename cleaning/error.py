"""The family of errors that copydesk raises on purpose.

    CopydeskError               whatever a user can mend; its message names the subject and the cure
    ├── SiteError               a site's TOML file cannot be used
    ├── InputError              a file given to read (page, WARC, JSONL, URL list) cannot be read
    ├── LedgerError             the ledger cannot be used
    ├── OutputError             nothing can be written where output is to go
    ├── ArgumentError           an argument of a command or spider cannot be meant: usage
    └── MissingError            an optional package is asked for and not installed

    Refused                     not an error: a stage declines a page, with a countable reason

Everything else that escapes is a bug.
"""


class CopydeskError(Exception):
    """Base of the family: the message is one line that names the subject and the cure."""


class SiteError(CopydeskError):
    """Raised by `crawler.site` when a site's TOML is broken."""


class InputError(CopydeskError):
    """Raised by readers of files when a file is missing, unreadable or of no known kind."""


class LedgerError(CopydeskError):
    """Raised by `crawler.ledger` when the ledger file is newer, locked, read-only or corrupt."""


class OutputError(CopydeskError):
    """Raised by `crawler.segments` when records cannot be written."""


class ArgumentError(CopydeskError):
    """Raised for an argument whose value cannot be meant; commands end with the code of usage."""


class MissingError(CopydeskError):
    """Raised where a site or a caller asks for what an optional package does, and it is missing."""


class Refused(Exception):  # noqa: N818  (a verdict, not an error)
    """Raised by any cleaning stage that declines a page; `cleaning.clean` alone catches it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep the countable reason (`too-short`) and, for people, what was seen.

        Args:
            reason: a short slug, the same for every page refused for this cause.
            detail: what was seen on this page; free text.
        """
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
