"""Keeps a process from the network, whatever the libraries in it try."""

import sys
from typing import Any, Final

_CALLS: Final = frozenset(
    (
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
        *("socket.sendto", "socket.sendmsg"),
    )
)


def go_offline() -> None:
    """Have every connection and every look-up of a name fail from now on, in this process.

    What is open already stays open. It cannot be taken back: it is for a process of its own.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in _CALLS:
        raise PermissionError(f"{event}: this process is to stay off the network")
