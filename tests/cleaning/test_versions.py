"""What is a new version of an article, and what is only another look of the same one."""

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.dedup import fingerprint
from cleaning.identity import page_url
from cleaning.settled import settled
from cleaning.versions import Known, outcome_of

Make = Callable[..., Any]

_PROSE = "The ferry left the quay at noon. Five dead, the captain said."
_URL = "https://example.com/old-bridge-reopens"
_AMP = f"{_URL}/amp/"
_MOBILE = "https://m.example.com/old-bridge-reopens"

#: Two looks at an article, one after the other, and the outcome of the second.
LOOKS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "the same": ({}, {}, "unchanged"),
    "a counter": (
        {"text": f"12 comments\n\n{_PROSE}"},
        {"text": f"13 comments\n\n{_PROSE}"},
        "unchanged",
    ),
    "a date": (
        {"text": f"{_PROSE}\n\nStand: 24.11.2026, 14:05 Uhr", "language": "de"},
        {"text": f"{_PROSE}\n\nStand: 25.11.2026, 9:10 Uhr", "language": "de"},
        "unchanged",
    ),
    "how long ago": (
        {"text": f"Updated 3 hours ago | 4 min read\n\n{_PROSE}"},
        {"text": f"Updated 5 hours ago | 4 min read\n\n{_PROSE}"},
        "unchanged",
    ),
    "a counter that is new": ({"text": _PROSE}, {"text": f"{_PROSE}\n\n1 comment"}, "unchanged"),
    "layout, quotes, punctuation": (
        {"text": 'Five dead, he said: "At last."'},
        {"text": "Five dead – he said: „At last“\n\n"},
        "unchanged",
    ),
    "a figure of the news": (
        {"text": "5 dead, 12 hurt."},
        {"text": "7 dead, 12 hurt."},
        "update",
    ),
    "a figure on a line of its own": (
        {"text": f"{_PROSE}\n\n5 dead"},
        {"text": f"{_PROSE}\n\n7 dead"},
        "update",
    ),
    "a date in prose": (
        {"text": f"{_PROSE} It sails again on 24 November."},
        {"text": f"{_PROSE} It sails again on 25 November."},
        "update",
    ),
    "a paragraph more": ({"text": _PROSE}, {"text": f"{_PROSE}\n\nThe goats live."}, "update"),
    "nothing but counters, another": ({"text": "12 comments"}, {"text": "13 comments"}, "update"),
    "another title": ({"title": "Ferry sinks"}, {"title": "Ferry did not sink"}, "update"),
    "another figure in the title": ({"title": "5 dead"}, {"title": "7 dead"}, "update"),
    "the title is gone": ({"title": "Ferry sinks"}, {"title": None}, "update"),
    "the title is there": ({"title": None}, {"title": "Ferry sinks"}, "update"),
    "no title": ({"title": None}, {"title": None}, "unchanged"),
    "case of the title": ({"title": "Ferry Sinks"}, {"title": "FERRY SINKS"}, "unchanged"),
    "quotes and punctuation of the title": (
        {"title": "“Ferry” sinks – captain’s dog lives"},
        {"title": '"Ferry" sinks: captain\'s dog  lives!'},
        "unchanged",
    ),
    "an AMP page after the original": (
        {"url": _URL},
        {"url": _AMP, "text": f"{_PROSE} Menu"},
        "unchanged",
    ),
    "an AMP page that names the original": (
        {"url": _URL},
        {"url": _AMP, "canonical_url": _URL, "text": f"{_PROSE} Menu"},
        "unchanged",
    ),
    "a mobile page after an AMP page": (
        {"url": _AMP},
        {"url": _MOBILE, "text": f"{_PROSE} Menu"},
        "unchanged",
    ),
    "the original after an AMP page": (
        {"url": _AMP, "text": f"{_PROSE} Menu"},
        {"url": _URL},
        "update",
    ),
    "an AMP page that is the only one": (
        {"url": _AMP},
        {"url": f"{_AMP}?utm_source=rss", "text": f"{_PROSE} Menu"},
        "update",
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_second_look(make_article: Make, name: str) -> None:
    before, after, expected = LOOKS[name]
    plain = {"url": _URL, "text": _PROSE}
    old, new = make_article(**plain | before), make_article(**plain | after)
    assert old.id == new.id
    known = Known(version=1, url=page_url(old.url), fingerprint=_words_of(old), title=old.title)
    assert outcome_of(new, _words_of(new), known) == expected
    assert outcome_of(new, _words_of(new), None) == "new"


def _words_of(article: Any) -> str:
    return fingerprint(settled(article.text, article.language))
