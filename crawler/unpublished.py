"""Switches off, for a spider that only looks at something, what serves a run that publishes."""

from typing import Final

from scrapy.settings import BaseSettings

_OFF: Final = {
    "DOWNLOADER_MIDDLEWARES": (
        "crawler.middlewares.validators.ValidatorMiddleware",
        "crawler.middlewares.archive.ArchiveMiddleware",
    ),
    "EXTENSIONS": (
        "crawler.extensions.progress.Progress",
        "crawler.extensions.report.Report",
        "crawler.extensions.summary.Summary",
        "crawler.extensions.tally.Tally",
    ),
    "ITEM_PIPELINES": (
        "crawler.pipelines.clean.CleanPipeline",
        "crawler.pipelines.compare.ComparePipeline",
        "crawler.pipelines.publish.PublishPipeline",
    ),
}


def publish_nothing(settings: BaseSettings) -> None:
    """Leave out all that compares, keeps, publishes or sums up; manners and guards stay.

    To be called in a spider's `update_settings`.
    """
    for name, components in _OFF.items():
        chosen = settings.getdict(name) | dict.fromkeys(components)
        settings.set(name, chosen, "spider")
