"""Real `scrapy` processes, and crawls of the newsroom that several modules look at."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Condition
from typing import Any, NamedTuple

import pytest
from browsing import CHROMIUM, Opened
from desk import Desk, fill

from cleaning.article import Article, Refusal
from crawler.newsroom.server import Newsroom
from crawler.sealing import segments_of

ROOT = Path(__file__).parents[2]
#: For a crawl that cleans in its own process: starting those that clean takes more than a second.
ALONE = ("-s", "COPYDESK_WORKERS=0")
#: Seconds after which a process or a server is taken to hang; none comes near it.
PATIENCE = 120


class RequestLog(list[Any]):
    """A newsroom's `requests` that can be waited on."""

    def __init__(self) -> None:
        super().__init__()
        self._grown = Condition()

    def append(self, request: Any) -> None:
        with self._grown:
            super().append(request)
            self._grown.notify_all()

    def wait_for(self, count: int) -> None:
        """Return when so many requests have been answered."""
        with self._grown:
            assert self._grown.wait_for(lambda: len(self) >= count, PATIENCE)


class Crawl(NamedTuple):
    """One run that has ended."""

    process: "subprocess.CompletedProcess[str]"
    output: Path
    requests: list[Any]
    #: runs/RUN.json
    summary: dict[str, Any]

    def lines(self, folder: str) -> list[dict[str, Any]]:
        """The records, refusals or removals of this run."""
        segments = segments_of(self.output, self.summary["run_id"], folder)
        return read_lines([self.output / segment.path for segment in segments])


class Courier:
    """A newsroom that is being served, and what crawls it into one output folder."""

    def __init__(self, newsroom: Newsroom, folder: Path) -> None:
        self.newsroom = newsroom
        self.output = folder / "output"
        self.sites = folder / "sites"
        newsroom.write_sites(self.sites)

    def command(self, *more: str) -> list[str]:
        """The command line of `scrapy crawl news`; `more` comes last and so outweighs the rest."""
        given = ["crawl", "news", "-a", f"sites={self.sites}", *into(self.output), *more]
        return scrapy_command(*given)

    def crawl(self, *more: str) -> Crawl:
        """Crawl once, to the end; in one process, which starts in half of the time."""
        self.newsroom.requests = requests = RequestLog()
        process = run(self.command(*ALONE, *more))
        # Run ids sort by time.
        new = max((self.output / "runs").glob("*.json"))
        return Crawl(process, self.output, requests, json.loads(new.read_bytes()))

    def start(self, *more: str) -> "subprocess.Popen[str]":
        """Begin to crawl; the requests are logged afresh."""
        self.newsroom.requests = RequestLog()
        return start(self.command(*more))

    def records(self) -> list[dict[str, Any]]:
        """What all runs have published."""
        return read_lines(sorted((self.output / "articles").rglob("*.jsonl")))


def into(output: Path) -> list[str]:
    """The options that keep a run's files, archive too, in a folder of the test's."""
    settings = {"COPYDESK_OUTPUT": output, "COPYDESK_ARCHIVE": output / "archive"}
    return [part for name, path in settings.items() for part in ("-s", f"{name}={path}")]


def scrapy_command(*args: str) -> list[str]:
    """`scrapy ARGS`, of the Python that runs the tests."""
    return [sys.executable, "-m", "scrapy", *args]


def run(command: list[str], **given: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command from the project's root, to the end."""
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False, **given
    )


def start(command: list[str], **given: Any) -> "subprocess.Popen[str]":
    """Start a command from the project's root; what it says is dropped."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        **given,
    )


def read_lines(paths: list[Path]) -> list[dict[str, Any]]:
    """Every line of the files, each of which must be whole."""
    assert all(path.read_bytes().endswith(b"\n") for path in paths)
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="session")
def scrapy() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `scrapy ARGS` from the project's root, to the end."""
    return lambda *args, **given: run(scrapy_command(*map(str, args)), **given)


@pytest.fixture(scope="session")
def start_scrapy() -> Callable[..., "subprocess.Popen[str]"]:
    """Starts `scrapy ARGS` from the project's root."""
    return lambda *args, **given: start(scrapy_command(*map(str, args)), **given)


