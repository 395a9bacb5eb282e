"""The benchmark of peers: what a failing one costs, how they are asked, what the tables say.

Of the peers only jusText is sure to be installed, as cleaning needs its lists.
"""

import itertools
import os
import signal
import socket
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.answer import read_rows
from benchmarks.corpus import ALL_SETS, ROOT
from benchmarks.near_peers import NearFigures, labels_of, near_section
from benchmarks.near_rival import RIVALS, cpu_of_rival
from benchmarks.peer import Peer, load_peers
from benchmarks.peer_call import CALLS
from benchmarks.peer_cpu import cpu_table, ratios, time_programs
from benchmarks.peer_run import failures_in, offline_pool, results, write_answers
from benchmarks.peer_table import Measured, peers_section, summary_table
from benchmarks.peers import write_sets
from benchmarks.results import with_section
from cleaning.page import Page

_ARTICLE = "crawler/newsroom/www/newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
_PAGE = Page(
    url="https://newsroom.example/harbour/tidal-bridge-closes-for-winter.html",
    requested_url="https://newsroom.example/short",
    body=(ROOT / _ARTICLE).read_bytes(),
    fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
)
_FIGURES = {
    **dict.fromkeys(("f1", "exact", "snippet_f1", "title", "author"), 0.25),
    "date": 0.5,
    "date_wrong": 0.125,
    "false_refusals": 2,
}
_SETS = dict.fromkeys(ALL_SETS, _FIGURES)
_MEASURED = Measured(
    peers=load_peers(),
    figures={"copydesk": _SETS, "trafilatura": _SETS, "justext": _SETS},
    failures={"justext": Counter({"over 30 s": 2})},
    cross_validated={"extract-aeb": {"f1": 0.97, "exact": 0.375}, "snippets": {"snippet_f1": 0.95}},
    costs={"copydesk": [4.0, 2.0], "trafilatura": [2.0, 2.0], "justext": [0.5, 1.5]},
)


def test_every_peer_has_a_call_and_every_call_a_peer() -> None:
    assert [peer.name for peer in load_peers()] == list(CALLS)


def test_a_page_that_hangs_crashes_or_fails_costs_only_itself() -> None:
    jobs = ["hang", "crash", "error", "fine"]
    with offline_pool(1) as pool:
        assert list(results(pool, _misbehave, jobs, 0.5)) == [
            *("over 0.5 s", "process died", "ValueError", "FINE")
        ]


