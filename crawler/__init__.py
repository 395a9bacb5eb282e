"""The crawler: finds and fetches articles, archives them, publishes what cleaning gives."""
