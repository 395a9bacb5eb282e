"""What the names of a place (class, id, role) say it is for, by the table `place_name.toml`."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


def load_table() -> dict[str, Any]:
    """The table as written, with the examples that its patterns are tested by."""
    return tomllib.loads(files("cleaning").joinpath("place_name.toml").read_text("utf-8"))


_TABLE = load_table()
#: The purposes that a place can have, in the table's order.
PURPOSES = tuple(_TABLE)
_ANY = re.compile("|".join(f"(?P<{name}>{entry['pattern']})" for name, entry in _TABLE.items()))


@lru_cache(maxsize=65_536)
def purposes_of(names: str) -> frozenset[str]:
    """The purposes that the names of one place speak of; sites use the same names on every page."""
    return frozenset(match.lastgroup or "" for match in _ANY.finditer(names))
