"""Renders a report's facts as one HTML page that needs nothing besides: no file, no network.

Whatever was crawled is text: jinja2 escapes what it puts into markup, the list of articles is JSON
in which no tag can begin, and the page's policy allows its own style and script, known by their
hash, and nothing else.
"""

import shlex
from base64 import b64encode
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from crawler.report.facts import Facts, Reason
from crawler.report.view import Column, parts_of, refusals_of

#: What would end the script element, or begin another, or a comment.
_UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
#: Reasons of which samples are shown: a server may answer with any status there is.
_SAMPLED = 50
#: Runs that went wrong, of a kind, that are named at the top.
_WARNINGS = 5
_ARTICLE_COLUMNS = (
    Column("Title"),
    Column("Site"),
    Column("Published"),
    Column("Language"),
    Column("Words", is_number=True),
    Column("Quality", is_number=True),
    Column("Kind"),
)


class About(NamedTuple):
    """What a page is about: its title, and a line below it."""

    title: str
    line: str


class Explanations(NamedTuple):
    """Where pages of `scrapy explain` lie, as a link from the report, and of which articles."""

    base: str = ""
    ids: Collection[str] = frozenset()


def render(facts: Facts, about: About, explanations: Explanations = Explanations()) -> str:  # noqa: B008 - it cannot change
    """The page.

    Args:
        facts: what there is to tell.
        about: its title.
        explanations: pages that its articles link to; the others name the command.
    """
    style, script = _data("page.css"), _data("page.js")
    context = {
        "policy": _policy(style, script),
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "title": about.title,
        "about": about.line,
        "figures": _figures(facts),
        "warnings": _warnings(facts),
        "parts": parts_of(facts),
        "refusals": refusals_of(facts),
        "reasons": _reasons(facts),
        "listed": len(facts.listing.rows),
        "listed_says": _listed_says(facts),
        "article_columns": _ARTICLE_COLUMNS,
        "articles": _articles(facts, explanations),
    }
    return _environment().from_string(_data("page.html.j2")).render(context)


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _data(name: str) -> str:
    return files("crawler.report").joinpath(name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: nothing but this style and this script (CSP Level 3)."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _figures(facts: Facts) -> list[tuple[str, int]]:
    kinds, sums = facts.kinds, facts.runs.sums
    refused = sum(reason.count for reason in facts.reasons.values())
    figures = [
        ("Records", facts.records),
        ("New", kinds["new"]),
        ("Updates", kinds["update"]),
        ("Copies", kinds["copy"]),
        ("Gone", kinds["gone"]),
        ("Refusals", refused),
    ]
    if facts.runs.count:
        figures += [("Pages", sums["pages"]), ("Unchanged", sums["unchanged"])]
    sites = sum(site.counts.total() > 0 for site in facts.sites.values())
    return [*figures, ("Sites", sites)]


def _warnings(facts: Facts) -> list[str]:
    told = facts.runs
    lost = [
        f"Run {run.run_id} lost pages: its sums do not agree."
        for run in told.runs
        if not run.balanced
    ]
    cut = [
        f"Run {run.run_id} ended before it was done: {run.finish_reason or 'by force'}."
        for run in told.runs
        if run.finish_reason != "finished"
    ]
    warnings = [*_few(lost), *_few(cut)]
    if told.count == 1 and told.sums["published"] != facts.records:
        published = told.sums["published"]
        warnings.append(
            f"The run says that it published {published:,} records; the manifest has"
            f" {facts.records:,} of them."
        )
    failed, asked = told.sums["sources_failed"], told.sums["sources_asked"]
    if failed:
        warnings.append(f"{failed:,} of {asked:,} feeds, sitemaps and sections could not be read.")
    return warnings


def _few(warnings: list[str]) -> list[str]:
    """The last of them, as of a month with many runs; and how many there are besides."""
    more = len(warnings) - _WARNINGS
    return [*warnings[-_WARNINGS:], f"So did {more} more, see Runs."] if more > 0 else warnings


def _reasons(facts: Facts) -> list[dict[str, Any]]:
    ranked = sorted(facts.reasons.items(), key=lambda item: (-item[1].count, item[0]))
    return [
        {"name": name, "count": reason.count, "samples": _samples(reason)}
        for name, reason in ranked[:_SAMPLED]
    ]


def _samples(reason: Reason) -> list[dict[str, Any]]:
    return [
        {
            **sample._asdict(),
            # Only of a whole URL, and quoted: it is to be pasted into a shell.
            "command": f"scrapy why {shlex.quote(sample.link)}" if sample.link else "",
        }
        for sample in reason.samples.taken
    ]


def _listed_says(facts: Facts) -> str:
    listing = facts.listing
    left_out = listing.added - len(listing.rows)
    if not left_out:
        return "All records, the last published first."
    return (
        f"The last {len(listing.rows):,} of {listing.added:,} records; more would make the page"
        " slow. scrapy read has all."
    )


def _articles(facts: Facts, explanations: Explanations) -> Markup:
    rows = [(*row, int(row.id in explanations.ids)) for row in facts.listing.rows]
    data = {"explanations": explanations.base, "rows": rows}
    return Markup(msgspec.json.encode(data).decode().translate(_UNSAFE))  # noqa: S704 - no tag is left
