"""Reads and writes BCP-47 tags (RFC 5646)."""

from collections.abc import Sequence

#: Other names of a language: macrolanguages and withdrawn codes (IANA language subtag registry).
_SAME = {
    "nb": "no",
    "nn": "no",
    "fil": "tl",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "cmn": "zh",
    "zsm": "ms",
    "kmr": "ku",
    "pes": "fa",
    "prs": "fa",
    "swh": "sw",
    "ekk": "et",
    "lvs": "lv",
}


def base_language(tag: str) -> str:
    """The language of a tag (`pt` of `pt_BR`), a macrolanguage for the members it stands for."""
    language = tag.replace("_", "-").split("-")[0].lower()
    return _SAME.get(language, language)


def tag_by_hints(tag: str, hints: Sequence[str]) -> str:
    """The first hint of the same language and, for Chinese, the same orthography."""
    agreeing = (
        hint for hint in hints if base_language(hint) == base_language(tag) and _fits(hint, tag)
    )
    return written_tag(next(agreeing, tag))


def written_tag(tag: str) -> str:
    """The tag as RFC 5646, section 2.1.1, has it written: `pt-BR`, `zh-Hans`."""
    language, *others = tag.replace("_", "-").split("-")
    cases = {len("BR"): str.upper, len("Hans"): str.title}
    return "-".join([language.lower(), *(cases.get(len(one), str.lower)(one) for one in others)])


def _fits(hint: str, tag: str) -> bool:
    if not tag.startswith("zh-"):
        return True
    hint = hint.replace("_", "-")
    return "-" in hint and _is_traditional(hint) == _is_traditional(tag)


def _is_traditional(tag: str) -> bool:
    """Whether Chinese of a tag is in traditional letters: by its script, else by its region."""
    parts = tag.lower().split("-")
    return "hant" in parts or ("hans" not in parts and not {"tw", "hk", "mo"}.isdisjoint(parts))
