"""Reads abbreviations of time zones; what they mean is in `date_zone.toml`.

Not dateparser's table: it takes `ET` for winter time all year, and `IST` for Israel's everywhere.
"""

import tomllib
from datetime import datetime, tzinfo
from importlib.resources import files
from zoneinfo import ZoneInfo

_TABLE = tomllib.loads(files("cleaning").joinpath("date_zone.toml").read_text("utf-8"))
_ONE: dict[str, str] = _TABLE["one"]
_SEVERAL: dict[str, dict[str, str]] = _TABLE["several"]
#: Winter and summer, of either half of the world.
_SEASONS = (datetime(2025, 1, 15), datetime(2025, 7, 15))  # noqa: DTZ001  (of any zone)


def zone_of(abbreviation: str, site_zone: tzinfo | None, region: str | None) -> tzinfo | None:
    """The zone that an abbreviation means on a page, None where that is not known.

    Args:
        abbreviation: as written, upper case.
        site_zone: the zone declared for the site; if it has a time of this name, that is meant.
        region: the page's country, two letters.
    """
    if site_zone and abbreviation in {site_zone.tzname(season) for season in _SEASONS}:
        return site_zone
    meanings = _SEVERAL.get(abbreviation, {})
    name = _ONE.get(abbreviation) or meanings.get(region or "other") or meanings.get("other")
    return ZoneInfo(name) if name else None
