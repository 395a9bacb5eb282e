"""What the report shows of the facts, part by part: a sentence, a picture and a table. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from markupsafe import Markup

from crawler.report.chart import Bar, Tone, bars, columns
from crawler.report.facts import LENGTHS, Facts, SiteFacts
from crawler.report.listing import web_address
from crawler.report.tally import REST, Tally

#: Bars of a picture, and rows of a table, at most.
_BARS: Final = 12
_ROWS: Final = 50
_SITES: Final = 500
_DAYS: Final = 62
_ONE_DAY: Final = timedelta(days=1)

_NONE: Final = Markup("")

Value = str | int | Mapping[str, str]


class Column(NamedTuple):
    """A column of a table; figures stand right."""

    name: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class View:
    """A picture with the table that says the same, either of which may be missing."""

    name: str = ""
    says: str = ""
    chart: Markup = _NONE
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page."""

    id: str
    name: str
    views: Sequence[View]


def parts_of(facts: Facts) -> list[Part]:
    """All parts between the figures and the refusals; those that have nothing to say are left out.

    Args:
        facts: of the run or period.
    """
    parts = [
        Part("way", "From lead to record", [_funnel(facts), *_left_out(facts)]),
        Part("sites", "Sites", [_sites(facts)]),
        Part("days", "Articles a day", [_published_days(facts), _fetched_days(facts)]),
        Part("texts", "Texts", [_languages(facts), _lengths(facts), _types(facts), _flags(facts)]),
        Part("dates", "Dates", [_precision(facts), _date_sources(facts)]),
        Part("removed", "What was removed", [_removed(facts)]),
        Part("copies", "Copies", [_copies(facts), _clusters(facts)]),
        Part("slowest", "Slowest pages", [_slowest(facts)]),
        Part("runs", "Runs", [_runs(facts)]),
    ]
    shown = (
        Part(part.id, part.name, [view for view in part.views if view.table]) for part in parts
    )
    return [part for part in shown if part.views]


def refusals_of(facts: Facts) -> View:
    """Refusals by reason."""
    reasons = facts.reasons.items()
    counts = sorted(((name, one.count) for name, one in reasons), key=lambda item: (-item[1], item))
    total = sum(count for _, count in counts)
    rows = [
        (name, facts.reasons[name].stage, count, share(count, total))
        for name, count in counts[:_ROWS]
    ]
    names = (Column("Reason"), Column("Stage"), Column("Pages", True), Column("Share", True))  # noqa: FBT003
    says = "A page of stage fetch could not be had, one of stage clean is no article."
    chart = _chart("Refusals by reason", counts, tone="loss")
    return View("", says, chart, Table("Refusals by reason", names, rows))


def share(count: float, total: float) -> str:
    """A share in per cent; one of what is nothing is none."""
    return f"{100 * count / total:.1f} %" if total else "0.0 %"


def _funnel(facts: Facts) -> View:
    told, sums = facts.runs, facts.runs.sums
    if not told.count:
        return View()
    steps: list[tuple[str, int, Tone]] = [
        ("Leads", told.leads.total(), "main"),
        ("Passed over", told.passed_over.total(), "quiet"),
        ("Pages", sums["pages"], "main"),
        ("Failed", sums["failed"], "loss"),
        ("Refused", sums["refused"], "loss"),
        ("Unchanged", sums["unchanged"], "quiet"),
        ("Copies left out", sums["duplicates"], "quiet"),
        ("Records", sums["published"], "main"),
    ]
    meaning = {
        "Leads": "what feeds, sitemaps, sections and lists named",
        "Passed over": "leads that were not followed, as most are known",
        "Pages": "pages that were dealt with, old articles that were visited again too",
        "Failed": "pages that could not be fetched",
        "Refused": "pages that are no article, are gone or are not to be asked for",
        "Unchanged": "as published before",
        "Copies left out": "by COPYDESK_DUPLICATES=drop",
        "Records": "published: new, updated, labelled as a copy, or gone",
    }
    rows = [(name, count, meaning[name]) for name, count, _ in steps]
    chart = bars("From lead to record", [Bar(name, n, f"{n:,}", tone) for name, n, tone in steps])
    says = (
        "Pages are the sum of what stands below them. They are not the rest of the leads: several"
        " leads may name one page, and articles are visited again without one."
    )
    names = (Column("Step"), _number("Count"), Column("Meaning"))
    return View("", says, chart, Table("From lead to record", names, rows))


def _left_out(facts: Facts) -> list[View]:
    tables = (
        ("Leads by where they were found", "Place", facts.runs.leads),
        ("Leads passed over", "Why", facts.runs.passed_over),
        ("Left to the next run", "Why", facts.runs.not_asked),
    )
    return [_counts(name, what, tally) for name, what, tally in tables]


