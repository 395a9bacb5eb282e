"""`scrapy clean`: saved pages in, records out, refusals beside them, as a real process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

import pytest

from crawler.archive import ArchiveWriter, Exchange

#: Starting workers takes longer than cleaning a few pages.
IN_PROCESS = ("-s", "COPYDESK_WORKERS=0")
Scrapy = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAGRAPHS = [
    f"Ferry number {number} left the quay at noon with forty passengers and a cargo of apples for"
    " the islands, the harbour master said on Monday."
    for number in range(1, 6)
]
TEXT = "The ferries run again\n\n" + "\n\n".join(PARAGRAPHS)
HTML = (
    "<html lang='en'><head><title>The ferries run again</title>"
    "<link rel='canonical' href='https://ferry.example/{name}'></head><body><article>"
    "<h1>The ferries run again</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "</article></body></html>"
)


class Inputs(NamedTuple):
    """A file of each kind; the archive and the JSONL hold a page and a refusal each."""

    html: Path
    text: Path
    warc: Path
    jsonl: Path
    #: The archive without its last bytes.
    damaged: Path

    @property
    def whole(self) -> list[Path]:
        return [self.html, self.text, self.warc, self.jsonl]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("inputs")
    html, text, jsonl = (folder / name for name in ("saved.html", "scraped.txt", "pages.jsonl"))
    html.write_text(HTML.format(name="saved"), "utf-8")
    text.write_text(TEXT, "utf-8")
    lines: list[dict[str, Any]] = [
        {"url": "https://ferry.example/line", "html": HTML.format(name="line")},
        {"url": "https://ferry.example/empty", "text": ""},
    ]
    jsonl.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    warc = write_warc(folder)
    damaged = folder / "damaged.warc.gz"
    damaged.write_bytes(warc.read_bytes()[:-40])
    return Inputs(html, text, warc, jsonl, damaged)


def write_warc(folder: Path) -> Path:
    with ArchiveWriter(folder, "run") as writer:
        for status, name in [(200, "archived"), (404, "gone")]:
            exchange = Exchange(
                url=f"https://ferry.example/{name}",
                status=status,
                response_headers=((b"Content-Type", b"text/html"),),
                body=HTML.format(name=name).encode(),
                fetched_at=NOON,
            )
            place = writer.write(exchange)
    return folder / place.file


def urls(lines: str) -> list[str]:
    return [json.loads(line)["url"].rpartition("/")[2] for line in lines.splitlines()]


@pytest.fixture(scope="module")
def to_stdout(inputs: Inputs, scrapy: Scrapy) -> dict[int, CompletedProcess[str]]:
    """All kinds at once to stdout, with 0, 1 and 2 workers."""

    def cleaned(count: int) -> CompletedProcess[str]:
        return scrapy("clean", *inputs.whole, "-s", f"COPYDESK_WORKERS={count}")

    with ThreadPoolExecutor() as pool:
        return dict(enumerate(pool.map(cleaned, range(3))))


def test_all_kinds_at_once(to_stdout: dict[int, CompletedProcess[str]]) -> None:
    """Records on stdout in the order of the input, refusals and the summary on stderr."""
    process = to_stdout[2]
    *refusals, summary = process.stderr.splitlines()
    assert process.returncode == 0
    assert urls(process.stdout) == ["saved", "scraped.txt", "archived", "line"]
    assert [json.loads(line)["reason"] for line in refusals] == ["http-404", "empty-page"]
    assert summary == "4 cleaned, 1 refused: empty-page, 1 refused: http-404"
    texts = {json.loads(line)["text"] for line in process.stdout.splitlines()}
    assert texts == {"\n\n".join(PARAGRAPHS)}


def test_the_same_bytes_with_any_number_of_workers(
    to_stdout: dict[int, CompletedProcess[str]],
) -> None:
    assert len({(each.stdout, each.stderr) for each in to_stdout.values()}) == 1


def test_nothing_but_lines_on_a_pipe(to_stdout: dict[int, CompletedProcess[str]]) -> None:
    """No progress bar, no colours, no log."""
    assert not [one for one in to_stdout.values() if "\x1b" in one.stdout + one.stderr]


def test_to_a_file(inputs: Inputs, scrapy: Scrapy, tmp_path: Path) -> None:
    """The refusals are beside it; files of an earlier run are replaced."""
    target, rejected = tmp_path / "new" / "a.jsonl", tmp_path / "new" / "a.rejected.jsonl"
    first = scrapy("clean", inputs.jsonl, "-o", target, *IN_PROCESS)
    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr == "1 cleaned, 1 refused: empty-page\n"
    assert urls(target.read_text("utf-8")) == ["line"]
    assert urls(rejected.read_text("utf-8")) == ["empty"]
    second = scrapy("clean", inputs.html, "-o", target, *IN_PROCESS)
    assert second.returncode == 0
    assert urls(target.read_text("utf-8")) == ["saved"]
    assert sorted(tmp_path.glob("new/*")) == [target]


def test_what_cannot_be_read_is_one_line_and_the_rest_goes_on(
    inputs: Inputs, scrapy: Scrapy, tmp_path: Path
) -> None:
    """Missing, a folder, damaged: each is named, with a cure; the exit code is 1."""
    target = tmp_path / "a.jsonl"
    missing = tmp_path / "missing.html"
    given = [missing, tmp_path, inputs.damaged, inputs.html]
    process = scrapy("clean", *given, "-o", target, *IN_PROCESS)
    *faults, summary = process.stderr.splitlines()
    assert process.returncode == 1
    assert [fault.partition(": ")[0] for fault in faults] == ["scrapy clean"] * 3
    for fault, path, cure in zip(
        faults,
        [missing, tmp_path, inputs.damaged],
        ["give a file that can be read", "give the files in it", "fetch the file again"],
        strict=True,
    ):
        assert str(path) in fault
        assert cure in fault
    assert summary.endswith("3 input(s) could not be read")
    assert urls(target.read_text("utf-8"))[-1] == "saved"


@pytest.mark.parametrize("kind", ["a folder in the way", "a file in the way", "not writable"])
def test_where_nothing_can_be_written(
    inputs: Inputs, scrapy: Scrapy, tmp_path: Path, kind: str
) -> None:
    """One line that names the file, exit code 1, nothing left behind."""
    places = {
        "a folder in the way": tmp_path / "folder",
        "a file in the way": tmp_path / "file" / "a.jsonl",
        "not writable": Path("/proc/a.jsonl"),
    }
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("in the way")
    process = scrapy("clean", inputs.html, "-o", places[kind], *IN_PROCESS)
    (line,) = process.stderr.splitlines()
    assert process.returncode == 1
    assert line.startswith(f"scrapy clean: {places[kind]}")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


def test_a_reader_that_has_had_enough(inputs: Inputs) -> None:
    """`| head -n 1` ends it without a traceback."""
    command = [sys.executable, "-m", "scrapy", "clean", *[str(inputs.html)] * 40, *IN_PROCESS]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_an_interrupted_run_leaves_no_file(
    inputs: Inputs, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    """Stopped when it has cleaned one file and opens the next, a pipe that has a writer."""
    target, pipe = tmp_path / "a.jsonl", tmp_path / "endless.html"
    target.write_text("of an earlier run\n")
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "scrapy", "clean", *IN_PROCESS]
    command += [str(inputs.html), str(pipe), "-o", str(target)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        with pipe.open("wb"):
            process.send_signal(sent)
        # The pipe ends after the signal has been sent, and not before: where that came between
        # Python's last look for signals and the kernel's wait for data, nothing else would wake it.
        process.wait(60)
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == code
    assert target.read_text() == "of an earlier run\n"
