"""What is said of an article, and by which kind of place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Considered(Generic[Value]):
    """What one source says of a field.

    `weight` is how far it is believed beside the others that were considered: more is better; it
    means nothing beyond that field. `won` marks the one that the field was taken from.
    """

    source: str
    value: Value
    weight: float
    won: bool


@dataclass(frozen=True, slots=True)
class Sourced(Generic[Value]):
    """A value and the source that it was taken from; None where nobody said anything.

    Sources are `json-ld`, `meta`, `page` (what readers see), `lead` (feed or sitemap), `site` (the
    site's rules). `considered` is what it was chosen from, where there was something to weigh.
    """

    value: Value
    source: str | None
    considered: tuple[Considered[Value], ...] = ()


def sources_of(**found: Sourced[Any]) -> dict[str, str]:
    """The source of each field that is known, by the field's name."""
    return {name: one.source for name, one in found.items() if one.source}


def first_said(said: Iterable[tuple[str, Value]], otherwise: Value) -> Sourced[Value]:
    """The first value that is something, with its source.

    Args:
        said: sources and what they say, most trusted first.
        otherwise: the value where nobody says anything.
    """
    for source, value in said:
        if value:
            return Sourced(value, source)
    return Sourced(otherwise, None)
