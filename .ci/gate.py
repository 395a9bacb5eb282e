"""Checks figures that `score.py --json` printed.

    score.py GOLD PREDICTED --json | python .ci/gate.py NAME>=VALUE...

Prints the figures; exits with 1 if one is under its value.
"""

import json
import sys


def main(wanted: list[str]) -> int:
    """Compare each figure; the exit code."""
    figures = json.load(sys.stdin)
    print("  ".join(f"{name} {value}" for name, value in figures.items()))
    missed = 0
    for gate in wanted:
        name, _, least = gate.partition(">=")
        if figures[name] < float(least):
            missed += 1
            print(f"{name} is {figures[name]}: at least {least} was to be reached")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
