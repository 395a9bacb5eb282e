"""Makes training examples of gold pages: a row of features, a label and a weight for each block."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from gold import GoldPage, labels
from numpy.typing import NDArray
from tldextract import TLDExtract

from cleaning.data_body import stated_body
from cleaning.decode import decode
from cleaning.error import Refused
from cleaning.extract import scene_of
from cleaning.feature import features, flat
from cleaning.jsonld import read_jsonld
from cleaning.layout import read_blocks
from cleaning.metadata import Metadata, read_metadata
from cleaning.parse import parse
from cleaning.rules import Rules
from cleaning.scene import Columns, Scene
from cleaning.sheet import Column

FOLDS: Final = 5
#: News is what copydesk is for, and there are ten times as many blogs.
_WEIGHTS: Final = {
    "extract-aeb": 5.0,
    "extract-fundus": 5.0,
    "extract-world": 5.0,
    "extract-blogs": 1.0,
    "snippets": 2.0,
}
# A long block weighs more than a short one, but less than by its words: texts shall be exact too.
_BASE_WORDS: Final = 20
# A standfirst, roughly: a sentence or two above the text that the page marks as one, or describes
# itself by. Half of the gold texts hold it and half do not; copydesk keeps what is printed once.
_STANDFIRST_WORDS: Final = (4, 70)
_ABOVE: Final = 0.12
_SAID: Final = 0.6

_suffixes = TLDExtract(suffix_list_urls=())


@dataclass(frozen=True, slots=True)
class Example:
    """A gold page as the judge sees it."""

    gold: GoldPage
    metadata: Metadata
    scene: Scene
    groups: dict[str, Columns]
    table: NDArray[np.float32]
    labels: Column

    @property
    def fold(self) -> int:
        """One fold a site: the judge is never measured on a site that it has seen."""
        site = _suffixes(self.gold.page.url).top_domain_under_public_suffix or "none"
        return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS

    @property
    def weights(self) -> Column:
        """The weight of each block; 0 where gold says nothing, or not what we want."""
        columns = flat(self.groups)
        words = np.expm1(columns["words"])
        weights = np.sqrt(words + _BASE_WORDS)
        weights *= _WEIGHTS[self.gold.set] / np.sqrt(weights.sum())
        weights[np.isnan(self.labels)] = 0.0
        weights[_standfirsts(columns, words) & (self.labels < 0.5)] = 0.0  # noqa: PLR2004  (half)
        return weights


def _standfirsts(columns: Columns, words: Column) -> NDArray[np.bool_]:
    said = (columns["in_description"] > _SAID) | (columns["description_covered"] > _SAID)
    marked = columns["named_lead"] > 1
    few, many = _STANDFIRST_WORDS
    found: NDArray[np.bool_] = (
        (said | marked)
        & (columns["prose_above"] <= _ABOVE)
        & (words >= few)
        & (words <= many)
        & (columns["is_title"] + columns["in_title"] == 0)
        & (columns["times_on_page"] <= 1)
    )
    return found


def examples_of(pages: Iterable[GoldPage]) -> list[Example]:
    """The examples of the pages that have blocks to judge; on all cores."""
    with ProcessPoolExecutor() as pool:
        return [one for one in pool.map(_example_of, list(pages), chunksize=10) if one]


def _example_of(gold: GoldPage) -> Example | None:
    page = gold.page
    try:
        tree = parse(decode(page.body, page.headers.get("content-type")).text)
    except Refused:
        return None
    jsonld = read_jsonld(tree)
    metadata = read_metadata(tree, jsonld, page, Rules())
    blocks = read_blocks(tree)
    scene = scene_of(blocks, tree, metadata, stated_body(jsonld)) if blocks else None
    if scene is None or not scene.rows:
        return None
    for place in scene.sheet.totals:
        place.element = None  # elements do not travel between processes
    groups = features(scene)
    columns = flat(groups)
    all_labels = labels(gold, [block.text for block in blocks])
    return Example(
        gold=gold,
        metadata=metadata,
        scene=scene,
        groups=groups,
        table=np.column_stack(list(columns.values())).astype(np.float32),
        labels=all_labels[list(scene.rows)],
    )
