"""Finds what may be articles: the bytes of feeds, sitemaps and section pages in, leads out."""
