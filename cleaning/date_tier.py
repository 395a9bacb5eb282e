"""Says how good the evidence for a date is, and how often dates of such evidence are right.

The figures are in `date_tier.toml`; `python -m benchmarks.dates` measures them anew.
"""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from cleaning.date_source import STRONG, weight_of
from cleaning.date_vote import Candidate, Day

_TABLE: dict[str, Any] = tomllib.loads(
    files("cleaning").joinpath("date_tier.toml").read_text("utf-8")
)
#: All tiers, best first.
TIERS: tuple[str, ...] = tuple(_TABLE["tier"])
#: The tier of weak places that have none of their own.
_WEAK = "D1"
#: Where the only evidence is of these places, the tier is theirs.
_TIER_OF_PLACE: dict[str, str] = {
    place: tier for tier, entry in _TABLE["tier"].items() for place in entry.get("places", ())
}


def tier_of(days: Sequence[Day]) -> str:
    """The tier of a decision, a key of `tier` in `date_tier.toml`.

    Args:
        days: what is claimed for publication, the chosen day first.
    """
    strong = [_strong_sources(day) for day in days]
    if any(strong[1:]):
        return "C"
    if strong[0]:
        return "A" if len(strong[0]) > 1 else "B"
    best = max(days[0].candidates, key=_directness)
    return _TIER_OF_PLACE.get(best.place, _WEAK)


def confidence_of(tier: str) -> float:
    """How likely a date of a tier is right, 0 to 1, by what was measured.

    Not the plain share: of tiers with few pages that would say too much. Laplace's rule of
    succession adds one right and one wrong page.
    """
    entry = _TABLE["tier"][tier]
    share: float = (entry["right"] + 1) / (entry["pages"] + 2)
    return round(share, 2)


def _directness(candidate: Candidate) -> tuple[bool, float]:
    """What the page says goes before what htmldate has found, as that may be the same."""
    return candidate.source != "htmldate", weight_of(candidate.place)


def _strong_sources(day: Day) -> set[str]:
    return {one.source for one in day.candidates if weight_of(one.place) >= STRONG}
