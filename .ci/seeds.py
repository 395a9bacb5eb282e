"""Checks the records of the five seed texts against what cleaning must make of them.

    python .ci/seeds.py SEEDS_FOLDER RECORDS.jsonl

Prints a line a seed and the shares; exits with 1 if a `keep` line is missing or out of order, a
`drop` line is left, or a title or `truncated` is wrong.
"""

import json
import sys
from pathlib import Path
from typing import Any

_SEEDS = 5


def flat(text: str) -> str:
    """The text with every run of blanks as one, bullets left out."""
    return " ".join(text.replace("•", " ").split())


def missing(lines: list[str], text: str) -> list[int]:
    """Which lines are not in the text after the one before: their indexes."""
    place, lost = 0, []
    for index, line in enumerate(lines):
        found = text.find(line, place)
        if found < 0:
            lost.append(index)
        else:
            place = found + len(line)
    return lost


def check(lines: list[str], wanted: dict[str, Any], record: dict[str, Any]) -> tuple[int, int, int]:
    """Prints what is wrong; gives lines to keep that are missing, dropped lines, lines to drop."""
    text = flat(record["text"])
    paragraphs = {flat(part.removeprefix("- ")) for part in record["text"].split("\n\n")}
    keep = [flat(lines[number - 1]) for number in wanted["keep"]]
    drop = [flat(lines[number - 1]) for number in wanted["drop"]]
    lost, left = missing(keep, text), [line for line in drop if line in paragraphs]
    for index in lost:
        print(f"    missing: {keep[index][:80]}")
    for line in left:
        print(f"    left in: {line[:80]}")
    for one, other in wanted.get("once", []):
        if text.count(flat(lines[one - 1])) > 1 and lines[one - 1] == lines[other - 1]:
            print(f"    twice: {lines[one - 1][:80]}")
    return len(lost), len(drop) - len(left), len(drop)


def main(seeds: Path, records: Path) -> int:
    """Check all seeds; the exit code."""
    gold = json.loads((seeds / "gold.json").read_text("utf-8"))
    rows = [json.loads(line) for line in records.read_text("utf-8").splitlines()]
    lost = dropped = total = found = wrong = 0
    for path in sorted(seeds.glob("*.txt")):
        record = next((row for row in rows if row["url"].endswith(path.name)), None)
        if record is None:
            print(f"{path.name}: no record")
            continue
        found += 1
        wanted, lines = gold[path.name], path.read_text("utf-8").splitlines()
        title = flat(lines[wanted["title"] - 1])
        authors = [author["name"] for author in record["authors"]]
        right = record["title"] == title, record["access"]["truncated"] == wanted["truncated"]
        wrong += right.count(False)
        print(
            f"{path.name}: title {right[0]}, truncated {right[1]}, language"
            f" {record['language'] == wanted['language']}, author {authors} of {wanted['author']},"
            f" date {record['date_published']} of {wanted['date']}"
        )
        counts = check(lines, wanted, record)
        lost, dropped, total = lost + counts[0], dropped + counts[1], total + counts[2]
    print(
        f"seeds: {found} records, {lost} keep lines missing, {dropped} of {total} drop lines gone"
    )
    return int(found < _SEEDS or lost + wrong > 0 or dropped < total)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
