"""Writes TOML: as much of it as declarations of sites and golden pages need."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any


def toml_of(table: Mapping[str, Any]) -> str:
    """A table as TOML, its own tables last; what is None is left out.

    Args:
        table: of texts, numbers, truth values, dates, lists of these, and tables of all that.
    """
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: Mapping[str, Any], name: str) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    for key, value in table.items():
        if key not in inner and value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        if value:
            path = f"{name}.{_key(key)}" if name else _key(key)
            yield from ("", f"[{path}]")
            yield from _lines(value, path)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def _string(text: str) -> str:
    # TOML's basic string is JSON's, but for one character; half a surrogate pair has no UTF-8.
    whole = text.encode(errors="replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
