"""What becomes of a page, in types that those can load who do not clean."""

from dataclasses import dataclass

from cleaning.article import Article, Refusal


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed block: by which rule, its text, and its index among the extracted blocks."""

    rule: str
    text: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What became of a page, and every block that was removed on the way."""

    result: Article | Refusal
    removed: tuple[Removal, ...]
