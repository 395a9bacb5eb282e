"""What is claimed of a page's dates: by which place, and how far places are believed.

The names of the places and their weights are in `date_source.toml`.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cleaning.date_words import Role

TABLE: dict[str, Any] = tomllib.loads(
    files("cleaning").joinpath("date_source.toml").read_text("utf-8")
)
#: The dates of schema.org objects, in JSON-LD and microdata.
SCHEMA_DATES: tuple[tuple[Role, str], ...] = (
    ("published", "datePublished"),
    ("modified", "dateModified"),
)
#: Names in the class of elements whose date is that of a change.
MODIFIED_TOKENS: frozenset[str] = frozenset(TABLE["token"]["modified"])
#: From this weight on a place is strong evidence.
STRONG = 2.0
_WEIGHTS: dict[str, float] = {
    place: weight for places in TABLE["weight"].values() for place, weight in places.items()
}
_SOURCES: dict[str, str] = {
    place: source for source, places in TABLE["weight"].items() for place in places
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A date as written, what it is said to be the date of, and where it stands.

    `place` is a key of a table below `weight` in `date_source.toml`.
    """

    role: Role
    place: str
    raw: str


def weight_of(place: str) -> float:
    """How far a place is believed, in the vote."""
    return _WEIGHTS[place]


def source_of(place: str) -> str:
    """The name in the record of the source that a place belongs to."""
    return _SOURCES[place]
