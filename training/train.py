"""Trains the judge of blocks and measures it: `python training/train.py --corpus FOLDER`.

Writes `cleaning/judge.npz`, and beside this file `figures.json` and `FIGURES.md`: cross-validated
by site, five folds, each page judged by a forest that has seen no page of its site.
"""

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from catboost import CatBoostClassifier, Pool
from example import FOLDS, Example, examples_of
from gold import SETS, read_gold_pages
from measure import figures_of, table_of

from cleaning.block import render
from cleaning.extract import judged
from cleaning.feature import flat
from cleaning.judge import Forest
from cleaning.residue import strip_residue

_HERE = Path(__file__).parent
_WEIGHTS = _HERE.parent / "cleaning" / "judge.npz"
#: Several forests that differ by chance judge better together than the best of them alone.
_SEEDS: Final = (1, 2)
_OPTIONS: Final[Mapping[str, Any]] = {
    "iterations": 250,
    "depth": 6,
    "learning_rate": 0.12,
    "l2_leaf_reg": 6,
    "border_count": 64,
    "rsm": 0.4,
    "verbose": False,
    "allow_writing_files": False,
    "thread_count": -1,
}
_MOST = np.iinfo(np.int16).max


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder of SET.warc.gz and gold")
    corpus: Path = parser.parse_args().corpus
    logging.disable(logging.ERROR)  # trafilatura's word on broken pages
    print("reading pages ...")
    examples = examples_of(read_gold_pages(corpus))
    figures = _cross_validated(examples)
    (_HERE / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (_HERE / "FIGURES.md").write_text(table_of(figures), "utf-8")
    print(table_of(figures))
    print("training on all pages ...")
    _write(_trained(examples))


def _cross_validated(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """The figures of each set, every page judged by a forest that has not seen its site."""
    texts: dict[str, dict[str, str]] = {name: {} for name in SETS}
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS} ...")
        forest = _trained([one for one in examples if one.fold != fold])
        for example in (one for one in examples if one.fold == fold):
            url = example.gold.page.url
            texts[example.gold.set][url] = _text_of(example, forest)
    golds = {name: [one.gold for one in examples if one.gold.set == name] for name in SETS}
    return {name: figures_of(golds[name], texts[name]) for name in SETS}


def _text_of(example: Example, forest: Forest) -> str:
    blocks = judged(example.scene, example.groups, forest).values()
    return render(strip_residue(tuple(blocks), example.metadata).kept)


def _trained(examples: Sequence[Example]) -> Forest:
    weights = np.concatenate([one.weights for one in examples])
    told = weights > 0
    pool = Pool(
        np.vstack([one.table for one in examples])[told],
        label=(np.concatenate([one.labels for one in examples]) >= 0.5)[told].astype(int),  # noqa: PLR2004  (half)
        weight=weights[told],
    )
    models = [CatBoostClassifier(random_seed=seed, **_OPTIONS).fit(pool) for seed in _SEEDS]
    return _forest_of(models, tuple(flat(examples[0].groups)))


def _forest_of(models: Sequence[CatBoostClassifier], names: tuple[str, ...]) -> Forest:
    """The trees of all models as one forest, whose score is the mean of theirs."""
    trees, bias = [], 0.0
    for model in models:
        stored = _stored(model)
        trees += stored["oblivious_trees"]
        factor, (start,) = stored["scale_and_bias"]
        bias += factor * start / len(models)
    splits = [split for tree in trees for split in tree["splits"]]
    values = np.array([tree["leaf_values"] for tree in trees]) / len(models)
    scale = float(np.abs(values).max() / _MOST)
    return Forest(
        names=names,
        asked=np.array([split["float_feature_index"] for split in splits], dtype=np.int64),
        borders=np.array([split["border"] for split in splits], dtype=np.float32),
        leaves=np.round(values / scale).astype(np.int16),
        scale=scale,
        bias=bias,
    )


def _stored(model: CatBoostClassifier) -> dict[str, Any]:
    """The model as CatBoost's own JSON."""
    path = _HERE / "model.json"
    model.save_model(str(path), format="json")
    stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
    path.unlink()
    return stored


def _write(forest: Forest) -> None:
    """The weights, without the features that no tree asks for."""
    used = sorted(set(forest.asked.tolist()))
    renumbered = {feature: at for at, feature in enumerate(used)}
    np.savez_compressed(
        _WEIGHTS,
        names=np.array(" ".join(forest.names[feature] for feature in used)),
        asked=np.array([renumbered[feature] for feature in forest.asked.tolist()], dtype=np.int16),
        borders=forest.borders,
        leaves=forest.leaves,
        scale=np.float64(forest.scale),
        bias=np.float64(forest.bias),
    )
    print(f"{_WEIGHTS.name}: {len(used)} features, {_WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
