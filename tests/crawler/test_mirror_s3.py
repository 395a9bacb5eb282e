"""Publishing to a real S3 server over HTTP: killed at any request, refused, and read from."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article
from cleaning.error import CopydeskError
from cleaning.read import read
from crawler.mirror import publish_sealed

REASON = "needs moto, its server and s3fs: pip install 'copydesk[dev]'"
for package in ("s3fs", "moto.server", "boto3"):
    pytest.importorskip(package, reason=REASON)

from s3 import BUCKET, S3Server  # noqa: E402 - imports what may be missing

ROOT = Path(__file__).parents[2]
KILLS = 20
Make = Callable[[int], list[Article]]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server, server.as_environment():
        yield server


@pytest.fixture
def url(request: pytest.FixtureRequest, server: S3Server) -> Iterator[str]:
    """A place of the test's own."""
    yield f"s3://{BUCKET}/{request.node.name}"
    server.on_write = lambda _: None


@pytest.fixture
def chance() -> Random:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
    return Random(seed)  # noqa: S311 - no secret


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return Sealer(tmp_path / "output")


@pytest.fixture
def filled(server: S3Server, sealer: Sealer, make_articles: Make) -> tuple[S3Server, Path]:
    """With a segment of three articles to publish."""
    sealer.seal(make_articles(3), ".zst")
    return server, sealer.folder


class Publisher:
    """Publishes, each time in a process of its own."""

    def __init__(self, folder: Path, url: str, server: S3Server) -> None:
        command = [sys.executable, "tests/publishing.py", str(folder), url]
        environment = os.environ | server.environment | {"PYTHONPATH": "."}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.child = 0

    def start(self) -> None:
        """Begin to publish."""
        self._tell("\n")
        self.child = self._heard()

    def end(self) -> int:
        """How that ended: 9 for nothing to do, -9 for killed."""
        return self._heard()

    def close(self) -> None:
        """No more."""
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _heard(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


class Follower(threading.Thread):
    """Reads what is there, on and on, and compares each segment's SHA-256."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._ended = threading.Event()
        self.seen: list[tuple[str, int]] = []
        self.error: Exception | None = None

    def run(self) -> None:
        """Until `end`."""
        try:
            for article in read(self._url, follow=self._look, verify=True):
                self.seen.append((article.id, article.version))
        except CopydeskError as error:
            self.error = error

    def end(self) -> None:
        """Look once more, then no more."""
        self._ended.set()
        self.join()

    def _look(self) -> bool:
        return not self._ended.wait(0.1)


def keys(articles: list[Article]) -> list[tuple[str, int]]:
    return [(one.id, one.version) for one in articles]


def test_killed_at_any_request_readers_see_whole_segments_in_order(
    server: S3Server, url: str, sealer: Sealer, make_articles: Make, chance: Random
) -> None:
    articles, done = make_articles(3 * KILLS), 0
    publisher, follower = Publisher(sealer.folder, url, server), Follower(url)
    follower.start()
    for _ in range(KILLS):
        until = done + chance.randint(1, 3)
        sealer.seal(articles[done:until], chance.choice(["", ".gz", ".zst"]))
        sealer.append(sealer.place([b"{}"], kind="removed"))
        done = until
        server.on_write = killer(publisher, chance)
        publisher.start()
        assert publisher.end() == -signal.SIGKILL
    server.on_write = lambda _: None
    publisher.start()
    assert publisher.end() in {0, 9}
    publisher.close()
    follower.end()
    assert follower.error is None
    assert follower.seen == keys(articles[:done])
    assert list(read(url, verify=True)) == articles[:done]
    paths = {segment.path for segment in sealer.segments}
    assert objects(server, url) == {"manifest.jsonl", *paths}


def killer(publisher: Publisher, chance: Random) -> Callable[[bool], None]:
    """Kills at one of the next four writes, before or after it is carried out."""
    left, after = [chance.randint(1, 4)], chance.random() < 0.5

    def on_write(done: bool) -> None:
        left[0] -= done == after
        if left[0] == 0 and done == after:
            os.kill(publisher.child, signal.SIGKILL)
            if not done:
                raise ConnectionAbortedError

    return on_write


def objects(server: S3Server, url: str) -> set[str]:
    prefix = url.removeprefix(f"s3://{BUCKET}/") + "/"
    found = server.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    return {one["Key"].removeprefix(prefix) for one in found}


def test_two_at_once_upload_each_segment_once(
    server: S3Server, url: str, sealer: Sealer, make_articles: Make
) -> None:
    for article in make_articles(6):
        sealer.seal([article])
    writes: list[bool] = []
    server.on_write = writes.append
    publishers = [Publisher(sealer.folder, url, server) for _ in range(2)]
    for publisher in publishers:
        publisher.start()
    assert sorted(publisher.end() for publisher in publishers) == [0, 9]
    for publisher in publishers:
        publisher.close()
    assert len(writes) == 2 * 2 * 6, "a segment and a manifest each, before and after"
    assert list(read(url, verify=True)) == make_articles(6)


def test_something_else_arrives(
    server: S3Server, url: str, sealer: Sealer, make_articles: Make
) -> None:
    """As where a proxy cuts it short: the manifest does not name it."""
    segment = sealer.seal(make_articles(1))
    key = f"{url.removeprefix(f's3://{BUCKET}/')}/{segment.path}"

    def swap(done: bool) -> None:
        if done:
            server.on_write = lambda _: None
            server.client.put_object(Bucket=BUCKET, Key=key, Body=b"x" * segment.bytes)

    server.on_write = swap
    with pytest.raises(CopydeskError, match="something else has arrived than was sent: run again"):
        publish_sealed(sealer.folder, url)
    assert list(read(url)) == []
    assert publish_sealed(sealer.folder, url).segments == 1
    assert len(list(read(url, verify=True))) == 1


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({}, "s3://nobody-has-this/news", "bucket does not exist: make that bucket"),
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            f"s3://{BUCKET}/news",
            "Unable to locate credentials: give credentials that may write there",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            f"s3://{BUCKET}/news",
            "Could not connect to the endpoint URL.*: see that it can be reached",
        ),
    ],
)
def test_what_can_be_wrong_is_said_without_secrets(
    changes: dict[str, str],
    place: str,
    said: str,
    filled: tuple[S3Server, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, folder = filled
    for name, value in changes.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    with pytest.raises(CopydeskError, match=said) as raised:
        publish_sealed(folder, place)
    assert "\n" not in str(raised.value)
    assert server.environment["AWS_SECRET_ACCESS_KEY"] not in str(raised.value)


def test_scrapy_read_and_its_cursor(
    filled: tuple[S3Server, Path], url: str, make_articles: Make, scrapy: Any, tmp_path: Path
) -> None:
    server, folder = filled
    publish_sealed(folder, url)
    given = {"env": os.environ | server.environment}
    told = scrapy("read", url, "--cursor", tmp_path / "cursor", "--verify", **given)
    lines = [msgspec.json.encode(one).decode() + "\n" for one in make_articles(3)]
    assert (told.returncode, told.stdout) == (0, "".join(lines))
    assert (tmp_path / "cursor").read_text() == "1:3\n"
