"""Item pipelines, in the order of the data: clean, compare, publish."""
