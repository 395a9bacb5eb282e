"""Tells what an element is for by the words of its class name and id."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml.html import HtmlElement


def class_names(words: Sequence[str]) -> re.Pattern[str]:
    """What finds one of the words in a class name: `post-tags`, `TagList`, `ArticleTags_item__x7`.

    Args:
        words: regular expressions of single words in lower case.
    """
    either = "|".join(words)
    camel = "|".join(word[0].upper() + word[1:] for word in words)
    return re.compile(rf"(?<![^\W_])(?i:{either})(?![^\W_])|(?:{camel})(?![a-z])")


def named(pattern: re.Pattern[str], element: HtmlElement) -> bool:
    """Whether the class or id of an element has one of the words that `class_names` was given."""
    return _matches(pattern, element.get("class", ""), element.get("id", ""))


@lru_cache(maxsize=8_192)
def _matches(pattern: re.Pattern[str], classes: str, identifier: str) -> bool:
    return pattern.search(f"{classes} {identifier}") is not None
