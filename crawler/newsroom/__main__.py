"""`python -m crawler.newsroom`: serves the newsroom until Ctrl-C."""

import argparse
import threading

from crawler.newsroom.server import Newsroom

_PORT = 8025


def main() -> None:
    """Reads the command line, serves, and says where to browse."""
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=_PORT, help="loopback port, 0 for any free one")
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1)
    options = parser.parse_args()
    try:
        _serve(Newsroom(edition=options.edition, port=options.port))
    except (OSError, OverflowError) as error:
        parser.error(f"port {options.port} cannot be used ({error}): choose another with --port")
    except KeyboardInterrupt:
        return


def _serve(newsroom: Newsroom) -> None:
    with newsroom:
        print(_greeting(newsroom), flush=True)  # noqa: T201  (a command speaks on stdout)
        threading.Event().wait()


def _greeting(newsroom: Newsroom) -> str:
    return (
        f"The newsroom is open: browse {newsroom.proxy}/ (edition {newsroom.edition}).\n"
        f"Crawlers reach newsroom.example and wire.example with {newsroom.proxy} as proxy.\n"
        "Ctrl-C closes it."
    )


if __name__ == "__main__":
    main()
