"""Makes site files of a folder of ftr-site-config: what `scrapy import-rules` does on disk."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from cleaning.error import InputError
from crawler.ftr_rules import WHOLE, Outcome, Remark, domain_of, is_of_no_site, translate
from crawler.known_sites import load_known_sites
from crawler.output_file import OutputFile

#: Beside the site files: a line for each rule that was not carried over as it is.
REPORT = "import-report.tsv"
_COLUMNS = ("file", "line", "key", "outcome", "why", "value")
_FAILED: tuple[Outcome, ...] = ("not read", "not written")
_NAME_A_CHECKOUT = "name the folder of a checkout of ftr-site-config"


class Found(NamedTuple):
    """A remark, and the file that it is of."""

    file: Path
    remark: Remark

    @property
    def failed(self) -> bool:
        """Whether the file could not be used, or its site not written."""
        return self.remark.outcome in _FAILED


class Imported(NamedTuple):
    """What came of a folder."""

    files: int
    sites: int
    found: tuple[Found, ...]

    @property
    def faults(self) -> list[str]:
        """What went wrong with whole files: a line each, with its cure."""
        return [f"{one.file}: {one.remark.why}" for one in self.found if one.failed]


def import_rules(source: Path, target: Path, *, overwrite: bool) -> Imported:
    """Write a site file for each file of rules, and a report of what could not be carried over.

    Args:
        source: the folder of `.txt` files.
        target: the folder of site files; it is made if it is missing.
        overwrite: whether site files of these domains are replaced.

    Raises:
        InputError: `source` is no folder of such files.
        OutputError: `target` cannot be written to.
        SiteError: a site file in `target` is broken.
    """
    paths = _rule_files(source)
    target_files = _Target(target, overwrite=overwrite)
    found = tuple(Found(path, remark) for path in paths for remark in target_files.take(path))
    _write_report(target / REPORT, found)
    return Imported(len(paths), len(target_files.written), found)


def summary(imported: Imported) -> Iterator[str]:
    """What came of it, in a line for each outcome; keys by their number."""
    yield f"{imported.sites} sites made of {imported.files} files"
    counts: dict[Outcome, Counter[str]] = {outcome: Counter() for outcome in get_args(Outcome)}
    for _, (rule, outcome, _, _) in imported.found:
        counts[outcome][rule.key or ("whole files" if rule == WHOLE else "lines without key")] += 1
    for outcome, keys in counts.items():
        if keys:
            yield f"{outcome}: " + ", ".join(f"{count} {key}" for key, count in keys.most_common())


class _Target:
    """The folder of site files; remembers which domains it has."""

    def __init__(self, folder: Path, *, overwrite: bool) -> None:
        self._folder = folder
        self._overwrite = overwrite
        self._there = {site.domain: site.file for site in load_known_sites(folder)}
        #: The domains written, each with the file that its rules are of.
        self.written: dict[str, Path] = {}

    def take(self, path: Path) -> tuple[Remark, ...]:
        """Make a site of a file of rules, if it can be made and there is none."""
        if is_of_no_site(path.name):
            return (Remark(WHOLE, "not carried over", "is of no one site"),)
        try:
            domain, text = domain_of(path.name), _read(path)
        except InputError as error:
            return (Remark(WHOLE, "not read", str(error)),)
        if domain in self.written:
            why = f"{self.written[domain].name} is of {domain} too, and its rules hold for both"
            return (Remark(WHOLE, "not carried over", why),)
        toml, remarks = translate(text, path.name, domain)
        if toml is None:
            return (*remarks, Remark(WHOLE, "not carried over", "holds no rule for [clean]"))
        if fault := self._fault(domain):
            return (Remark(WHOLE, "not written", fault),)
        with OutputFile(self._folder / f"{domain}.toml") as file:
            file.write(toml.encode())
        self.written[domain] = path
        return remarks

    def _fault(self, domain: str) -> str | None:
        """Why a domain's site file is not to be written."""
        there, own = self._there.get(domain), self._folder / f"{domain}.toml"
        if there is not None and there != own:
            return f"{there} declares {domain} already; put the rules there, or name it {own.name}"
        if there is not None and not self._overwrite:
            return f"{own} is there already; add --overwrite to replace it, or -o another folder"
        return None


def _rule_files(folder: Path) -> list[Path]:
    """The files of rules; those of hosts come before those of all their subdomains."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; {_NAME_A_CHECKOUT}")
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".txt"]
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be read ({error.strerror}); {_NAME_A_CHECKOUT}"
        ) from error
    if not paths:
        raise InputError(f"{folder}: holds no file of rules (.txt); {_NAME_A_CHECKOUT}")
    return sorted(paths, key=lambda path: (path.name.startswith("."), path.name))


def _read(path: Path) -> str:
    """A file's text; the error's message does not name the file."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); mend its permissions") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8; save it as UTF-8") from error


def _write_report(path: Path, found: tuple[Found, ...]) -> None:
    rows = [one for one in found if one.remark.outcome != "carried over"]
    with OutputFile(path) as report:
        if rows:
            report.write(_row(_COLUMNS))
        for file, (rule, outcome, why, _) in rows:
            cells = (file.name, str(rule.line or ""), rule.key, outcome, why, rule.value)
            report.write(_row(cells))


def _row(cells: Iterable[str]) -> bytes:
    """A line of the report; a file's name may hold anything, even what is no Unicode."""
    row = "\t".join(re.sub(r"[\t\r\n]", " ", cell) for cell in cells)
    return row.encode(errors="backslashreplace")
