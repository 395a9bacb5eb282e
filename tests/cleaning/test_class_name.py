"""Class names: words are found as templates write them, and not inside other words."""

import pytest
from lxml import html

from cleaning.class_name import class_names, named

_TAGS = class_names(["tags?", "more-?topics"])


@pytest.mark.parametrize(
    "classes",
    [
        "tags",
        "post-tags",
        "post_tag",
        "PostTag",
        "TagList",
        "ArticleTags_item__x7",
        "more-topics-3",
    ],
)
def test_words_as_templates_write_them(classes: str) -> None:
    assert named(_TAGS, html.fromstring(f'<div class="{classes}"></div>'))
    assert named(_TAGS, html.fromstring(f'<div id="{classes}"></div>'))


@pytest.mark.parametrize("classes", ["", "stage", "montage", "tagged", "Tagesschau", "topics"])
def test_parts_of_other_words(classes: str) -> None:
    assert not named(_TAGS, html.fromstring(f'<div class="{classes}"></div>'))
