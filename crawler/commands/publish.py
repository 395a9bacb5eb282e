"""`scrapy publish [URL]`: uploads what is sealed and not there yet.

The exit code is 1 if something cannot be read, reached or written, 4 if another process is
publishing the same folder, 130 after Ctrl-C; else 0. After each the same command completes it.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import ArgumentError, CopydeskError, InputError
from crawler.command_line import say
from crawler.outcome import BUSY, FAILED


class Command(ScrapyCommand):
    """For a schedule of its own, and after a crawl whose publishing failed."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [URL]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Upload what has been published to S3, GCS, SFTP or another folder"

    def run(self, args: list[str], _: argparse.Namespace) -> None:
        """Upload it, to COPYDESK_PUBLISH if no URL is given."""
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        url = args[0] if args else self.settings.get("COPYDESK_PUBLISH", "")
        if len(args) > 1 or not url:
            raise UsageError("name one URL, or set COPYDESK_PUBLISH", print_help=False)
        output = Path(self.settings["COPYDESK_OUTPUT"])
        try:
            self.exitcode = _publish(output, url)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from error


def _publish(output: Path, url: str) -> int:
    from crawler.mirror import BusyError, publish_sealed

    try:
        if not output.is_dir():
            raise InputError(f"{output}: there is no such folder; set COPYDESK_OUTPUT")
        published = publish_sealed(output, url)
    except ArgumentError:
        raise
    except CopydeskError as error:
        say(f"scrapy publish: {error}")
        return BUSY if isinstance(error, BusyError) else FAILED
    except KeyboardInterrupt:
        say("scrapy publish: stopped; the same command goes on from here")
        return 130
    say(f"{published} published to {url}" if published.segments else f"nothing is new for {url}")
    return 0
