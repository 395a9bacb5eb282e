"""Scores texts against gold, by 4-word shingles as the article-extraction benchmark defines them.

Source: scrapinghub/article-extraction-benchmark. Precision and recall are averaged over pages, F1
is their harmonic mean; `exact` is the share of pages whose words are all right and no others.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean

from gold import GoldPage

_WORD = re.compile(r"\w+")
_SIZE = 4


def figures_of(golds: Sequence[GoldPage], texts: Mapping[str, str]) -> dict[str, float]:
    """The figures of one set, by name; `texts` are by URL."""
    whole = [(gold.text, texts[gold.page.url]) for gold in golds if gold.text is not None]
    if not whole:
        return {"snippet_f1": round(_snippet_f1(golds, texts), 4)}
    shares = [_precision_and_recall(wanted, text) for wanted, text in whole]
    precision, recall = mean(p for p, _ in shares), mean(r for _, r in shares)
    exact = mean(_WORD.findall(wanted) == _WORD.findall(text) for wanted, text in whole)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(_harmonic(precision, recall), 4),
        "exact": round(exact, 4),
    }


def table_of(figures: Mapping[str, Mapping[str, float]]) -> str:
    """The figures as a Markdown table."""
    columns = ("f1", "precision", "recall", "exact", "snippet_f1")
    lines = [
        "Cross-validated by site: each page judged by a forest that has seen no page of its site.",
        "",
        f"| set | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    lines += (
        f"| {name} | {' | '.join(_written(of.get(column)) for column in columns)} |"
        for name, of in figures.items()
    )
    return "\n".join(lines) + "\n"


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".lstrip("0")


def _precision_and_recall(wanted: str, text: str) -> tuple[float, float]:
    want, have = _shingles(wanted), _shingles(text)
    common = (want & have).total()
    return common / max(1, have.total()), common / max(1, want.total())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    count = max(1, len(words) - _SIZE + 1) if words else 0
    return Counter(tuple(words[at : at + _SIZE]) for at in range(count))


def _snippet_f1(golds: Sequence[GoldPage], texts: Mapping[str, str]) -> float:
    """The harmonic mean of the shares of wanted sentences in, and of unwanted ones out."""
    found, kept_out = [], []
    for gold in golds:
        text = " ".join(texts[gold.page.url].split())
        found += [" ".join(one.split()) in text for one in gold.gold.get("with", [])]
        kept_out += [" ".join(one.split()) not in text for one in gold.gold.get("without", [])]
    return _harmonic(mean(found), mean(kept_out))


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one and other else 0.0
