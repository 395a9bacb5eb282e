"""Downloader and spider middlewares: one concern a file."""
