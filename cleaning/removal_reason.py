"""Says in words why a rule removes a block."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from cleaning.phrase import reason_of_phrase

#: Where a block is removed: it is not read, cut by the site's rules, not taken for the article, or
#: stripped from it.
Stage = Literal["read", "site", "extract", "residue"]
#: Begins the rules of blocks that go with the one that opens residue above them.
_AFTER = "after-"


def reason_of(stage: Stage, rule: str) -> str:
    """Why a rule removes a block: a phrase of which the block is the subject.

    Args:
        stage: where it is removed.
        rule: as in a record's `removed` and in `Removal`, or a key of `removal_reason.toml`.
    """
    if rule.startswith(_AFTER):
        return f"stands below a block that {reason_of(stage, rule.removeprefix(_AFTER))}"
    structural = _table()[stage].get(rule)
    worded = reason_of_phrase(rule) if stage == "residue" else None
    return " or ".join(dict.fromkeys(filter(None, (worded, structural)))) or rule


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("cleaning").joinpath("removal_reason.toml").read_text("utf-8"))
