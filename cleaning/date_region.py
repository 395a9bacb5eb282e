"""Tells which country a page is written for, and in which order it writes day, month and year.

The countries and languages are in `date_region.toml`.
"""

import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Literal, get_args
from urllib.parse import urlsplit

#: In which order a date in figures has its day, month and year.
Order = Literal["DMY", "MDY", "YMD"]
ORDERS: tuple[Order, ...] = get_args(Order)

_TABLE = tomllib.loads(files("cleaning").joinpath("date_region.toml").read_text("utf-8"))
_GENERIC = frozenset(_TABLE["endings"]["generic"])
_ENDINGS: dict[str, str] = _TABLE["endings"]["other"]
_COUNTRY_LENGTH = 2


def region_of(declared: Iterable[str], told: Iterable[str], url: str) -> str | None:
    """The country (ISO 3166, two letters) of a page, None where nothing tells.

    What a site is declared to write goes first, then the ending of its host: templates leave
    `en-US` on pages of any country. Then the page's own tag; last the country of most who write its
    language.

    Args:
        declared: BCP-47 tags of the site's languages, as declared.
        told: BCP-47 tags that the page, or its lead, gives.
        url: the page's URL.
    """
    declared, told = tuple(declared), tuple(told)
    likely = (_TABLE["language"].get(language_of(tag)) for tag in (*told, *declared))
    found = (*map(_region, declared), _country_of_host(url), *map(_region, told), *likely)
    return next(filter(None, found), None)


def order_of(languages: Sequence[str], region: str | None) -> Order:
    """The order of a date in figures, of a page in these base languages for this country."""
    if region in _TABLE["order"]["MDY"] and languages[:1] in (["en"], ["es"], ["fil"]):
        return "MDY"
    return "YMD" if languages and languages[0] in _TABLE["order"]["YMD"] else "DMY"


def language_of(tag: str) -> str:
    """The base language of a BCP-47 tag, lower case."""
    return tag.replace("_", "-").lower().partition("-")[0]


def _region(tag: str) -> str | None:
    """The region subtag: two letters, after the language and perhaps a script."""
    subtags = tag.replace("_", "-").split("-")[1:]
    return next((one.upper() for one in subtags if _is_country(one)), None)


def _country_of_host(url: str) -> str | None:
    try:
        ending = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if ending in _ENDINGS or ending in _GENERIC:
        return _ENDINGS.get(ending)
    return ending.upper() if _is_country(ending) else None


def _is_country(subtag: str) -> bool:
    return len(subtag) == _COUNTRY_LENGTH and subtag.isascii() and subtag.isalpha()
