"""Crawls that are killed, stopped, or run at the same time: each article once, whatever happens."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crawler.sealing import segments_of

# How a crawl is ended, and after how many answers: before the first article, and in the midst of
# them. A whole crawl takes about 80 answers, of which the first 20 are no articles; what one has
# fetched, the next does not ask for.
ENDS = (
    (signal.SIGKILL, 1),
    (signal.SIGKILL, 25),
    (signal.SIGTERM, 24),
    (signal.SIGKILL, 24),
    (signal.SIGINT, 22),
    (signal.SIGKILL, 20),
)


def check_once(courier: Any, editions: Any) -> None:
    """Every article of an undisturbed crawl is published exactly once, and nothing lies about."""
    ids = sorted(one["id"] for one in courier.records())
    assert ids == sorted(one["id"] for one in editions.first.lines("articles"))
    assert {(one["version"], one["op"]) for one in courier.records()} == {(1, "new")}
    assert not list((courier.output / "open").iterdir())
    for path in courier.output.rglob("*.jsonl"):
        assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_ended_again_and_again(courier: Any, editions: Any) -> None:
    """Each crawl first mends what the last one left; the one that is let be makes it whole."""
    for sent, count in ENDS:
        with courier.start() as process:
            courier.newsroom.requests.wait_for(count)
            process.send_signal(sent)
        if sent is signal.SIGKILL:
            assert process.returncode == -signal.SIGKILL
        else:
            check_stopped(courier, process)
    assert courier.crawl().process.returncode == 0
    check_once(courier, editions)


def check_stopped(courier: Any, process: Any) -> None:
    """It ended in order: what it published is sealed; the exit code says that it is not all."""
    said = json.loads(max((courier.output / "runs").glob("*.json")).read_bytes())
    segments = segments_of(courier.output, said["run_id"], "articles")
    assert process.returncode == 1
    assert said["finish_reason"] == "shutdown"
    assert said["published"] == sum(segment.records for segment in segments)
    assert not list((courier.output / "open").iterdir())


def test_two_at_once(
    courier: Any, editions: Any, tmp_path: Path, start_scrapy: Callable[..., Any]
) -> None:
    """Two crawls of one list into one folder share the articles between them."""
    wanted = [one["requested_url"] for one in editions.first.lines("articles")]
    (tmp_path / "list.txt").write_text("\n".join(wanted))
    given = ["-a", f"file={tmp_path / 'list.txt'}", "-a", f"sites={courier.sites}"]
    for name, folder in (("OUTPUT", courier.output), ("ARCHIVE", courier.output / "archive")):
        given += ["-s", f"COPYDESK_{name}={folder}"]
    with start_scrapy("crawl", "urls", *given) as one, start_scrapy("crawl", "urls", *given) as two:
        pass
    assert (one.returncode, two.returncode) == (0, 0)
    check_once(courier, editions)
