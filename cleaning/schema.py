"""The JSON Schema of the record, generated from its type.

The generated text is checked in as `cleaning/article-1.schema.json`; a test fails when it and the
type differ. `python -m cleaning.schema` prints it.
"""

import json
import sys
from importlib.resources import files
from typing import Any

import msgspec

from cleaning.article import Article

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generate_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a line of `article/1`."""
    schema = msgspec.json.schema(Article)
    # What no type can say: a text is missing just where the article is gone.
    schema["$defs"]["Article"] |= {
        "if": {"properties": {"op": {"const": "tombstone"}}, "required": ["op"]},
        "then": {"properties": {"text": {"type": "null"}}},
        "else": {"properties": {"text": {"type": "string"}}},
    }
    return {"$schema": _DIALECT, "title": "copydesk article/1", **schema}


def schema_text() -> str:
    """The schema as it is checked in."""
    return json.dumps(generate_schema(), indent=2, ensure_ascii=False) + "\n"


def checked_in_schema() -> str:
    """The schema as it was checked in last."""
    return files("cleaning").joinpath("article-1.schema.json").read_text("utf-8")


if __name__ == "__main__":
    sys.stdout.write(schema_text())
