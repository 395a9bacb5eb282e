"""Reads settings that must be of a kind, with an error that names the cure where one is not."""

import math
import sys
from collections.abc import Sequence

from scrapy.settings import BaseSettings

from cleaning.error import InputError


def number_of(
    settings: BaseSettings, name: str, least: float, most: float = sys.float_info.max
) -> float:
    """A setting that is a number, and at least and at most so much.

    Raises:
        InputError: it is not.
    """
    try:
        number = settings.getfloat(name)
    except (TypeError, ValueError):
        number = math.nan
    if not least <= number <= most:
        to = "on" if most == sys.float_info.max else f"to {most:g}"
        raise InputError(f"{name}: {settings[name]!r} is no number from {least:g} {to}; set one")
    return number


def one_of(settings: BaseSettings, name: str, values: Sequence[str]) -> str:
    """A setting that is one of some words.

    Raises:
        InputError: it is none of them.
    """
    value = str(settings[name])
    if value not in values:
        raise InputError(f"{name}: {value!r} is not known; set it to {' or '.join(values)}")
    return value
