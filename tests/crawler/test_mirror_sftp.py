"""Publishing to a real SFTP server, whose key has to be known."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from sealing import Sealer

from cleaning.article import Article
from cleaning.error import CopydeskError
from cleaning.read import read
from crawler.mirror import publish_sealed

pytest.importorskip("sshfs", reason="needs sshfs: pip install 'copydesk[sftp]'")

import asyncssh


class Server:
    """Serves a folder, to who has its user's key; a home holds what a client needs."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._folder = folder
        self._connections: list[Any] = []
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.ssh = home / ".ssh"
        self.ssh.mkdir(parents=True)
        user_key.write_private_key(str(self.ssh / "id_ed25519"))
        self._allowed = asyncssh.import_authorized_keys(user_key.export_public_key().decode())

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._listen())
        self.port = self._server.get_port()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def be_known(self) -> None:
        """Have the client know it."""
        key = self._host_key.export_public_key().decode()
        (self.ssh / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {key}")

    async def _listen(self) -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            acceptor=self._begin,
            server_host_keys=[self._host_key],
            authorized_client_keys=self._allowed,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self._folder)),
        )

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        for connection in self._connections:
            connection.close()
            await connection.wait_closed()

    def _begin(self, connection: Any) -> None:
        self._connections.append(connection)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "away").mkdir()
    with Server(tmp_path / "away", tmp_path / "home") as server:
        yield server


def test_published_and_read(
    server: Server, tmp_path: Path, make_articles: Callable[[int], list[Article]]
) -> None:
    sealer = Sealer(tmp_path / "output")
    articles = make_articles(4)
    sealer.seal(articles[:2], ".gz")
    url = f"sftp://desk@127.0.0.1:{server.port}/news"
    with pytest.raises(CopydeskError, match="ost key is not trusted"):
        publish_sealed(sealer.folder, url)
    server.be_known()
    assert publish_sealed(sealer.folder, url).segments == 1
    sealer.seal(articles[2:])
    assert publish_sealed(sealer.folder, url).segments == 1
    assert publish_sealed(sealer.folder, url).segments == 0
    assert list(read(url, verify=True)) == articles
    there = {path.name for path in (tmp_path / "away" / "news").rglob("*.*")}
    assert there == {"manifest.jsonl", "00000001.jsonl.gz", "00000002.jsonl"}
