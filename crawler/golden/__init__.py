"""Golden pages: saved pages with what must come out of them, run as tests by a pytest plugin.

Nothing is imported here: pytest loads `crawler.golden.plugin` in every project where copydesk is
installed, and that must cost next to nothing.
"""
