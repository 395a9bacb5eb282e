"""Measures speed and quality, prints all figures and keeps them in `benchmarks/RESULTS.md`.

python -m benchmarks.report [--corpus DIR] [--pages N] [--rounds N] [--documents N]
"""

import re
import sys
from argparse import Namespace
from pathlib import Path

from benchmarks.command import parser_for, run
from benchmarks.compare import add_options as add_compare_options
from benchmarks.compare import comparison_figures, comparison_section, measure_comparison
from benchmarks.corpus import ROOT
from benchmarks.peers import TITLE as PEERS
from benchmarks.quality import measure_quality, sets_section, targets_section
from benchmarks.results import keep, kept_section, made_by
from benchmarks.speed import add_options, measure_speed, speed_figures, speed_section

_LEARNED = ROOT / "training" / "FIGURES.md"
#: Of the ledger: a tenth of what its targets speak of, so as to take two minutes.
_DOCUMENTS = 30_000
_HOW_TO_READ = "How to read it: [docs/figures.md](../docs/figures.md)."
_PACKAGES = ("trafilatura", "htmldate", "dateparser", "langdetect", "lxml", "numpy")


def main() -> int:
    """Measure, print and keep; the exit code."""
    parser = parser_for(__doc__)
    add_options(parser)
    add_compare_options(parser, documents=_DOCUMENTS)
    return run(parser, _measure)


def _measure(options: Namespace) -> str:
    speed = measure_speed(options)
    quality = measure_quality(options.corpus)
    comparison = measure_comparison(options)
    ours = {**quality.copydesk, "speed": speed_figures(speed), **comparison_figures(comparison)}
    page = "\n\n".join(
        (
            "# Results of the benchmark",
            f"{made_by('make bench', _PACKAGES)}\n{_HOW_TO_READ}",
            f"## Targets\n\n{targets_section(ours, quality.trafilatura)}",
            f"## Speed\n\n{speed_section(speed)}",
            f"## Copies\n\n{comparison_section(comparison)}",
            f"## Quality, set by set\n\n{sets_section(quality)}",
            *kept_section(PEERS),
            *_learned(_LEARNED),
        )
    )
    keep(page)
    return page


def _learned(path: Path) -> list[str]:
    """The cross-validated figures of the learned part, as its training left them."""
    if not path.exists():
        return []
    text = re.sub(r"^#", "###", path.read_text("utf-8").strip(), flags=re.MULTILINE)
    return [f"## The learned part, by sites it has not seen\n\n{text}"]


if __name__ == "__main__":
    sys.exit(main())