def _sites(facts: Facts) -> View:
    known = sorted(facts.sites.items(), key=lambda item: (-_weight(item[1]), item[0]))
    if not known:
        return View()
    shown, rest = known[:_SITES], known[_SITES:]
    if rest:
        shown = [*shown, (f"{len(rest)} further sites", _sum(one for _, one in rest))]
    names = ("New", "Updates", "Copies", "Gone", "Refused", "Failed", "Unchanged", "Sources failed")
    headings = (Column("Site"), *map(_number, names), Column("Reasons"))
    rows = [_site_row(name, site) for name, site in shown]
    published = Counter({name: _published(site) for name, site in known if _published(site)})
    chart = _chart("Records by site", published.most_common())
    return View("", "", chart, _without_zeros(Table("Sites", headings, rows)))


def _without_zeros(table: Table) -> Table:
    """Without the columns that are nought in each row: phones are narrow."""
    kept = [
        place
        for place, column in enumerate(table.columns)
        if not column.is_number or any(row[place] for row in table.rows)
    ]
    rows = [[row[place] for place in kept] for row in table.rows]
    return Table(table.caption, [table.columns[place] for place in kept], rows)


def _site_row(name: str, site: SiteFacts) -> list[Value]:
    kinds = ("new", "update", "copy", "gone", "refused", "failed")
    told = ("unchanged", "sources_failed")
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in site.reasons.ranked())
    counts = [*(site.counts[kind] for kind in kinds), *(site.told[key] for key in told)]
    return [_named(name), *counts, reasons]


def _published_days(facts: Facts) -> View:
    last = max((day for day in facts.fetched if day != REST), default="9999-12-31")
    # A page's clock may be a time zone ahead; a later date is a mistake.
    edge = f"{date.fromisoformat(last) + _ONE_DAY}" if last < "9999-12-31" else last
    return _days(facts.days, edge, "By day of publication", "day of publication")


def _fetched_days(facts: Facts) -> View:
    if len(facts.fetched) < 2:  # noqa: PLR2004 - one day is no course
        return View()
    return _days(facts.fetched, "9999-12-31", "By day of fetching", "day of fetching")


def _days(tally: Tally, edge: str, name: str, what: str) -> View:
    known = sorted(day for day in tally if day != REST and day <= edge)
    if not known:
        return View()
    end = date.fromisoformat(known[-1]).toordinal()
    first = max(date.fromisoformat(known[0]).toordinal(), end - _DAYS + 1)
    days = [f"{date.fromordinal(day)}" for day in range(first, end + 1)]
    counts = [(day, tally.get(day, 0)) for day in days]
    outside = tally.total() - sum(count for _, count in counts)
    says = f"Not shown: {outside:,} of other days, most of them earlier." if outside else ""
    table = Table(f"Articles by {what}", (Column("Day"), _number("Articles")), counts[::-1])
    return View(name, says, columns(f"Articles by {what}", counts), table)


def _languages(facts: Facts) -> View:
    return _counts("Languages", "Language", facts.languages)


def _types(facts: Facts) -> View:
    return _counts("Kinds of article", "Kind", facts.types)


def _flags(facts: Facts) -> View:
    flags = Tally(len(facts.flags) + 1)
    flags.update(facts.flags)
    if facts.truncated:
        flags["truncated: the text is not the whole"] = facts.truncated
    return _counts("Doubts about quality", "Flag", flags, facts.articles, tone="loss")


def _lengths(facts: Facts) -> View:
    total = facts.lengths.total()
    if not total:
        return View()
    ends = [f"to {following - 1:,}" for following in LENGTHS[1:]]
    names = [f"{first:,} {end}" for first, end in zip(LENGTHS, [*ends, "or more"], strict=True)]
    rows = [(name, facts.lengths[place]) for place, name in enumerate(names)]
    table = [(name, count, share(count, total)) for name, count in rows]
    return View(
        "Lengths in words",
        "",
        bars("Articles by number of words", [Bar(name, n, f"{n:,}") for name, n in rows]),
        Table("Articles by number of words", (Column("Words"), *_counted("Articles")), table),
    )


def _precision(facts: Facts) -> View:
    order = ("second", "minute", "day", "none")
    known = [(name, facts.precisions[name]) for name in order if facts.precisions[name]]
    total = facts.precisions.total()
    tones: dict[str, Tone] = {"none": "loss"}
    chart = _drawn(
        "Articles by how exact their date is",
        [Bar(name, n, share(n, total), tones.get(name, "main")) for name, n in known],
    )
    rows = [(name, count, share(count, total)) for name, count in known]
    names = (Column("Stated to the"), *_counted("Articles"))
    table = Table("Articles by how exact their date is", names, rows) if rows else None
    return View("Precision", "How much of the date of publication was stated.", chart, table)


def _date_sources(facts: Facts) -> View:
    return _counts("Where it was stated", "Place", facts.date_sources)


