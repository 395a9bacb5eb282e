"""Cleaning: a fetched page in, a clean article or a refusal with its reason out.

Knows nothing of Scrapy, Twisted, the network or the crawler: bytes and values in, values out.
"""

__version__ = "0.1.0"
