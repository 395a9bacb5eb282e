"""Measures how well `cleaning.language` tells 51 languages, on articles and on titles.

    python -m benchmarks.language [--corpus DIR] [--second-opinion] [--check]

Each text of `language.jsonl` is asked about in several ways:

- told nothing: no hint at all;
- told a dozen: the languages of a site that writes in up to twelve, the right one among them. The
  dozens are fixed, and hold neighbours that are taken for each other, so that the hint alone does
  not give the answer away. All stand equal: a site that names one language tells more;
- told wrong: one language, and not the right one: the next of its dozen.

`right` is the share that `guess_language` gets right. `published` is what `detect_language` lets
pass: a right language, a wrong one, or `und`. Base languages count: `zh-CN` is right for `zh`.
CPU is the median of one question. All is asked in two more processes with other seeds of Python's
hashes, one of them the other way round; their answers must be the same to the last byte.
"""

import os
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ROOT
from benchmarks.table import Cell, markdown_table
from benchmarks.target import Figures, Target, bound_of, load_targets, verdict
from cleaning.error import CopydeskError, InputError
from cleaning.language import Language, detect_language, guess_language
from cleaning.language_tag import base_language
from cleaning.second_opinion import require_second_opinion

_TARGETS = ROOT / "benchmarks" / "language.toml"
_KINDS = ("article", "title")
#: Languages of sites, up to twelve each; a text is asked with the first that has its language.
DOZENS = tuple(
    tuple(dozen.split())
    for dozen in (
        "af cy da de en et fi hu nl no sq sv",
        "ca en es fr id it pt ro so sw tl tr",
        "bg cs en hr lt lv mk pl ru sk sl uk",
        "ar bn el en fa gu he hi mr pa ur vi",
        "en hi ja ko pa ru ta te th ur vi zh",
    )
)
_HEAD = ("kind", "told", "texts", "right", "published right", "wrong", "und", "CPU ms")


class Text(msgspec.Struct, frozen=True):
    """A text of the corpus."""

    id: str
    kind: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: what is told, and whether py3langid is asked too."""

    told: str
    hints: Callable[[str], Sequence[str]]
    second_opinion: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a text, asked in one way, and the milliseconds of CPU it took."""

    text: Text
    way: Way
    guessed: Language
    published: Language
    cpu: float


def dozen_of(language: str) -> Sequence[str]:
    """The languages of a site that writes in this one too."""
    return next((dozen for dozen in DOZENS if language in dozen), (language,))


def wrong_for(language: str) -> Sequence[str]:
    """One language that a text is not in: the next of its dozen."""
    dozen = dozen_of(language)
    return (dozen[(dozen.index(language) + 1) % len(dozen)],)


_WAYS = (
    Way("nothing", lambda _: ()),
    Way("a dozen", dozen_of),
    Way("wrong", wrong_for),
)
_WAYS_ASKING = (
    Way("nothing, py3langid asked", lambda _: (), second_opinion=True),
    Way("a dozen, py3langid asked", dozen_of, second_opinion=True),
    Way("wrong, py3langid asked", wrong_for, second_opinion=True),
)


def main() -> int:
    """Measure, and print the tables; the exit code, 1 too where `--check` finds a target missed."""
    parser = parser_for(__doc__)
    parser.add_argument("--second-opinion", action="store_true", help="ask py3langid too")
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="only write all answers")
    parser.add_argument("--backwards", action="store_true", help="ask about the last text first")
    return run(parser, _measure)


def _measure(options: Namespace) -> str:
    if options.second_opinion:
        require_second_opinion()
    texts = load_texts(options.corpus / "language.jsonl")
    ways = (*_WAYS, *_WAYS_ASKING) if options.second_opinion else _WAYS
    answers = answer_all(texts, ways, backwards=options.backwards)
    if options.answers:
        options.answers.write_bytes(written(answers))
        return f"{len(answers)} answers"
    agree = all(again == written(answers) for again in _ask_again(options))
    return _section(answers, ways, agree=agree, check=options.check)


def load_texts(path: Path) -> list[Text]:
    """The texts of the corpus.

    Raises:
        InputError: they are missing, or are something else.
    """
    try:
        return [msgspec.json.decode(line, type=Text) for line in path.read_bytes().splitlines()]
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(f"{path}: no texts can be read of it: {error}") from error


