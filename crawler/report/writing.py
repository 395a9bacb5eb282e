"""Makes the page of a run or a period and puts it in its place."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cleaning.error import OutputError
from crawler.discovery.date_range import DateRange
from crawler.disk import explained
from crawler.report.facts import Facts
from crawler.report.gathering import Scope, gather
from crawler.report.listing import Row
from crawler.report.page import About, Explanations, render

#: Makes pages of listed articles, the last published last, for the report to link to.
Explain = Callable[[Sequence[Row]], None]


def write_report(folder: Path, scope: Scope, target: Path, explain: Explain | None = None) -> None:
    """Write the report of what an output folder has; the file appears when it is whole.

    Args:
        folder: the output folder.
        scope: the run or the period.
        target: the file; an old one is replaced.
        explain: is called before, with what it lists.

    Raises:
        InputError: there is no such run, or a file is damaged.
        OutputError: the file cannot be written.
    """
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; name a file in it")
    facts = gather(folder, scope)
    if explain:
        explain(facts.listing.rows)
    page = render(facts, _about(scope, facts), _explanations(folder, target))
    part = target.with_name(f"{target.name}.part")
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # What is no letter, as a lone surrogate of a URL, must not cost the report.
            part.write_text(page, "utf-8", "replace", newline="\n")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def report_path(folder: Path, run_id: str) -> Path:
    """Where a run's report is."""
    return folder / "runs" / f"{run_id}.html"


def explanations_of(folder: Path) -> Path:
    """Where pages of `scrapy explain` are, `ID.html`, that reports link to."""
    return folder / "explanations"


def _about(scope: Scope, facts: Facts) -> About:
    if scope.run is None:
        return About(f"Published {_period(scope.period)}", f"{facts.runs.count:,} runs")
    line = "Its summary is not there: counts are of its records and refusals alone."
    for run in facts.runs.runs:
        ended = run.finish_reason or "ended by force"
        line = f"{run.spider}, {run.started} to {run.ended}, {run.seconds:,.0f} s, {ended}"
    return About(f"Run {scope.run}", line)


def _period(period: DateRange) -> str:
    bounds = (("since", period.since), ("until", period.until))
    return " ".join(f"{name} {at:%Y-%m-%d %H:%M} UTC" for name, at in bounds if at)


def _explanations(folder: Path, target: Path) -> Explanations:
    explained_in = explanations_of(folder)
    ids = {path.stem for path in explained_in.glob("*.html")}
    base = Path(os.path.relpath(explained_in, target.parent)).as_posix()
    return Explanations(f"{base}/", ids)
