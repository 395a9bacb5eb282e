"""Measures speed and quality, prints all figures and keeps them in `benchmarks/RESULTS.md`.

python -m benchmarks.report [--corpus DIR] [--pages N] [--rounds N] [--documents N]
"""

import os
import platform
import re
import sys
from argparse import Namespace
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.command import parser_for, report, run
from benchmarks.compare import add_options as add_compare_options
from benchmarks.compare import comparison_figures, comparison_section, measure_comparison
from benchmarks.corpus import ROOT
from benchmarks.quality import measure_quality, sets_section, targets_section
from benchmarks.speed import add_options, measure_speed, speed_figures, speed_section
from cleaning.error import OutputError

_RESULTS = ROOT / "benchmarks" / "RESULTS.md"
_LEARNED = ROOT / "training" / "FIGURES.md"
#: Of the ledger: a tenth of what its targets speak of, so as to take two minutes.
_DOCUMENTS = 30_000
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
            _machine(),
            f"## Targets\n\n{targets_section(ours, quality.trafilatura)}",
            f"## Speed\n\n{speed_section(speed)}",
            f"## Copies\n\n{comparison_section(comparison)}",
            f"## Quality, set by set\n\n{sets_section(quality)}",
            *_learned(_LEARNED),
        )
    )
    _keep(page)
    return page


def _machine() -> str:
    """When and with what it was measured; nothing that names the machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES if find_spec(name))
    return (
        f"Made by `make bench` on {datetime.now(UTC).date()}: {python}, {os.cpu_count()} cores;"
        f" {packages}.\nHow to read it: [docs/figures.md](../docs/figures.md)."
    )


def _learned(path: Path) -> list[str]:
    """The cross-validated figures of the learned part, as its training left them."""
    if not path.exists():
        return []
    text = re.sub(r"^#", "###", path.read_text("utf-8").strip(), flags=re.MULTILINE)
    return [f"## The learned part, by sites it has not seen\n\n{text}"]


def _keep(page: str) -> None:
    try:
        _RESULTS.write_text(f"{page}\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{_RESULTS}: cannot be written: {error.strerror}") from error
    report(f"benchmark: kept in {_RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
