"""What must come out of a golden page: `expected.json`.

{"record": {...}}                    the whole record, but for `LEFT_OUT`
{"refused": "too-short"}             no record, for this reason
{"contains": ["..."],                texts that must be in a paragraph of the text,
 "lacks": ["..."],                   and such as must be in none,
 "fields": {"title": "...",          fields with just this value; dots lead inside
            "access.truncated": false}}
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cleaning.article import Article, Refusal
from cleaning.error import InputError

#: What of a whole record is not compared: it changes with every release, and no text with it.
LEFT_OUT = ("provenance.copydesk", "provenance.rules", "provenance.engines")
_CURE = (
    'write {"record": {...}}, {"refused": "reason"}, or any of contains, lacks and fields; or have'
    " it written: pytest --golden-update"
)
_ABSENT = object()


class Expected(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must come out of a page: a whole record, a refusal, or parts of a record."""

    record: dict[str, Any] | None = None
    refused: str | None = None
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    fields: dict[str, Any] = {}

    @property
    def is_partial(self) -> bool:
        """Whether it was written by hand, and names only what matters."""
        return bool(self.contains or self.lacks or self.fields)


def read_expected(path: Path) -> Expected | None:
    """Read what is expected; None where that has not been written yet.

    Raises:
        InputError: the file cannot be used; the message names it and the cure.
    """
    try:
        expected = msgspec.json.decode(path.read_bytes(), type=Expected)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; mend its permissions") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: {str(error).lower()}; {_CURE}") from error
    kinds = (expected.record is not None, expected.refused is not None, expected.is_partial)
    if sum(kinds) != 1:
        raise InputError(f"{path}: expects {'nothing' if not any(kinds) else 'several'}; {_CURE}")
    return expected


def expected_text(expected: Expected) -> str:
    """What is expected, as it is written down."""
    written = msgspec.json.format(msgspec.json.encode(expected), indent=2)
    return written.decode() + "\n"


def whole(result: Article | Refusal) -> Expected:
    """Expects just what came out."""
    if isinstance(result, Refusal):
        return Expected(refused=result.reason)
    return Expected(record=comparable(result))


def renewed(expected: Expected | None, result: Article | Refusal) -> Expected:
    """What is expected, brought to what came out; parts of a text are people's to change."""
    if expected is None or not expected.is_partial:
        return whole(result)
    if isinstance(result, Refusal):
        return expected
    record = as_json(result)
    fields = {path: value_at(record, path) for path in expected.fields}
    return msgspec.structs.replace(expected, fields=fields)


def comparable(article: Article) -> dict[str, Any]:
    """A record as JSON, without what is not compared."""
    record = as_json(article)
    # A paragraph a line, so that a change of the file shows which.
    record["text"] = paragraphs_of(article.text)
    for path in LEFT_OUT:
        table, _, name = path.rpartition(".")
        record[table].pop(name, None)
    return record


def paragraphs_of(text: Any) -> list[str]:
    """The paragraphs of a text, which may be a list of them already."""
    if isinstance(text, list):
        return [str(one) for one in text]
    return str(text).split("\n\n") if text else []


def as_json(article: Article) -> dict[str, Any]:
    """A record as it is written: lists, tables, texts."""
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(article))
    return decoded


def value_at(record: Any, path: str) -> Any:
    """The value of a field; dots lead into tables and lists. None where there is none."""
    for step in path.split("."):
        record = _step(record, step)
    return record


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal():
        return value[int(step)] if int(step) < len(value) else None
    return None


def unequal(expected: Any, found: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Where two JSON values differ: the path, and both values in words, tables gone into.

    What was not expected and is empty does not differ: a newer copydesk has further fields.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in dict.fromkeys((*expected, *found)):
            inner = f"{path}.{key}" if path else key
            yield from unequal(expected.get(key, _ABSENT), found.get(key, _ABSENT), inner)
    elif expected != found and not (expected is _ABSENT and found in (None, [], {})):
        yield path, _shown(expected), _shown(found)


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else msgspec.json.encode(value).decode()
