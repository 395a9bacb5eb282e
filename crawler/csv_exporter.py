"""CSV of records: a row a record, what is nested as JSON."""

from dataclasses import is_dataclass
from typing import Any

import msgspec
from scrapy.exporters import CsvItemExporter


class JsonCellExporter(CsvItemExporter):
    """Scrapy's, whose cells hold `[Author(name=...` where a value is nested, or `None`."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Lists, objects and tables as JSON, as in the records; null as nothing at all."""
        if isinstance(value, (list, tuple, dict)) or is_dataclass(value):
            return msgspec.json.encode(value).decode()
        return super().serialize_field(field, name, value)
