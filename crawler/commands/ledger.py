"""`scrapy ledger [ACTION]`: shows what the ledger holds, checks it, forgets what is old.

The exit code is 1 if the ledger cannot be used, or `check` finds something wrong.
"""

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler.command_line import add_ledger_option, ledger_of, say

_ACTIONS = ("show", "check", "prune", "rebuild")


class Command(ScrapyCommand):
    """Looks after the ledger of COPYDESK_OUTPUT, or another."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return f"[options] [{'|'.join(_ACTIONS)}]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Show, check or prune what is remembered of articles, copies and URLs"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and which ledger."""
        super().add_options(parser)
        add_ledger_option(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what is asked for; `show` where nothing is."""
        action = args[0] if args else "show"
        if action not in _ACTIONS or len(args) > 1:
            known = ", ".join(_ACTIONS)
            raise UsageError(f"{' '.join(args)}: name one of {known}", print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        from crawler.tasks import ledger

        actions = (ledger.show, ledger.check, ledger.prune, ledger.rebuild)
        act = dict(zip(_ACTIONS, actions, strict=True))[action]
        try:
            self.exitcode = act(ledger_of(opts, settings), settings)
        except CopydeskError as error:
            say(f"scrapy ledger: {error}")
            self.exitcode = 1
