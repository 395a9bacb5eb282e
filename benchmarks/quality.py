"""Measures the texts of `scrapy clean` and of trafilatura alone against gold, set by set.

    python -m benchmarks.quality [--corpus DIR]

The command is run as users run it, and the corpus' own `score.py` judges both.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.answer import check_seeds, clean_files, score, unanswered, write_trafilatura
from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ALL_SETS, ROOT, gold_of, pages_of, warc_of
from benchmarks.table import Cell, markdown_table
from benchmarks.target import Figures, Target, bound_of, load_figures, load_targets, verdict

_TARGETS = ROOT / "benchmarks" / "targets.toml"
#: Figures that training leaves, by set.
CROSS_VALIDATED = ROOT / "training" / "figures.json"
_HEAD = (
    *("set", "pages", "answered", "refused", "figure", "must", "aim", "trafilatura"),
    *("copydesk, seen", "reached", "cross-validated", "reached"),
)
_NOTE = """\
**Seen pages.** copydesk was developed on the pages of the corpus, and the learned part of its
cleaning, if it has one, was trained on them: `copydesk, seen` says how well it fits them, not how
well it does elsewhere. `cross-validated` stands for the same pages, each judged by a model that has
seen no page of its site (`training/figures.json`; a dash where it has no figure): expect that of a
new site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The figures of both, refusals by set and reason, and what the check of the seeds said."""

    copydesk: Figures
    trafilatura: Figures
    refusals: dict[str, Counter[str]]
    seeds: str


def main() -> int:
    """Measure, and print the tables; the exit code."""
    return run(parser_for(__doc__), lambda options: _section(measure_quality(options.corpus)))


def measure_quality(corpus: Path) -> Quality:
    """Clean all sets and the seeds, and have them scored.

    Raises:
        CopydeskError: a command that has to go well did not.
    """
    ours: dict[str, dict[str, float]] = {}
    theirs: dict[str, dict[str, float]] = {}
    refusals: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as made:
        for name in ALL_SETS:
            records = Path(made, f"{name}.jsonl")
            report(f"quality: scrapy clean {name}")
            refusals[name] = clean_files([warc_of(corpus, name)], records)
            refused = {"refused": refusals[name].total()}
            ours[name] = figures_of(corpus, name, records) | refused
            report(f"quality: trafilatura on {name}")
            others = Path(made, f"{name}.trafilatura.jsonl")
            write_trafilatura(pages_of(corpus, name), others)
            theirs[name] = figures_of(corpus, name, others)
        seeds, passed = check_seeds(corpus.parent / "seeds", Path(made, "seeds.jsonl"))
    return Quality(
        copydesk=ours | {"all": overall(ours), "seeds": {"passed": float(passed)}},
        trafilatura=theirs | {"all": overall(theirs)},
        refusals=refusals,
        seeds=seeds,
    )


def figures_of(corpus: Path, name: str, records: Path) -> dict[str, float]:
    """What `score.py` gives for the records of a set, and how many pages got none or no text."""
    gold = gold_of(corpus, name)
    return score(corpus, gold, records) | {"false_refusals": unanswered(gold, records)}


def overall(figures: Figures) -> dict[str, float]:
    """The counts of all sets together, false refusals as a share of all pages."""
    sums = {
        name: sum(one.get(name, 0) for one in figures.values())
        for name in ("pages", "answered", "refused", "false_refusals")
    }
    return sums | {"false_refusals": sums["false_refusals"] / sums["pages"]}


def targets_section(ours: Figures, theirs: Figures) -> str:
    """The table of all targets, with what it shows.

    Raises:
        InputError: the targets, or the cross-validated figures, cannot be read.
    """
    table = target_table(load_targets(_TARGETS), ours, theirs, load_figures(CROSS_VALIDATED))
    return f"{table}\n\n{_NOTE}"


def target_table(
    targets: Sequence[Target], ours: Figures, theirs: Figures, cross_validated: Figures
) -> str:
    """A row for each target: what it asks, the figures of all, and whether they reach it."""
    rows = (_target_row(target, ours, theirs, cross_validated) for target in targets)
    return markdown_table(_HEAD, rows)


def sets_section(quality: Quality) -> str:
    """All figures that `score.py` gives, a table for each set, and why pages were refused."""
    parts = [
        f"### {name}\n\n{_set_table(quality.trafilatura[name], quality.copydesk[name])}\n\n"
        f"Reasons of copydesk's refusals: {_listed(quality.refusals[name])}"
        for name in ALL_SETS
    ]
    return "\n\n".join((*parts, f"### seeds\n\n```text\n{quality.seeds.rstrip()}\n```"))


def _section(quality: Quality) -> str:
    return f"{targets_section(quality.copydesk, quality.trafilatura)}\n\n{sets_section(quality)}"


def _target_row(
    target: Target, ours: Figures, theirs: Figures, cross_validated: Figures
) -> tuple[Cell, ...]:
    own, other, unseen = (
        figures.get(target.set, {}).get(target.figure)
        for figures in (ours, theirs, cross_validated)
    )
    return (
        target.set,
        *(ours.get(target.set, {}).get(name) for name in ("pages", "answered", "refused")),
        target.figure,
        bound_of(target),
        target.aim,
        other,
        own,
        verdict(target, own),
        unseen,
        None if unseen is None else verdict(target, unseen),
    )


def _set_table(theirs: dict[str, float], ours: dict[str, float]) -> str:
    names = sorted({*theirs, *ours}, key=[*theirs, *ours].index)
    return markdown_table(
        ("figure", "trafilatura", "copydesk"),
        ((name, theirs.get(name), ours.get(name)) for name in names),
    )


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) or "none"


if __name__ == "__main__":
    sys.exit(main())