@pytest.mark.parametrize("reach", ["connect", "resolve", "send"])
def test_a_peer_cannot_reach_the_network(reach: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        job = (reach, server.getsockname()[1])
        _reach(job)
        with offline_pool(1) as pool:
            assert list(results(pool, _reach, [job], 30)) == ["PermissionError"]


def test_answers_are_written_for_the_scorer(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    write_answers(_peer("justext"), [_PAGE], records, workers=1)
    assert not failures_in(records)
    (row,) = read_rows(records)
    assert (row["url"], row["requested_url"]) == (_PAGE.url, _PAGE.requested_url)
    assert "bridge" in row["text"]
    assert row["date_published"] is None


def test_a_peer_that_fails_is_counted_and_has_no_text(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    broken = Peer(name="justext", modules=["no_such_module"], call="", gives=[])
    assert broken.version is None
    write_answers(broken, [_PAGE, _PAGE], records, workers=1)
    assert failures_in(records) == {"ModuleNotFoundError": 2}
    assert [row["text"] for row in read_rows(records)] == ["", ""]


def test_answers_that_are_there_are_not_asked_for_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def write(name: str, records: Path) -> None:
        asked.append(name)
        records.write_text(name, encoding="utf-8")

    (tmp_path / "snippets.jsonl").write_text("kept", encoding="utf-8")
    write_sets("goose3", tmp_path, write)
    assert asked == [name for name in ALL_SETS if name != "snippets"]
    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {
        f"{name}.jsonl": name if name in asked else "kept" for name in ALL_SETS
    }


def test_all_programs_are_timed_on_the_same_pages() -> None:
    costs = time_programs([_peer("justext")], [_PAGE, _PAGE], [_PAGE], rounds=1)
    assert list(costs) == ["trafilatura", "copydesk", "justext"]
    assert all(len(times) == 2 and min(times) > 0 for times in costs.values())


def test_ratios_are_of_sums_and_the_fastest_comes_first() -> None:
    assert ratios(_MEASURED.costs) == {"copydesk": 1.5, "trafilatura": 1.0, "justext": 0.5}
    assert [row[0] for row in _rows(cpu_table(_MEASURED.costs))] == [
        *("justext", "trafilatura", "copydesk")
    ]


def test_the_summary_has_cross_validated_texts_and_says_who_is_not_installed() -> None:
    rows = {row[0]: row[1:] for row in _rows(summary_table(_MEASURED))}
    assert rows["copydesk"] == [
        *("0.970 (0.375)", "– (–)", "– (–)", "–", "0.950", "0.500 / 0.125", "1.50")
    ]
    assert rows["trafilatura"][:1] == ["0.250 (0.250)"]
    # What a peer does not give is not its fault.
    assert rows["justext"][-2:] == ["– / –", "0.50"]
    assert rows["goose3: not installed"] == ["–"] * 7


def test_the_section_shows_both_kinds_of_figures_and_counts_failures() -> None:
    rows = {row[0]: row for row in _rows(peers_section(_MEASURED))}
    assert {"copydesk, seen", "copydesk, cross-validated"} <= rows.keys()
    asked = [row for row in _rows(peers_section(_MEASURED)) if row[-1].startswith("`")]
    by_name = {row[0]: row[1:-1] for row in asked}
    assert by_name["justext"][1:] == ["10", "2 over 30 s"]
    assert by_name["goose3"] == ["not installed", "–", "–"]


def test_sets_that_were_not_asked_have_dashes() -> None:
    some = replace(
        _MEASURED,
        figures={**_MEASURED.figures, "justext": {"snippets": _FIGURES}},
        failures={"justext": Counter()},
    )
    rows = {row[0]: row[1:] for row in _rows(summary_table(some))}
    assert rows["justext"][:5] == ["– (–)", "– (–)", "– (–)", "–", "0.250"]
    asked = {row[0]: row[2:-1] for row in _rows(peers_section(some)) if row[-1].startswith("`")}
    assert asked["justext"] == ["–", "–"]


def test_a_copy_is_labelled_with_the_earliest_of_the_last_three_days() -> None:
    rows = [
        {"url": name, "text": text, "date_published": f"2026-03-{day:02}T08:00:00+00:00"}
        for name, text, day in (
            *(("a", "Ships sail.", 1), ("b", "ships  SAIL.", 2), ("c", "Gulls.", 2)),
            *(("d", "Ships sail.", 4), ("e", "Ships sail.", 5)),
        )
    ]
    labels = list(labels_of(RIVALS["SHA-256 of the words"], rows))
    assert [one["duplicate"] and one["duplicate"]["of"] for one in labels] == [
        *(None, "a", None, "a", "b")
    ]


@pytest.mark.parametrize("name", [name for name, rival in RIVALS.items() if rival.is_installed])
def test_rivals_find_the_same_text_and_are_timed(name: str) -> None:
    text = " ".join(f"word{number}" for number in range(60))
    assert list(RIVALS[name].find([text, "Ships sail on other seas today.", text])) == [[], [], [0]]
    assert cpu_of_rival(RIVALS[name], [text]) > 0


def test_a_rival_that_is_not_installed_has_dashes() -> None:
    figures = NearFigures(copies={"recall": 0.9, "precision": 1.0, "weather": 0.1}, cpu=1.5)
    first, second = _rows(near_section({"copydesk": figures, "rensa": None}))
    assert first == ["copydesk", "0.9000", "1.0000", "0.1000", "–", "–", "1.50"]
    assert second == ["rensa: not installed", *["–"] * 6]


@pytest.mark.parametrize(
    ("page", "renewed"),
    [
        ("# A\n\n## B\n\nold\n\n### C\n\n## D\n\nd\n", "# A\n\n## B\n\nnew\n\n## D\n\nd\n"),
        ("# A\n\n## D\n\nd\n", "# A\n\n## D\n\nd\n\n## B\n\nnew\n\n"),
        ("# A\n\n## B C\n\nother\n", "# A\n\n## B C\n\nother\n\n## B\n\nnew\n\n"),
    ],
)
def test_one_section_is_renewed_and_the_others_stay(page: str, renewed: str) -> None:
    assert with_section(page, "B", "new") == renewed


def _reach(job: tuple[str, int]) -> None:
    how, port = job
    if how == "connect":
        socket.create_connection(("127.0.0.1", port)).close()
    if how == "resolve":
        socket.getaddrinfo("localhost", port)
    if how == "send":
        with socket.socket(type=socket.SOCK_DGRAM) as sender:
            sender.sendto(b"a", ("127.0.0.1", port))


def _misbehave(how: str) -> str:
    if how == "hang":
        all(itertools.count(1))
    if how == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "error":
        raise ValueError(how)
    return how.upper()


def _peer(name: str) -> Peer:
    return next(peer for peer in load_peers() if peer.name == name)


def _rows(section: str) -> list[list[str]]:
    """The cells of all tables, without heads and rulers."""
    lines = section.splitlines()
    heads = {number for number, line in enumerate(lines[1:]) if line.startswith("| --")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if line.startswith("|") and number not in heads and number - 1 not in heads
    ]
