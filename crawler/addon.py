"""What every run of a copydesk spider gets before its components are made."""

import secrets
from datetime import UTC, datetime

from scrapy.settings import BaseSettings


class CopydeskAddon:
    """Gives each crawl a run id, and the user agent its contact."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy once per crawl."""
        if not settings.get("COPYDESK_RUN_ID"):
            settings.set("COPYDESK_RUN_ID", new_run_id(datetime.now(UTC)), "addon")
        contact = settings.get("COPYDESK_CONTACT")
        if contact:
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", "addon")


def new_run_id(now: datetime) -> str:
    """A name for a run that sorts by time and is unique: two may start in the same second."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
