"""Workers: whatever a page does to one, the page alone pays for it."""

import asyncio
import json
import multiprocessing
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from scrapy.settings import Settings

from cleaning.article import Article, Refusal
from cleaning.error import InputError
from cleaning.page import Page
from cleaning.rules import Rules
from crawler.segments import encode
from crawler.workers import Workers

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PROSE = "".join(
    f"<p>Ferry number {number} left the quay at noon with forty passengers and a cargo of apples"
    " for the islands, the harbour master said on Monday.</p>"
    for number in range(1, 6)
)
# lxml's time grows with the square of a tag's attributes.
HANGING = f"<p {' '.join(f'a{number}=b' for number in range(60_000))}>{PROSE}"
#: Larger than the memory that the tests allow, once decoded and parsed.
GREEDY = PROSE + "<p>" + "tide " * 6_000_000
ENOUGH = 1536


def page(name: str, body: str = PROSE) -> Page:
    url = f"https://ferry.example/{name}"
    html = f"<html lang='en'><title>{name.title()} and the ferries</title><article>{body}"
    return Page(url=url, requested_url=url, body=html.encode(), fetched_at=NOON)


def refusal(name: str) -> Refusal:
    url = f"https://ferry.example/{name}"
    return Refusal(
        url=url,
        requested_url=url,
        reason="http-404",
        detail="",
        stage="fetch",
        at="2026-03-02T12:00:00+00:00",
        status=404,
        warc=None,
        run_id=None,
        spider=None,
    )


def clean_all(workers: Workers, pages: Iterable[Page | Refusal]) -> list[Article | Refusal]:
    return list(workers.clean_all(pages, lambda _url: Rules()))


def told(results: Iterable[Article | Refusal]) -> list[str]:
    """Each result's reason, or the last part of an article's URL."""
    return [
        one.reason if isinstance(one, Refusal) else one.url.rpartition("/")[2] for one in results
    ]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two workers with all the time and memory that a page needs."""
    with Workers(2, 60, ENOUGH) as running:
        yield running


def worker_ids() -> list[int]:
    return sorted(child.pid or 0 for child in multiprocessing.active_children())


def test_a_page_that_hangs_is_refused_and_the_others_go_on() -> None:
    """The time limit holds inside C code as well."""
    pages = [page("one"), page("hangs", HANGING), page("two"), page("three")]
    with Workers(1, 1, ENOUGH) as workers:
        results = clean_all(workers, pages)
        again = clean_all(workers, pages)
    assert told(results) == told(again) == ["one", "clean-timeout", "two", "three"]
    assert isinstance(results[1], Refusal)
    assert results[1].detail == "cleaning took over 1 s"


def test_a_page_that_takes_all_memory_is_refused_and_the_others_go_on() -> None:
    """What it has half loaded goes with its process: the next pages are cleaned as ever."""
    with Workers(1, 60, 64) as workers:
        results = clean_all(workers, [page("greedy", GREEDY), *[page("one")] * 3])
    assert told(results) == ["clean-memory", "one", "one", "one"]
    assert isinstance(results[0], Refusal)
    assert results[0].detail == "cleaning took over 64 MB"


@pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="sees by its limits what a worker does"
)
def test_a_worker_that_dies_costs_its_page_alone() -> None:
    """Killed while it cleans: the page after it sits in the pipe, and is cleaned by the next."""
    with Workers(1, 60, ENOUGH) as workers:
        assert told(clean_all(workers, [page("one")])) == ["one"]
        (worker,) = worker_ids()

        def pages() -> Iterator[Page]:
            yield page("hangs", HANGING)
            yield page("two")
            Thread(target=kill_when_it_cleans, args=(worker,)).start()

        results = clean_all(workers, pages())
        assert worker not in worker_ids()
    assert told(results) == ["clean-crash", "two"]
    assert isinstance(results[0], Refusal)
    assert results[0].detail == f"the worker process died (exit code {-signal.SIGSEGV})"


def kill_when_it_cleans(worker: int) -> None:
    """While a worker cleans, and only then, its memory is limited."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    while resource.prlimit(worker, resource.RLIMIT_AS) == unlimited:
        os.sched_yield()
    os.kill(worker, signal.SIGSEGV)


def test_a_worker_killed_before_it_begins_holds_nothing_up() -> None:
    """The pool forgets what waits behind a page that it could not hand over: it is refused."""
    with Workers(1, 60, ENOUGH) as workers:
        assert told(clean_all(workers, [page("one")])) == ["one"]
        (worker,) = worker_ids()
        os.kill(worker, signal.SIGSTOP)

        def pages() -> Iterator[Page]:
            yield page("larger-than-a-pipe", HANGING)
            yield page("behind")
            os.kill(worker, signal.SIGKILL)

        assert told(clean_all(workers, pages())) == ["clean-crash", "clean-crash"]
        assert told(clean_all(workers, [page("two")])) == ["two"]