def _removed(facts: Facts) -> View:
    texts = facts.texts
    gone = texts.removed.total()
    if not gone:
        return View()
    total = texts.kept + gone
    ranked = texts.removed.ranked()
    chart = _drawn(
        "Share of characters removed, by rule",
        [Bar(rule, n, share(n, total), "loss") for rule, n in ranked[:_BARS]],
    )
    rows = [
        (rule, share(n, total), n, texts.blocks[rule], texts.records[rule])
        for rule, n in ranked[:_ROWS]
    ]
    numbers = map(_number, ("Share", "Characters", "Blocks", "Records"))
    table = Table("Removed, by rule", (Column("Rule"), *numbers), rows)
    says = (
        f"Of {total:,} characters that extraction took for the article,"
        f" {share(gone, total)} were removed as residue."
    )
    return View("", says, chart, table)


def _copies(facts: Facts) -> View:
    return _counts("By kind", "Kind", facts.copies, facts.articles)


def _clusters(facts: Facts) -> View:
    known = sorted(facts.clusters.items(), key=lambda item: (-item[1].copies, item[0]))[:_ROWS]
    titles = {row.id: row.title for row in facts.listing.rows if row.id in dict(known)}
    rows: list[list[Value]] = [
        [
            {"text": titles.get(of) or cluster.title, "href": cluster.link},
            cluster.copies,
            ", ".join(f"{site} {count:,}" for site, count in cluster.sites.ranked()),
            of,
        ]
        for of, cluster in known
    ]
    names = (Column("Title"), _number("Copies"), Column("Sites of the copies"), Column("Copies of"))
    table = Table("Articles with the most copies", names, rows) if rows else None
    says = f"Articles that have copies here: {len(facts.clusters):,}. Links lead to the first copy."
    return View("Clusters", says, _NONE, table)


def _slowest(facts: Facts) -> View:
    rows = [
        ({"text": slow.url, "href": web_address(slow.url)}, f"{slow.seconds:.2f}")
        for slow in facts.runs.slowest
    ]
    names = (Column("Page"), _number("Seconds"))
    table = Table("Pages that took longest to clean", names, rows) if rows else None
    return View("", "Seconds of cleaning, in the worker; fetching is not counted.", table=table)


def _runs(facts: Facts) -> View:
    told = facts.runs
    if told.count < 2:  # noqa: PLR2004 - one run is what the page is about
        return View()
    rows = [
        (
            run.run_id,
            run.spider,
            run.ended,
            f"{run.seconds:.0f}",
            run.pages,
            run.published,
            sum(run.failed.values()),
            run.finish_reason or "",
            "yes" if run.balanced else "no",
        )
        for run in reversed(told.runs)
    ]
    numbers = map(_number, ("Seconds", "Pages", "Records", "Failed"))
    words = map(Column, ("Run", "Spider", "Ended"))
    names = (*words, *numbers, Column("How it ended"), Column("Balanced"))
    says = "" if told.count == len(rows) else f"The last {len(rows)} of {told.count:,}."
    return View("", says, table=Table("Runs", names, rows))


def _counts(
    name: str, what: str, tally: Tally, total: int | None = None, *, tone: Tone = "main"
) -> View:
    """The largest counts of a tally, with their shares of its sum or another total."""
    if not tally:
        return View()
    ranked, total = tally.ranked(), tally.total() if total is None else total
    rows = [(_named(key), count, share(count, total)) for key, count in ranked[:_ROWS]]
    table = Table(name, (Column(what), *_counted("Count")), rows)
    return View(name, "", _chart(name, ranked, tone=tone), table)


def _chart(title: str, ranked: Iterable[tuple[str, int]], *, tone: Tone = "main") -> Markup:
    """Bars of the largest counts, and a line about all others."""
    known = list(ranked)
    shown, rest = known[:_BARS], known[_BARS:]
    rows = [Bar(_named(name), count, f"{count:,}", tone) for name, count in shown]
    if rest:
        others = sum(count for _, count in rest)
        # Their sum is no count of its own: drawn, it would make all others look like nothing.
        rows.append(Bar(f"{len(rest)} others", 0, f"{others:,} in all, not drawn"))
    return _drawn(title, rows)


def _drawn(title: str, rows: Sequence[Bar]) -> Markup:
    """One bar compares nothing."""
    return bars(title, rows) if len(rows) > 1 else _NONE


def _counted(name: str) -> tuple[Column, Column]:
    return _number(name), _number("Share")


def _number(name: str) -> Column:
    return Column(name, is_number=True)


def _named(name: str) -> str:
    return "all others" if name == REST else name


def _published(site: SiteFacts) -> int:
    return sum(site.counts[kind] for kind in ("new", "update", "copy", "gone"))


def _weight(site: SiteFacts) -> int:
    return site.counts.total() + site.told["unchanged"]


def _sum(sites: Iterable[SiteFacts]) -> SiteFacts:
    total = SiteFacts()
    for site in sites:
        total.counts.update(site.counts)
        total.told.update(site.told)
        total.reasons.count_all(site.reasons.items())
    return total
