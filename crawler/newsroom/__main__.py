"""`python -m crawler.newsroom`: serves the newsroom, or a folder of pages, until Ctrl-C."""

import argparse
import threading
from pathlib import Path

from cleaning.error import ArgumentError
from crawler.golden.folder_site import FolderSite
from crawler.newsroom.server import Newsroom

_PORT = 8025
_HOST = "my.example"


def main() -> None:
    """Reads the command line, serves, and says where to browse."""
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=_PORT, help="loopback port, 0 for any free one")
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1)
    parser.add_argument("--folder", type=Path, help="serve the pages of this folder instead")
    parser.add_argument("--host", default=_HOST, help=f"their host (default: {_HOST})")
    options = parser.parse_args()
    try:
        folder = FolderSite(options.folder, options.host) if options.folder else None
        _serve(Newsroom(options.edition, options.port, folder), folder)
    except ArgumentError as error:
        parser.error(str(error))
    except (OSError, OverflowError) as error:
        parser.error(f"port {options.port} cannot be used ({error}): choose another with --port")
    except KeyboardInterrupt:
        return


def _serve(newsroom: Newsroom, folder: FolderSite | None) -> None:
    with newsroom:
        greeting = _greeting_of(folder, newsroom.proxy) if folder else _greeting(newsroom)
        print(greeting, flush=True)  # noqa: T201  (a command speaks on stdout)
        threading.Event().wait()


def _greeting(newsroom: Newsroom) -> str:
    return (
        f"The newsroom is open: browse {newsroom.proxy}/ (edition {newsroom.edition}).\n"
        f"Crawlers reach newsroom.example and wire.example with {newsroom.proxy} as proxy.\n"
        "Ctrl-C closes it."
    )


def _greeting_of(folder: FolderSite, proxy: str) -> str:
    return (
        f"{folder.folder} is served: browse {proxy}/.\n"
        f"Crawlers reach it as {folder.host} with {proxy} as proxy. Declare it:\n"
        f"    scrapy sites add http://{folder.host} --proxy {proxy} --sites my-sites\n"
        "Ctrl-C closes it."
    )


if __name__ == "__main__":
    main()