def test_idle_workers_that_die_are_replaced() -> None:
    """A pool is given up when an idle worker is killed; the next page finds another."""
    with Workers(2, 60, ENOUGH) as workers:
        assert told(clean_all(workers, [page("one")])) == ["one"]
        pool = workers._pool  # noqa: SLF001  (the moment at which pebble gives up shows nowhere else)
        assert pool is not None
        for worker in worker_ids():
            os.kill(worker, signal.SIGKILL)
        while pool.active:
            os.sched_yield()
        assert told(clean_all(workers, [page("two"), page("three")])) == ["two", "three"]


def test_results_are_the_same_bytes_in_any_process_and_order(workers: Workers) -> None:
    """As they come, backwards, in other processes or in this one."""
    pages = [page(f"page-{number}", PROSE * (number + 1)) for number in range(20)]
    pages.append(page("short", "<p>Too short.</p>"))
    ways = [
        clean_all(workers, pages),
        clean_all(workers, reversed(pages))[::-1],
        clean_all(Workers(0, 1, 1), pages),
        asyncio.run(clean_at_once(workers, pages)),
        asyncio.run(clean_at_once(Workers(0, 1, 1), pages)),
    ]
    first, *others = [[encode(result) for result in results] for results in ways]
    assert len(first) == len(pages)
    assert all(other == first for other in others)


async def clean_at_once(workers: Workers, pages: list[Page]) -> list[Article | Refusal]:
    cleaned = await asyncio.gather(*(workers.clean(one, Rules()) for one in pages))
    return [one.result for one in cleaned]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_results_come_in_the_order_of_the_pages(count: int) -> None:
    """A slow page first, refusals in their place, and none of them costs a worker."""
    pages = [page("slow", PROSE * 60), refusal("gone"), page("two"), refusal("lost"), page("three")]
    with Workers(count, 60, ENOUGH) as workers:
        assert told(clean_all(workers, pages)) == ["slow", "http-404", "two", "http-404", "three"]


def test_memory_stays_bounded(workers: Workers) -> None:
    """Pages are taken as results are, a few ahead of them."""
    taken: list[int] = []

    def pages() -> Iterator[Page]:
        for number in range(100):
            taken.append(number)
            yield page(f"page-{number}")

    results = workers.clean_all(pages(), lambda _url: Rules())
    next(results)
    assert len(taken) < 20
    results.close()  # type: ignore[attr-defined]  # it is a generator


def test_in_process_a_bug_costs_one_page_too() -> None:
    """Without workers there is no limit, but what cleaning raises is a refusal all the same."""
    broken = Page(url="x", requested_url="x", body=None, fetched_at=NOON)  # type: ignore[arg-type]
    for count in (0, 1):
        with Workers(count, 60, ENOUGH) as workers:
            assert told(clean_all(workers, [broken, page("one")])) == ["clean-error", "one"]


PARENT = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
if __name__ == "__main__":
    import multiprocessing
    from datetime import UTC, datetime
    from cleaning.page import Page
    from cleaning.rules import Rules
    from crawler.workers import Workers
    at = datetime(2026, 3, 2, tzinfo=UTC)
    pages = [
        Page(url="https://a.example/", requested_url="", body=body.encode(), fetched_at=at)
        for body in json.load(sys.stdin)
    ]
    with Workers(2, 2, 1536) as workers:
        list(workers.clean_all(pages[:1], lambda url: Rules()))
        print([child.pid for child in multiprocessing.active_children()], flush=True)
        list(workers.clean_all(pages[1:], lambda url: Rules()))
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for strangers' ends by pidfd")
def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    """The idle one ends at once, the one whose page hangs with its time."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(ROOT)]
    parent = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        json.dump([PROSE, HANGING], parent.stdin)
        parent.stdin.close()
        children = [os.pidfd_open(pid) for pid in json.loads(parent.stdout.readline())]
        parent.kill()
    assert len(children) == 2
    for child in children:
        assert select.select([child], [], [], 60)[0]
        os.close(child)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COPYDESK_WORKERS", "two"),
        ("COPYDESK_WORKERS", "-1"),
        ("COPYDESK_CLEAN_TIMEOUT", "0"),
        ("COPYDESK_CLEAN_TIMEOUT", "nan"),
        ("COPYDESK_CLEAN_MEMORY_MB", "1 GB"),
    ],
)
def test_settings_that_are_no_numbers(name: str, value: Any) -> None:
    """The message names the setting."""
    usual = {
        "COPYDESK_WORKERS": "0",
        "COPYDESK_CLEAN_TIMEOUT": "10",
        "COPYDESK_CLEAN_MEMORY_MB": "99",
    }
    assert Workers.from_settings(Settings(usual)).count == 0
    with pytest.raises(InputError, match=f"^{name}: .* is no number"):
        Workers.from_settings(Settings(usual | {name: value}))
