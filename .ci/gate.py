"""Checks figures that `score.py --json` printed.

    score.py GOLD PREDICTED --json | python .ci/gate.py 'NAME>=VALUE' 'NAME<=VALUE' ...

Prints the figures; exits with 1 if one does not hold.
"""

import json
import re
import sys


def main(wanted: list[str]) -> int:
    """Compare each figure; the exit code."""
    figures = json.load(sys.stdin)
    print("  ".join(f"{name} {value}" for name, value in figures.items()))
    missed = 0
    for gate in wanted:
        name, sign, bound = re.split("(>=|<=)", gate)
        figure = figures[name]
        if figure < float(bound) if sign == ">=" else figure > float(bound):
            missed += 1
            print(f"{name} is {figure}: it was to be {sign} {bound}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
