"""What an update changes, and how much that matters."""

from typing import Any

import pytest

from cleaning.revision import change_between

_OLD = "The bridge over the Lenne closes on Monday. Five people were hurt, the council said."
_MORE = " Engineers found cracks in two of its pillars last summer" * 4


@pytest.mark.parametrize(
    ("new", "added", "removed", "significance"),
    [
        # Slips of the pen: nearly the same words, as many as before.
        (_OLD.replace("council", "counsil"), 1, 1, "typo"),
        (_OLD.replace("Monday", "Monady").replace("hurt", "hurtt"), 2, 2, "typo"),
        # Other facts.
        (_OLD.replace("Monday", "Tuesday"), 1, 1, "correction"),
        (_OLD.replace("Five", "5"), 1, 1, "correction"),
        (_OLD.replace("Five", "Fifteen"), 1, 1, "correction"),
        (_OLD.replace("hurt", "killed"), 1, 1, "correction"),
        (_OLD[:43], 0, 7, "correction"),
        (f"{_OLD} It rained.", 2, 0, "correction"),
        # The same words in another order are no slip.
        (" ".join(reversed(_OLD.split())), 0, 0, "correction"),
        # More of it.
        (_OLD + _MORE, 40, 0, "growth"),
        (_OLD.replace("Five", "Six") + _MORE, 41, 1, "growth"),
    ],
)
def test_changes_of_the_text(new: str, added: int, removed: int, significance: str) -> None:
    change = change_between(3, ("Title", _OLD), ("Title", new))
    assert (change.words_added, change.words_removed) == (added, removed)
    assert change.significance == significance
    assert (change.of, change.title) == (3, None)


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("Bridge closes", "Bridge to close", "Bridge closes"),
        (None, "Bridge closes", None),
        ("“Bridge” closes", "Bridge Closes!", None),
    ],
)
def test_changes_of_the_title(old: Any, new: Any, title: str | None) -> None:
    change = change_between(1, (old, _OLD), (new, _OLD))
    assert (change.title, change.words_added, change.words_removed) == (title, 0, 0)
    assert change.significance == "correction"


def test_what_is_not_remembered_cannot_be_told() -> None:
    change = change_between(1, ("Old", None), ("New", _OLD))
    assert (change.title, change.words_added, change.significance) == ("Old", None, None)
