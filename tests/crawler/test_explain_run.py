"""How blocks are gathered that are shown together."""

import pytest

from cleaning.explanation import Row
from crawler.explain_run import runs_of


def row(letter: str, part: int = 1) -> Row:
    """A kept block (k), or one that was stripped (r, s: by another rule), or not extracted (x)."""
    of = {"part": part, "origin": "markup", "kind": "paragraph", "text": letter}
    if letter == "k":
        return Row(kept=True, **of)
    stage, rule = ("extract", "links") if letter == "x" else ("residue", f"rule-{letter}")
    return Row(kept=False, stage=stage, rule=rule, reason="a reason", **of)


@pytest.mark.parametrize(
    ("letters", "shown"),
    [
        ("", []),
        ("kk", ["k|k"]),
        ("xxxxxxk", ["xxxxxx", "k"]),
        ("xxxxxxxk", ["(xxxxxxx)", "k"]),
        # A menu of which trafilatura took something.
        ("xxxxrxxxxxsxxk", ["(xxxx|r|xxxxx|s|xx)", "k"]),
        # What was stripped from the article stays open, above and below.
        ("krrxxxxxxxsk", ["k", "rr", "(xxxxxxx)", "s", "k"]),
        ("krrrrrrrrk", ["k", "rrrrrrrr", "k"]),
        ("kxrxrxrxrxk", ["k", *"xrxrxrxrx", "k"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_runs(letters: str, shown: list[str]) -> None:
    runs = list(runs_of([row(letter) for letter in letters]))
    told = ["|".join("".join(one.text for one in group) for group in run.groups) for run in runs]
    assert [f"({t})" if r.folded else t for t, r in zip(told, runs, strict=True)] == shown


def test_pages_of_an_article_stand_apart() -> None:
    runs = list(runs_of([row("k"), row("x"), row("x", 2), row("k", 2)]))
    assert [(run.part, len(run.rows)) for run in runs] == [(1, 1), (1, 1), (2, 1), (2, 1)]


def test_a_fold_names_its_rules_by_number() -> None:
    (run,) = runs_of([row(letter) for letter in "xsxrxxxxxxsxx"])
    assert run.rules == "links 10, rule-s 2, rule-r 1"
