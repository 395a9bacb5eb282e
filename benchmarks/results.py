"""The page of results, `benchmarks/RESULTS.md`: kept whole, or renewed in one section."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from typing import Final

from benchmarks.command import report
from benchmarks.corpus import ROOT
from cleaning.error import InputError, OutputError

_RESULTS: Final = ROOT / "benchmarks" / "RESULTS.md"


def made_by(command: str, packages: Sequence[str]) -> str:
    """When and with what it was measured; nothing that names the machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    found = ", ".join(f"{name} {version(name)}" for name in packages if find_spec(name))
    day = datetime.now(UTC).date()
    return f"Made by `{command}` on {day}: {python}, {os.cpu_count()} cores; {found}."


def keep(page: str) -> None:
    """Write the whole page.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        _RESULTS.write_text(f"{page.rstrip()}\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{_RESULTS}: cannot be written: {error.strerror}") from error
    report(f"benchmark: kept in {_RESULTS.relative_to(ROOT)}")


def keep_section(title: str, section: str) -> None:
    """Write one section anew, and leave the others as they are.

    Args:
        title: of a section of the second level; where there is none yet, it becomes the last.
        section: what stands below it.

    Raises:
        InputError: there is no page to renew.
        OutputError: it cannot be written.
    """
    try:
        page = _RESULTS.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{_RESULTS}: cannot be read; `make bench` makes it") from error
    keep(with_section(page, title, section))


def kept_section(title: str) -> list[str]:
    """The section with its title, as it stands; nothing where there is none."""
    page = _RESULTS.read_text("utf-8") if _RESULTS.exists() else ""
    return [part.rstrip() for part in _parts(page) if _is_titled(part, title)]


def with_section(page: str, title: str, section: str) -> str:
    """The page with a section in place of the one of the same title, or behind all others."""
    renewed = f"## {title}\n\n{section}\n\n"
    parts = _parts(page)
    if not any(_is_titled(part, title) for part in parts):
        return f"{page.rstrip()}\n\n{renewed}"
    return "".join(renewed if _is_titled(part, title) else part for part in parts)


def _parts(page: str) -> list[str]:
    """What stands before the first section, and the sections."""
    return re.split(r"^(?=## )", page, flags=re.MULTILINE)


def _is_titled(part: str, title: str) -> bool:
    return part.partition("\n")[0] == f"## {title}"
