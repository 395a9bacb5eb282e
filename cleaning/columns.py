"""The columns of `article/1` for programs that would otherwise guess their types from some lines.

What they guess depends on the segment: a column of which the first lines are null has no type, and
what comes later is an error or, worse, lost. `python -m cleaning.columns` prints DuckDB's.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cleaning.error import MissingError
from cleaning.schema import generate_schema
from cleaning.schema_node import Schema, plain_node

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Types(Generic[T]):
    """How a program names types; `mapping` is of what has other keys in each record."""

    text: T
    timestamp: T
    integer: T
    number: T
    boolean: T
    array: Callable[[T], T]
    struct: Callable[[dict[str, T]], T]
    mapping: Callable[[T], T]


def duckdb_columns() -> dict[str, str]:
    """For `columns` of DuckDB's `read_json`; times are TIMESTAMP WITH TIME ZONE."""
    return _columns(
        _Types(
            text="VARCHAR",
            timestamp="TIMESTAMP WITH TIME ZONE",
            integer="BIGINT",
            number="DOUBLE",
            boolean="BOOLEAN",
            array=lambda of: f"{of}[]",
            struct=_duckdb_struct,
            mapping=lambda of: f"MAP(VARCHAR, {of})",
        )
    )


def pandas_dtypes() -> dict[str, str]:
    """For `dtype` of the `read_json` of pandas 3; times are `str`, what has parts is `object`."""
    return _columns(
        _Types(
            text="str",
            timestamp="str",
            integer="int64",
            number="float64",
            boolean="bool",
            array=lambda _: "object",
            struct=lambda _: "object",
            mapping=lambda _: "object",
        )
    )


def polars_schema() -> dict[str, Any]:
    """For `schema` of Polars' `read_ndjson` and `scan_ndjson`; times are strings.

    `removed`, `provenance.sources` and `provenance.engines`, whose keys differ from record to
    record, are JSON: Polars has no such type.

    Raises:
        MissingError: Polars is not installed.
    """
    try:
        import polars  # noqa: ICN001, PLC0415 - it is large, and only who calls this has it
    except ImportError as error:
        raise MissingError("polars is not installed: pip install 'copydesk[readers]'") from error
    return _columns(
        _Types(
            text=polars.String(),
            timestamp=polars.String(),
            integer=polars.Int64(),
            number=polars.Float64(),
            boolean=polars.Boolean(),
            array=polars.List,
            struct=polars.Struct,
            mapping=lambda _: polars.String(),
        )
    )


def datasets_features() -> Any:
    """For `features` of Hugging Face's `load_dataset("json", ...)`; times are strings.

    Raises:
        MissingError: datasets is not installed.
    """
    try:
        import datasets  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingError("datasets is not installed: pip install 'copydesk[readers]'") from error
    return datasets.Features(
        _columns(
            _Types(
                text=datasets.Value("string"),
                timestamp=datasets.Value("string"),
                integer=datasets.Value("int64"),
                number=datasets.Value("float64"),
                boolean=datasets.Value("bool"),
                array=datasets.List,
                struct=dict,
                mapping=lambda _: datasets.Json(),
            )
        )
    )


def _columns(types: _Types[T]) -> dict[str, T]:
    root = generate_schema()
    record, _ = plain_node(root, root)
    return {name: _type(node, root, types) for name, node in record["properties"].items()}


def _type(node: Schema, root: Schema, types: _Types[T]) -> T:
    node, _ = plain_node(node, root)
    kind = node.get("type", "string")
    if kind == "array":
        return types.array(_type(node["items"], root, types))
    if "properties" in node:
        fields = node["properties"].items()
        return types.struct({name: _type(inner, root, types) for name, inner in fields})
    if kind == "object":
        return types.mapping(_type(node["additionalProperties"], root, types))
    if node.get("format") == "date-time":
        return types.timestamp
    return {
        "string": types.text,
        "integer": types.integer,
        "number": types.number,
        "boolean": types.boolean,
    }[kind]


def _duckdb_struct(fields: dict[str, str]) -> str:
    parts = [f'"{name}" {kind}' for name, kind in fields.items()]
    return f"STRUCT({', '.join(parts)})"


if __name__ == "__main__":
    parts = ",\n".join(f"  {name}: '{kind}'" for name, kind in duckdb_columns().items())
    sys.stdout.write(f"{{\n{parts}\n}}\n")