def answer_all(
    texts: Sequence[Text], ways: Sequence[Way], *, backwards: bool = False
) -> list[Answer]:
    """Ask about each text in each way; the answers come in the texts' order."""
    for way in ways:
        # What is loaded only once is not on the first text's bill.
        guess_language("The ferry is late", (), second_opinion=way.second_opinion)
    order = list(reversed(texts)) if backwards else texts
    answers = [_answer(text, way) for way in ways for text in order]
    return sorted(answers, key=lambda one: (one.text.id, ways.index(one.way)))


def written(answers: Sequence[Answer]) -> bytes:
    """All that was said, a line each."""
    encode = msgspec.json.encode
    rows = ((one.text.id, one.way.told, one.guessed, one.published) for one in answers)
    return b"".join(encode(row) + b"\n" for row in rows)


def figures_of(answers: Sequence[Answer]) -> dict[str, float]:
    """The shares of answers to one kind of text, asked in one way, and the median of their CPU."""
    count = len(answers)
    right = sum(_is(one.guessed, one.text) for one in answers)
    published = sum(_is(one.published, one.text) for one in answers)
    unknown = sum(one.published.tag == "und" for one in answers)
    return {
        "texts": count,
        "right": right / count,
        "published": published / count,
        "wrong": (count - published - unknown) / count,
        "und": unknown / count,
        "cpu": median(one.cpu for one in answers),
    }


def _answer(text: Text, way: Way) -> Answer:
    hints = way.hints(text.language)
    started = time.process_time()
    guessed = guess_language(text.text, hints, second_opinion=way.second_opinion)
    cpu = (time.process_time() - started) * 1000
    published = detect_language(text.text, hints, second_opinion=way.second_opinion)
    return Answer(text, way, guessed, published, cpu)


def _is(language: Language, text: Text) -> bool:
    return base_language(language.tag) == base_language(text.language)


def _ask_again(options: Namespace) -> Iterator[bytes]:
    """The answers of two fresh processes."""
    command = [sys.executable, "-m", "benchmarks.language", "--corpus", str(options.corpus)]
    command += ["--second-opinion"] if options.second_opinion else []
    with TemporaryDirectory() as made:
        for number, way in enumerate(([], ["--backwards"]), 1):
            report(f"language: fresh process {number} of 2")
            file = Path(made, f"{number}.jsonl")
            environment = os.environ | {"PYTHONHASHSEED": str(number)}
            done = subprocess.run(
                [*command, "--answers", str(file), *way],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                check=False,
            )
            if done.returncode:
                raise CopydeskError(f"a fresh process ended with code {done.returncode}")
            yield file.read_bytes()


def _section(answers: Sequence[Answer], ways: Sequence[Way], *, agree: bool, check: bool) -> str:
    """The tables; with `check`, an error where a target is missed."""
    found = {
        (kind, way.told): figures_of(
            [one for one in answers if one.text.kind == kind and one.way is way]
        )
        for kind in _KINDS
        for way in ways
    }
    figures: Figures = {
        kind: {
            "right": found[kind, "nothing"]["right"],
            "told": found[kind, "a dozen"]["right"],
            "wrong": found[kind, "nothing"]["wrong"],
        }
        for kind in _KINDS
    } | {"runs": {"agree": float(agree)}}
    targets = load_targets(_TARGETS)
    section = "\n\n".join(
        (
            markdown_table(_HEAD, (_row(key, of_one) for key, of_one in found.items())),
            target_table(targets, figures),
        )
    )
    missed = [one for one in targets if verdict(one, figures[one.set][one.figure]) == "missed"]
    if check and missed:
        print(section)
        named = ", ".join(f"{one.set} {one.figure}" for one in missed)
        raise CopydeskError(f"missed: {named}")
    return section


def target_table(targets: Sequence[Target], figures: Figures) -> str:
    """A row for each target: what it asks, the figure, and whether that reaches it."""
    rows = (
        (
            one.set,
            one.figure,
            bound_of(one),
            one.aim,
            figures[one.set][one.figure],
            verdict(one, figures[one.set][one.figure]),
        )
        for one in targets
    )
    return markdown_table(("set", "figure", "must", "aim", "measured", "reached"), rows)


def _row(key: tuple[str, str], figures: dict[str, float]) -> tuple[Cell, ...]:
    shares = (figures[name] for name in ("right", "published", "wrong", "und"))
    return *key, int(figures["texts"]), *shares, f"{figures['cpu']:.2f}"


if __name__ == "__main__":
    sys.exit(main())
