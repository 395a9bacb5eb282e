"""Checks that records are what the checked-in schema of `article/1` says.

    python .ci/validate.py PATH... [--at-least N]

A PATH is a JSONL file or a folder of them. Prints how many records are valid; exits with 1 if one
is not, or if there are fewer than N.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_SCHEMA = Path(__file__).parent.parent / "cleaning" / "article-1.schema.json"


def main() -> int:
    """Read the command line and check; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--at-least", type=int, default=1)
    options = parser.parse_args()
    validator = Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")))
    count = faulty = 0
    for place, record in _records(options.paths):
        count += 1
        fault = next(validator.iter_errors(record), None)
        if fault is not None:
            faulty += 1
            print(f"{place}: {fault.json_path}: {fault.message[:200]}")
    print(f"{count} records, {faulty} of them against the schema")
    if count < options.at_least:
        print(f"at least {options.at_least} records were to be there")
    return int(faulty > 0 or count < options.at_least)


def _records(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    for path in paths:
        for file in sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]:
            for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                yield f"{file}, line {number}", json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
