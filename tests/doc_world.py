"""The folder that the docs' commands are run in, and how they are run.

In it are the files that the docs name, an output folder with what crawls have left, and the sites
of `tests/docs/stories.toml`, which answer by way of a proxy on loopback. `tests/docs/world.sh`
makes what copydesk itself makes. Commands are run by the shell as they stand, but for the words
that `tests/docs/exceptions.toml` says stand for something else; `scrapy`, `python` and `pytest` are
clients of `tests/fork_server.py`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from doc_pages import ROOT
from doc_web import WebServer, stories
from fork_server import CLIENT

_SETTINGS = """\
from crawler.settings import *
COPYDESK_OUTPUT = {folder!r} + "/output"
COPYDESK_SITES = {folder!r} + "/crawler/sites"
# Nobody's server is asked, and processes of their own would take most of the time.
DOWNLOAD_DELAY = 0
COPYDESK_WORKERS = 0
LOG_LEVEL = "WARNING"
"""
_SITE = """\
domain = "{host}"

[discover]
feeds = ["https://{host}/rss.xml"]
sitemaps = ["https://{host}/sitemap-1.xml"]
"""
_RULES = "body: //article\nstrip: //footer\ntest_url: https://example.com/story\n"
_COMMANDS = ("scrapy", "python", "pytest", "warcio")
#: What stands for a program of the reader's own.
_OTHERS = {"my-program": "#!/bin/sh\ntrap '' INT\nexec cat\n", "load": '#!/bin/sh\nexec cat "$@"\n'}
_STORY = "https://example.org/story"
#: Seconds; nothing takes more than five.
_LIMIT = 60


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class World:
    """A folder to run commands in."""

    def __init__(self, folder: Path, server: WebServer, address: str) -> None:
        self.folder = folder
        self._proxy = server.proxy
        self._authority = server.authority
        self._address = address

    @property
    def facts(self) -> dict[str, str]:
        """What words of the docs may stand for."""
        index = self.folder / "offset"
        return {
            "root": str(self.folder),
            "checkout": str(ROOT),
            "proxy": self._proxy,
            "python": sys.executable,
            "offset": index.read_text("utf-8") if index.exists() else "",
        }

    def fill(self) -> None:
        """Make all that the docs' commands find."""
        self._write_programs()
        self._write_files()
        made = self.run((ROOT / "tests" / "docs" / "world.sh").read_text("utf-8"))
        assert made.code == 0, made
        offsets = self.run("warcio index -f offset,warc-type crawl.warc.gz").out.splitlines()
        records = [json.loads(line) for line in offsets]
        places = [one["offset"] for one in records if one["warc-type"] == "response"]
        self._write("offset", places[1])

    def copy(self, folder: Path, server: WebServer) -> "World":
        """A world that is the same in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        copied = World(folder, server, self._address)
        copied._write("world_settings.py", _SETTINGS.format(folder=str(folder)))
        copied._write_programs()
        server.web.show(folder / "my-pages")
        return copied

    def save(self, name: str, text: str) -> None:
        """Write a file of the docs, if it is one of the world's folder; it may be run."""
        path = self.folder / name
        if path.is_relative_to(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            path.chmod(0o755)

    def run(self, script: str, until: str = "", folder: Path | None = None) -> Ran:
        """Run a shell script; as a terminal does, Ctrl-C goes to all that it has started.

        Args:
            script: as the shell reads it.
            until: Ctrl-C comes once stdout holds this; empty: it does not come.
            folder: elsewhere than in the world.
        """
        with subprocess.Popen(
            # the shell itself goes on after Ctrl-C, to tell the exit code
            ["/bin/sh", "-c", f"trap : INT\n{script}", "sh"],
            cwd=folder or self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as shell:
            assert shell.stdout
            seen = ""
            while until and until not in seen:
                line = shell.stdout.readline()
                assert line, f"it ended before it said {until!r}: {seen}"
                seen += line
            if until:
                os.killpg(shell.pid, signal.SIGINT)
            try:
                out, err = shell.communicate(timeout=_LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(shell.pid, signal.SIGKILL)
                raise
        return Ran(shell.returncode, seen + out, err)

    def _environment(self) -> dict[str, str]:
        programs = self.folder / ".venv" / "bin"
        return {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "http_proxy": self._proxy,
            "https_proxy": self._proxy,
            "SSL_CERT_FILE": str(self._authority),
            "PYTHONUNBUFFERED": "1",
        }

    def _write_programs(self) -> None:
        client = CLIENT.format(python=sys.executable, address=self._address)
        programs = dict.fromkeys(_COMMANDS, client) | _OTHERS
        for name, text in programs.items():
            self._write(f".venv/bin/{name}", text).chmod(0o755)
        self._write(".venv/bin/activate", f"PATH={self.folder}/.venv/bin:$PATH\n")

    def _write_files(self) -> None:
        page = {story.url: story.page() for story in stories()}
        bridge = page["https://example.org/2026/03/bridge.html"]
        self._write("scrapy.cfg", "[settings]\ndefault = world_settings\n")
        self._write("world_settings.py", _SETTINGS.format(folder=str(self.folder)))
        for name in ("page.html", "pages/1.html", "my-pages/2026/story.html"):
            self._write(name, page[_STORY].replace("https://example.org", "http://my.example"))
        for name in ("saved.html", "site/2026/bridge.html"):
            self._write(name, bridge)
        self._write("old.txt", stories()[0].text.strip())
        lines = (json.dumps({"url": url, "html": text}) for url, text in page.items())
        self._write("pages.jsonl", "".join(f"{line}\n" for line in lines))
        self._write("list.txt", "".join(f"{url}\n" for url in page))
        for name, host in (
            ("crawler/sites", "example.org"),
            ("crawler/sites", "other.example"),
            ("my-sites", "other.example"),
            ("sites/machine-1", "example.org"),
        ):
            self._write(f"{name}/{host}.toml", _SITE.format(host=host))
        for path in (ROOT / "crawler" / "newsroom" / "sites").iterdir():
            declared = path.read_text("utf-8").replace("http://127.0.0.1:8025", self._proxy)
            self._write(f"{path.name.split('.')[0]}-sites/{path.name}", declared)
        self._write("ftr-site-config/example.com.txt", _RULES)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path


@contextmanager
def command_server() -> Iterator[str]:
    """The address of a process that commands are forked from."""
    # An address has at most 107 bytes, which a folder of pytest's may have by itself.
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "fork_server.py"), f"{folder}/commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as server,
    ):
        assert server.stdin
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        yield f"{folder}/commands"
        server.stdin.close()
