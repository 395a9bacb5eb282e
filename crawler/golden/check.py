"""Cleans a golden page and compares what comes out with what is expected of it."""

from dataclasses import dataclass
from pathlib import Path

from cleaning.clean import clean_with_audit
from cleaning.error import InputError
from crawler.disk import explained
from crawler.golden.case import EXPECTED, Case, load_case
from crawler.golden.difference import differences
from crawler.golden.expectation import Expected, expected_text, read_expected, renewed
from crawler.golden.reason import Reasons


@dataclass(frozen=True, slots=True)
class Checked:
    """How a golden page differs from what is expected of it: a line each, none where it does not.

    `written` is whether `expected.json` was written anew.
    """

    lines: tuple[str, ...]
    written: bool = False


def check(folder: Path, sites: Path, *, update: bool = False, every: bool = False) -> Checked:
    """Check a golden page.

    Args:
        folder: the case's.
        sites: the folder of declared sites.
        update: whether what came out is written down as expected, in place of what differs.
        every: whether paragraphs are shown that are far from any difference.

    Raises:
        InputError: a file of the case cannot be used.
        SiteError: its site's declaration is missing or broken.
        OutputError: `expected.json` cannot be written.
    """
    case = load_case(folder, sites)
    expected = read_expected(folder / EXPECTED)
    if expected is None and not update:
        raise InputError(
            f"{folder / EXPECTED}: is missing; look at what comes out, then: pytest --golden-update"
        )
    lines = _compare(case, expected, every=every)
    if not update or not lines:
        return Checked(lines)
    cleaned = clean_with_audit(case.page, case.rules)
    wanted = renewed(expected, cleaned.result)
    if wanted == expected:
        return Checked(lines)
    write_expected(folder, wanted)
    # What is left are texts that people have asked for.
    rest = _compare(case, wanted, every=every)
    return Checked(rest or lines, written=not rest)


def write_expected(folder: Path, expected: Expected) -> None:
    """Write down what is expected.

    Raises:
        OutputError: it cannot be written.
    """
    path = folder / EXPECTED
    with explained(path):
        path.write_text(expected_text(expected), encoding="utf-8")


def _compare(case: Case, expected: Expected | None, *, every: bool) -> tuple[str, ...]:
    cleaned = clean_with_audit(case.page, case.rules)
    if expected is None:
        return ("nothing was expected yet",)
    reasons = Reasons(case.page, case.rules, cleaned)
    return tuple(differences(expected, cleaned.result, reasons, every=every))
