"""What a change of the record's schema would break for those who read `article/1`.

Within `/1` fields are added, and nothing else: whoever reads records must not meet a value that was
not announced, and the newest copydesk must read the oldest segment. The schema as released last is
`cleaning/article-1.released.schema.json`; a test compares today's with it.
"""

import json
from collections.abc import Iterator
from importlib.resources import files

from cleaning.schema_node import Schema, plain_node

#: What a schema says to people.
_WORDS = frozenset({"title", "description", "$schema", "$defs"})
#: What is compared by itself.
_PARTS = frozenset({"properties", "required", "items", "additionalProperties", "enum"})


def released_schema() -> Schema:
    """The schema that readers go by."""
    text = files("cleaning").joinpath("article-1.released.schema.json").read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """A line for each difference that is more than a new field with a default; most have none.

    Args:
        old: the schema that was released, as `cleaning.schema` makes it.
        new: that of today.
    """
    return list(_Comparison(old, new).changes(old, new, ""))


class _Comparison:
    """Compares two schemas node by node, each with its own definitions."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new

    def changes(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        old, was_null = plain_node(old, self._old)
        new, is_null = plain_node(new, self._new)
        if is_null != was_null:
            yield f"{place}: {'may be null now' if is_null else 'may not be null any more'}"
        if _kind(old) != _kind(new):
            yield f"{place}: is {_kind(new)} now, was {_kind(old)}"
            return
        yield from self._fields(old, new, place)
        for key, suffix in (("items", "[]"), ("additionalProperties", ".*")):
            if key in old or key in new:
                yield from self.changes(old.get(key, {}), new.get(key, {}), place + suffix)
        yield from _values(old, new, place)
        yield from _limits(old, new, place)

    def _fields(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        had, has = set(old.get("required", ())), set(new.get("required", ()))
        added = [name for name in after if name not in before]
        for name, kind in before.items():
            inner = f"{place}.{name}".removeprefix(".")
            if name not in after:
                yield f"{inner}: is gone{_renamed(kind, after, added)}"
                continue
            if (name in had) != (name in has):
                yield f"{inner}: {'may be missing now' if name in had else 'must be there now'}"
            yield from self.changes(kind, after[name], inner)
        for name in added:
            if name in has:
                where = f"{place}.{name}".removeprefix(".")
                yield f"{where}: is new without a default, and older segments lack it"


def _kind(node: Schema) -> str:
    return str(node.get("type") or ("one of a list" if "enum" in node else "anything"))


def _renamed(kind: Schema, after: Schema, added: list[str]) -> str:
    """A guess for people: a new field of the same type."""
    same = [name for name in added if after[name] == kind]
    return f"; is it {' or '.join(same)} now?" if same else ""


def _values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = set(old.get("enum", ())), set(new.get("enum", ()))
    if before != after:
        listed = [f"+{value}" for value in sorted(after - before)]
        listed += [f"-{value}" for value in sorted(before - after)]
        yield f"{place}: takes other values: {' '.join(listed)}"


def _limits(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for key in sorted((old.keys() | new.keys()) - _WORDS - _PARTS - {"type"}):
        if old.get(key) != new.get(key):
            yield f"{place or 'record'}: {key} is {new.get(key)} now, was {old.get(key)}"
