"""Crawls that are killed, stopped, or run at the same time: each article once, whatever happens."""

import json
import signal
from typing import Any

import pytest

# So many requests were answered when the crawl is killed: before the first article, in the midst of
# them, and near the end of the about 80 that a whole crawl takes.
KILLED_AFTER = (1, 20, 35, 50, 70)


def check_once(courier: Any, editions: Any) -> None:
    """Every article of an undisturbed crawl is published exactly once, and nothing lies about."""
    ids = sorted(one["id"] for one in courier.records())
    assert ids == sorted(one["id"] for one in editions.first.lines("articles"))
    assert {(one["version"], one["op"]) for one in courier.records()} == {(1, "new")}
    for ending in ("*.part", "*.lock"):
        assert not list(courier.output.rglob(ending))
    for path in courier.output.rglob("*.jsonl"):
        assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_killed_again_and_again(courier: Any, editions: Any) -> None:
    """Kill -9 at five points of five crawls, each of which first mends what the last one left."""
    for count in KILLED_AFTER:
        with courier.start() as process:
            courier.newsroom.requests.wait_for(count)
            process.kill()
        assert process.returncode == -signal.SIGKILL
    assert courier.crawl().process.returncode == 0
    check_once(courier, editions)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped(courier: Any, editions: Any, sent: signal.Signals) -> None:
    """Ctrl-C ends a crawl in order: what is published is sealed; exit code 1, as it is not all."""
    with courier.start() as process:
        courier.newsroom.requests.wait_for(40)
        process.send_signal(sent)
    sealed = courier.records()
    (summary,) = (courier.output / "runs").glob("*.json")
    said = json.loads(summary.read_bytes())
    assert process.returncode == 1
    assert said["finish_reason"] == "shutdown"
    assert said["published"] == len(sealed) > 0
    assert not list(courier.output.rglob("*.part"))
    assert courier.crawl().process.returncode == 0
    check_once(courier, editions)


def test_two_at_once(courier: Any, editions: Any) -> None:
    """Two crawls into one folder share the articles between them."""
    with courier.start() as one, courier.start() as other:
        pass
    assert (one.returncode, other.returncode) == (0, 0)
    check_once(courier, editions)