@pytest.fixture
def courier(tmp_path: Path) -> Any:
    """A newsroom for one test, which nothing has crawled."""
    with Newsroom() as newsroom:
        yield Courier(newsroom, tmp_path)


class Editions(NamedTuple):
    """Crawls into one folder: edition 1; again, when nothing is due; all again; edition 2, all."""

    first: Crawl
    quiet: Crawl
    second: Crawl
    third: Crawl
    #: What the first crawl exported with `-O`: JSONL, JSON, CSV.
    feeds: list[Path]
    courier: Courier


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The newsroom, crawled four times; its server still runs."""
    folder = tmp_path_factory.mktemp("courier")
    feeds = [folder / f"feed.{kind}" for kind in ("jsonl", "json", "csv")]
    with Newsroom() as newsroom:
        courier = Courier(newsroom, folder)
        exports = [part for feed in feeds for part in ("-O", str(feed))]
        first = courier.crawl("-s", "COPYDESK_WORKERS=2", *exports)
        quiet = courier.crawl()
        second = courier.crawl("-a", "revisit=all")
        newsroom.edition = 2
        third = courier.crawl("-a", "revisit=all")
        newsroom.edition = 1
        yield Editions(first, quiet, second, third, feeds, courier)


@pytest.fixture(scope="session")
def _desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be filled once."""
    return tmp_path_factory.mktemp("desk") / "output"


@pytest.fixture
def desk_output(
    _desk_template: Path,
    tmp_path: Path,
    make_article: Callable[..., Article],
    make_refusal: Callable[..., Refusal],
) -> Path:
    """An output folder of three runs, see `desk.fill`."""
    if not _desk_template.exists():
        fill(Desk(_desk_template), make_article, make_refusal)
    return Path(shutil.copytree(_desk_template, tmp_path / "output"))


#: What outlets make of each other's texts, which they are given as lists of sentences.
REPRINTS: tuple[Callable[[Random, list[str], list[str]], list[str]], ...] = (
    lambda _, story, __: [sentence.upper() for sentence in story],
    lambda chance, story, _: [
        sentence for sentence in story if chance.random() < 0.9 or sentence is story[0]
    ],
    lambda _, story, __: story[: len(story) * 2 // 3],
    lambda chance, story, _: chance.sample(story, len(story)),
    lambda _, story, other: [*other[:4], *story, *other[4:]],
    lambda _, story, __: [*story, "Read more on our pages.", "All rights are ours."],
)


@pytest.fixture
def make_articles(make_article: Callable[..., Article]) -> Callable[[int], list[Article]]:
    """Makes articles of twenty outlets that reprint each other; always the same."""

    def make(count: int) -> list[Article]:
        chance = Random(1)  # noqa: S311 - it has to be the same each time
        words = ["".join(chance.choices("aeioubdfglmnprst", k=7)) for _ in range(800)]
        stories = [_story(chance, words)]
        made = []
        for number in range(count):
            story = _story(chance, words)
            if chance.random() < 0.4:
                story = chance.choice(REPRINTS)(chance, chance.choice(stories[-40:]), story)
            stories.append(story)
            # Not in the order of publication, and over more days than copies may be apart.
            hours = number * 200 / count + chance.uniform(-24, 24)
            at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours)
            url = f"https://outlet{chance.randrange(20)}.example/news/{number}"
            stamp = at.isoformat(timespec="seconds")
            made.append(make_article(url=url, text=" ".join(story), date_published=stamp))
        return made

    return make


def _story(chance: Random, words: list[str]) -> list[str]:
    return [
        " ".join(chance.choices(words, k=chance.randint(8, 14))) + "."
        for _ in range(chance.randint(4, 12))
    ]


# Not of the session: while it is open, a loop runs that other tests cannot have their own beside.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (optional)

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture
def open_file(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Opens a file in a fresh window."""
    opened: list[Opened] = []

    def make(path: Path, size: str = "desktop", **given: Any) -> Opened:
        opened.append(Opened(browser, path, size, **given))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
