"""What a node of the record's JSON Schema says, wherever it says it."""

from typing import Any

Schema = dict[str, Any]
_NULL = {"type": "null"}


def plain_node(node: Schema, root: Schema) -> tuple[Schema, bool]:
    """A node with its definition in its place and null taken out, and whether it may be null.

    Args:
        node: of a schema that `cleaning.schema` made.
        root: that schema, which has the definitions.
    """
    node = _resolved(node, root)
    choices = node.get("anyOf", [])
    others = [one for one in choices if one != _NULL]
    if len(others) == len(choices):
        return node, False
    rest = others[0] if len(others) == 1 else {"anyOf": others}
    without = {key: value for key, value in node.items() if key != "anyOf"}
    return _resolved({**without, **rest}, root), True


def _resolved(node: Schema, root: Schema) -> Schema:
    if "$ref" not in node:
        return node
    name = node["$ref"].removeprefix("#/$defs/")
    own = {key: value for key, value in node.items() if key != "$ref"}
    return {**root["$defs"][name], **own}
