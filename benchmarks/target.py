"""What has to be reached, and whether a figure reaches it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.corpus import ROOT
from benchmarks.table import markdown_table
from cleaning.error import InputError

_TARGETS: Final = ROOT / "benchmarks" / "targets.toml"
#: Figures by set, as `score.py` names them: `{"extract-aeb": {"f1": 0.97}}`.
Figures = Mapping[str, dict[str, float]]


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of a set that must be at least, or at most, a value; `aim` is what is hoped for."""

    set: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None
    aim: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.set} {self.figure} needs at_least or at_most, and one only")


class _Targets(msgspec.Struct, forbid_unknown_fields=True):
    target: list[Target]


def load_targets(path: Path) -> list[Target]:
    """The targets of a TOML file, in its order.

    Raises:
        InputError: it is missing, or says something else.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Targets).target
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{path}: no targets can be read of it: {error}") from error


def load_figures(path: Path) -> Figures:
    """The figures of a JSON file; none where there is no such file.

    Raises:
        InputError: it holds something else.
    """
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, float]])
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{path}: no figures can be read of it: {error}") from error


def bound_of(target: Target) -> str:
    """What the figure must be, in words: `≥ 0.975`."""
    return f"≥ {target.at_least}" if target.at_most is None else f"≤ {target.at_most}"


def reached(set_name: str, figures: Mapping[str, float], file: Path = _TARGETS) -> str:
    """The table of what one set's figures reach.

    Raises:
        InputError: the targets cannot be read.
    """
    head = ("set", "figure", "must", "measured", "reached")
    rows = [
        (one.set, one.figure, bound_of(one), figures.get(one.figure), verdict(one, value))
        for one in load_targets(file)
        if one.set == set_name
        for value in (figures.get(one.figure),)
    ]
    return markdown_table(head, rows)


def verdict(target: Target, value: float | None) -> str:
    """One of `aim met`, `met`, `missed` and, where there is no value, `not measured`."""
    if value is None:
        return "not measured"
    # Turned round, what must be at most a bound must be at least that.
    sign = 1 if target.at_most is None else -1
    bound = target.at_least if target.at_most is None else target.at_most
    if bound is not None and value * sign < bound * sign:
        return "missed"
    return "met" if target.aim is None or value * sign < target.aim * sign else "aim met"
