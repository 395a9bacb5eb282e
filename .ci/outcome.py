"""Checks the counts of the last run of an output folder, as its `runs/RUN.json` tells them.

    python .ci/outcome.py OUTPUT --published N    the run published exactly N records
    python .ci/outcome.py OUTPUT --warc PATH...   its outcomes add up to the files' responses

Prints the counts; exits with 1 if they are not as said.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator


def main() -> int:
    """Read the command line and check; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--published", type=int)
    parser.add_argument("--warc", nargs="+", type=Path, default=[])
    options = parser.parse_args()
    run = json.loads(max((options.output / "runs").glob("*.json")).read_text("utf-8"))
    refused = sum(run["refused"].values())
    print(
        f"run {run['run_id']}: {run['new']} new, {run['updated']} updated, {run['duplicates']}"
        f" duplicates, {run['unchanged']} unchanged, {refused} refused: {run['pages']} pages"
    )
    return int(not (_published_as_said(run, options.published) and _adds_up(run, options.warc)))


def _published_as_said(run: dict[str, Any], wanted: int | None) -> bool:
    if wanted is None or run["published"] == wanted:
        return True
    print(f"{run['published']} were published, {wanted} were to be")
    return False


def _adds_up(run: dict[str, Any], paths: Sequence[Path]) -> bool:
    responses = sum(map(_responses_in, paths))
    if not paths or run["pages"] == responses:
        return True
    print(f"the files hold {responses} responses")
    return False


def _responses_in(path: Path) -> int:
    """Counted by warcio itself, not by the reader that is under test."""
    with path.open("rb") as file:
        return sum(record.rec_type == "response" for record in ArchiveIterator(file))


if __name__ == "__main__":
    sys.exit(main())
