"""The world that the docs' commands are run in: made once, and a copy of it for each page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doc_web import WebServer
from doc_world import World, command_server


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, WebServer]]:
    """What the others are copied from, with the server that all ask."""
    folder = tmp_path_factory.mktemp("docs")
    world = folder / "world"
    (world / "my-pages").mkdir(parents=True)
    with (
        command_server() as address,
        WebServer(world / "my-pages", folder / "keys") as server,
    ):
        first = World(world, server, address)
        first.fill()
        yield first, server


@pytest.fixture
def make_world(first_world: tuple[World, WebServer], tmp_path: Path) -> Callable[[], World]:
    """Makes a world as new."""
    first, server = first_world
    return lambda: first.copy(tmp_path / "world", server)
