"""Which lines of a text are the page's counters and dates, and which are the article's."""

import pytest

from cleaning.settled import settled

_PROSE = "The ferry left the quay at noon with eleven people and two goats on board."

#: Lines that differ with each fetch, and the language of their text.
PASSING = [
    ("12 comments", "en"),
    ("1,204 views", "en"),
    ("1.2K shares", "en"),
    ("No comments", "en"),
    ("One comment so far", "en"),
    ("Views: 1,204 | Shares: 12", "en"),
    ("12 comments · 4 min read", "en"),
    ("4 min read", "en"),
    ("3 hours ago", "en"),
    ("an hour ago", "en"),
    ("3h ago", "en"),
    ("Updated 3 hours ago", "en"),
    ("Updated yesterday at 14:05", "en"),
    ("Published 2 days ago, updated 3 hours ago", "en"),
    ("Last updated: 24 November 2026, 14:05", "en"),
    ("24 November 2026", "en"),
    ("24 November 2026 | 12 comments", "en"),
    ("- 12 comments", "en"),
    ("Today: 147", "en"),
    ("1.204 Aufrufe", "de"),
    ("Stand: 24.11.2026, 14:05 Uhr", "de"),
    ("Stand: 14:05 Uhr", "de"),
    ("Lesezeit 4 Min.", "de"),
    ("vor 5 Minuten", "de"),
    ("Aktualisiert vor 3 Stunden", "de"),
    ("24. November 2026, 14:05 Uhr • 12 Kommentare", "de"),
    ("il y a 3 heures", "fr"),
    ("12 commentaires", "fr"),
    ("Mis à jour il y a 5 minutes", "fr"),
    ("hace 3 horas", "es"),
    ("há 2 dias", "pt"),
    ("3 ore fa", "it"),
    ("5 minuten geleden", "nl"),
    ("för 3 timmar sedan", "sv"),
    ("3 godziny temu", "pl"),
    ("3 часа назад", "ru"),
    ("1 204 просмотра", "ru"),
    ("3 saat önce", "tr"),
    ("منذ 3 ساعات", "ar"),
    ("3小时前", "zh"),
    ("12条评论", "zh"),
    ("コメント 12件", "ja"),
    ("3시간 전", "ko"),
    ("조회수 1,024", "ko"),
]

#: Lines that look alike and are news.
LASTING = [
    ("5 dead", "en"),
    ("7 injured, 12 missing", "en"),
    ("Five people have died, police said 3 hours ago.", "en"),
    ("12 comments were read aloud in court.", "en"),
    ("Views differ", "en"),
    ("Comments", "en"),
    ("12 hours", "en"),
    ("Day 12", "en"),
    ("2:1", "en"),
    ("14:05", "en"),
    ("Stand 2:1", "de"),
    ("Stand 3", "de"),
    ("Total: 1,204 votes", "en"),
    ("12 votes", "en"),
    ("1,204 copies sold", "en"),
    ("$12.50 a share", "en"),
    ("Shares: 12%", "en"),
    ("Haddad 3 12 45", "en"),
    ("12 Tote", "de"),
    ("12件", "ja"),
    ("12人死亡", "zh"),
    ("On 24 November 2026 the bridge closed.", "en"),
    ("24 November 2026: the bridge closes", "en"),
    ("5 dead | 12 comments", "en"),
    ("* * *", "en"),
    ("|", "en"),
]


@pytest.mark.parametrize(("line", "language"), PASSING)
def test_counters_and_dates_do_not_count(line: str, language: str) -> None:
    assert settled(f"{line}\n\n{_PROSE}\n{line}", language) == _PROSE


@pytest.mark.parametrize(("line", "language"), LASTING)
def test_what_is_told_counts(line: str, language: str) -> None:
    assert settled(f"{_PROSE}\n\n{line}", language) == f"{_PROSE}\n\n{line}"


@pytest.mark.parametrize("text", ["", "12 comments", "12 comments\n\n24 November 2026"])
def test_a_text_of_nothing_else_stays(text: str) -> None:
    """Else all such texts would be copies of each other."""
    assert settled(text, "en") == text


def test_no_more_lines_are_looked_at_than_a_page_can_want() -> None:
    lines = "\n\n".join(["12 comments"] * 500)
    assert settled(lines, "en").count("12 comments") == 460


def test_any_language_tag_will_do() -> None:
    assert settled(f"{_PROSE}\n\n12 comments", "und") == _PROSE
    assert settled(f"{_PROSE}\n\n24 November 2026", "x-unknown") == _PROSE
