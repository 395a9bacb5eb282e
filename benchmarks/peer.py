"""The other extractors that copydesk is measured beside: `benchmarks/peer.toml`, read."""

from importlib.metadata import version
from importlib.util import find_spec
from typing import Final

import msgspec

from benchmarks.corpus import ROOT
from cleaning.error import InputError

_DECLARED: Final = ROOT / "benchmarks" / "peer.toml"


class Peer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An extractor: the distribution's name, what is imported of it, and how it is asked.

    `gives` names what it gives beside the text: date, title, author.
    """

    name: str
    modules: list[str]
    call: str
    gives: list[str]

    @property
    def version(self) -> str | None:
        """The version that is installed; None where something is missing."""
        roots = (module.partition(".")[0] for module in self.modules)
        return version(self.name) if all(map(find_spec, roots)) else None


class _Peers(msgspec.Struct, forbid_unknown_fields=True):
    peer: list[Peer]


def load_peers() -> list[Peer]:
    """All of them, in the order of the table.

    Raises:
        InputError: the table cannot be read.
    """
    try:
        return msgspec.toml.decode(_DECLARED.read_bytes(), type=_Peers).peer
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{_DECLARED}: no peers can be read of it: {error}") from error
