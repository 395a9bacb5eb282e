"""Dates as text: calendars, orders, zones, what counts from now, and what is hostile."""

import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import available_timezones

import pytest

from benchmarks.hostile_date import hostile_dates, languages
from cleaning.date_region import ORDERS, order_of, region_of
from cleaning.date_zone import zone_of
from cleaning.dates import is_date_line
from cleaning.datetime_text import parse_moment, parse_moments, reading_of
from cleaning.relative_text import parse_relative

_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _read(raw: str, tag: str, zone: str | None = None) -> str | None:
    moment = parse_moment(raw, reading_of([tag], zone=zone))
    return moment and moment.at.isoformat(timespec="minutes")


class TestCalendars:
    """Days of other calendars, converted to the Gregorian."""

    @pytest.mark.parametrize(
        ("tag", "raw", "day"),
        [
            ("fa", "۱۵ آبان ۱۴۰۳", "2024-11-05"),
            ("fa", "سه‌شنبه ۱۵ آبان ۱۴۰۳", "2024-11-05"),
            ("fa", "تاریخ انتشار: ۱۵ آبان ماه ۱۴۰۳", "2024-11-05"),
            ("fa", "١٤٠٣/٠٨/١٥", "2024-11-05"),
            ("fa", "1403-08-15", "2024-11-05"),
            ("fa", "۳۰ اسفند ۱۴۰۳", "2025-03-20"),
            ("fa", "۱۵ نوامبر ۲۰۲۴", "2024-11-15"),
            ("ja", "令和6年11月24日", "2024-11-24"),
            ("ja", "令和元年5月1日（水）", "2019-05-01"),
            ("ja", "平成３１年４月３０日", "2019-04-30"),
            ("ja", "R6.11.24", "2024-11-24"),
            ("zh-TW", "民國113年11月24日", "2024-11-24"),
            ("zh-TW", "中華民國 113 年 11 月 24 日", "2024-11-24"),
            ("th", "24 พฤศจิกายน 2567", "2024-11-24"),
            ("th", "วันอาทิตย์ที่ 24 พฤศจิกายน พ.ศ. 2567", "2024-11-24"),
            ("th", "24 พ.ย. 67", "2024-11-24"),
            ("th", "24/11/2567", "2024-11-24"),
        ],
    )
    def test_are_converted(self, tag: str, raw: str, day: str) -> None:
        assert _read(raw, tag) == f"{day}T00:00+00:00"

    @pytest.mark.parametrize(
        ("tag", "raw"),
        [
            ("fa", "۳۰ اسفند ۱۴۰۲"),  # no leap year
            ("fa", "۳۱ آبان ۱۴۰۳"),
            ("fa", "۱۵ آبان ۱۴۴۶"),  # a year of the Hijra
            ("ar", "13 جمادى الأولى 1446"),
            ("ja", "令和60年1月7日"),
            ("ja", "令和6年13月1日"),
            ("zh-TW", "民國11年11月24日"),
            ("th", "31 พ.ย. 67"),
        ],
    )
    def test_have_no_other_days(self, tag: str, raw: str) -> None:
        assert _read(raw, tag) is None

    def test_a_year_of_the_hijra_is_not_jalali(self) -> None:
        assert (_read("1446/05/13", "ar") or "").startswith("1446")


class TestOrder:
    """Which of 03 and 04 is the month."""

    @pytest.mark.parametrize(
        ("tag", "url", "day"),
        [
            ("en-US", "https://example.com/a", "2026-03-04"),
            ("en", "https://example.com/a", "2026-03-04"),
            ("en-PH", "https://example.com/a", "2026-03-04"),
            ("en", "https://example.gov/a", "2026-03-04"),
            ("en-GB", "https://example.com/a", "2026-04-03"),
            ("en-CA", "https://example.com/a", "2026-04-03"),
            # a template's tag, on a site of another country
            ("en-US", "https://example.co.uk/a", "2026-04-03"),
            ("en", "https://example.com.au/a", "2026-04-03"),
            ("en-US", "https://example.io/a", "2026-03-04"),
            ("es-US", "https://example.com/a", "2026-03-04"),
            ("es", "https://example.com/a", "2026-04-03"),
            ("de", "https://example.us/a", "2026-04-03"),
            ("fr-CA", "https://example.com/a", "2026-04-03"),
        ],
    )
    def test_is_of_language_and_country(self, tag: str, url: str, day: str) -> None:
        moment = parse_moment("03/04/2026", reading_of([tag], url=url))
        assert moment
        assert moment.at.date().isoformat() == day

    @pytest.mark.parametrize(
        ("tag", "raw", "day"),
        [
            ("en-US", "13/04/2026", "2026-04-13"),
            ("en-GB", "04/13/2026", "2026-04-13"),
            ("en-US", "03.04.2026", "2026-04-03"),
            ("ko", "24.11.03", "2024-11-03"),
            ("de", "03.11.24", "2024-11-03"),
            ("en-US", "11/03/24", "2024-11-03"),
            ("sv", "2024-11-03", "2024-11-03"),
        ],
    )
    def test_is_never_one_that_cannot_be(self, tag: str, raw: str, day: str) -> None:
        assert _read(raw, tag) == f"{day}T00:00+00:00"

    def test_a_declared_country_goes_first(self) -> None:
        reading = reading_of(["en-US"], ["en-GB"], url="https://example.com/")
        assert (reading.region, reading.order) == ("GB", "DMY")

    @pytest.mark.parametrize("url", ["", "https://[", "https://localhost/", "https://1.2.3.4/"])
    def test_needs_no_sound_url(self, url: str) -> None:
        region = region_of((), ["de"], url)
        assert region is None
        assert order_of(["de"], region) in ORDERS


class TestZones:
    """Zones that are written after a time."""

    @pytest.mark.parametrize(
        ("tag", "zone", "raw", "read"),
        [
            ("en-US", None, "3 July 2026 14:05 ET", "2026-07-03T14:05-04:00"),
            ("en-US", None, "3 January 2026 14:05 EDT", "2026-01-03T14:05-05:00"),
            ("de", None, "3. Juli 2026 14:05 MESZ", "2026-07-03T14:05+02:00"),
            ("hi", None, "3 July 2026 14:05 IST", "2026-07-03T14:05+05:30"),
            ("en-IN", None, "3 July 2026 14:05 IST", "2026-07-03T14:05+05:30"),
            ("he", None, "3 July 2026 14:05 IST", "2026-07-03T14:05+03:00"),
            ("en-IE", None, "3 July 2026 14:05 IST", "2026-07-03T14:05+01:00"),
            # unknown, so as if it were not written
            ("en", None, "3 July 2026 14:05 IST", "2026-07-03T14:05+00:00"),
            # what the site declares goes first
            ("en", "Asia/Kolkata", "3 July 2026 14:05 IST", "2026-07-03T14:05+05:30"),
            ("he", "Asia/Kolkata", "3 July 2026 14:05 IST", "2026-07-03T14:05+05:30"),
            ("en", "Asia/Shanghai", "3 July 2026 14:05 CST", "2026-07-03T14:05+08:00"),
            ("zh", None, "2026年7月3日 14:05 CST", "2026-07-03T14:05+08:00"),
            ("en-US", None, "3 July 2026 14:05 CST", "2026-07-03T14:05-05:00"),
            ("en-AU", None, "3 January 2026 14:05 EST", "2026-01-03T14:05+11:00"),
            ("en-GB", None, "3 July 2026 14:05 BST", "2026-07-03T14:05+01:00"),
            ("bn", None, "3 July 2026 14:05 BST", "2026-07-03T14:05+06:00"),
        ],
    )
    def test_abbreviations_are_read(self, tag: str, zone: str | None, raw: str, read: str) -> None:
        assert _read(raw, tag, zone) == read

    def test_all_are_known_to_zoneinfo(self) -> None:
        table = tomllib.loads(files("cleaning").joinpath("date_zone.toml").read_text("utf-8"))
        several = (zone for zones in table["several"].values() for zone in zones.values())
        assert {*table["one"].values(), *several} <= available_timezones()

    @pytest.mark.parametrize("abbreviation", ["IST", "AST", "GST", "XYZ", ""])
    def test_what_is_not_known_is_none(self, abbreviation: str) -> None:
        assert zone_of(abbreviation, None, None) is None


class TestRelative:
    """Texts that count from now."""

    @pytest.mark.parametrize(
        ("tag", "zone", "raw", "read", "precision"),
        [
            ("en", None, "5 minutes ago", "2026-11-20T11:55+00:00", "minute"),
            ("en", "Asia/Kolkata", "5 minutes ago", "2026-11-20T17:25+05:30", "minute"),
            ("en", None, "Posted 2 hours ago", "2026-11-20T00:00+00:00", "day"),
            ("en", "America/New_York", "13 hours ago", "2026-11-19T00:00-05:00", "day"),
            ("en", None, "1 day ago", "2026-11-19T00:00+00:00", "day"),
            ("en", None, "yesterday at 2:05 pm", "2026-11-19T14:05+00:00", "minute"),
            ("de", "Europe/Berlin", "vor 3 Stunden", "2026-11-20T00:00+01:00", "day"),
            ("de", "Europe/Berlin", "gestern, 14:05 Uhr", "2026-11-19T14:05+01:00", "minute"),
            ("fr", None, "il y a 2 h", "2026-11-20T00:00+00:00", "day"),
            ("es", None, "hace 2 días", "2026-11-18T00:00+00:00", "day"),
            ("ru", None, "3 дня назад", "2026-11-17T00:00+00:00", "day"),
            ("ru", "Europe/Moscow", "сегодня, 10:05", "2026-11-20T10:05+03:00", "minute"),
            ("ja", "Asia/Tokyo", "2時間前", "2026-11-20T00:00+09:00", "day"),
            ("ko", None, "3일 전", "2026-11-17T00:00+00:00", "day"),
            ("no", None, "for 2 timer siden", "2026-11-20T00:00+00:00", "day"),
        ],
    )
    def test_counts_from_now_in_the_sites_zone(
        self, tag: str, zone: str | None, raw: str, read: str, precision: str
    ) -> None:
        moment = parse_relative(raw, _NOW, reading_of([tag], zone=zone))
        assert moment
        assert (moment.at.isoformat(timespec="minutes"), moment.precision) == (read, precision)

    @pytest.mark.parametrize(
        ("tag", "raw"),
        [
            ("en", "now"),
            ("en", "5 min"),
            ("en", "2d"),
            ("en", "5 min read"),
            ("en", "in 2 days"),
            ("en", "yesterday"),
            ("en", "0 minutes ago"),
            ("en", "2 weeks ago"),
            ("en", "3 months ago"),
            ("en", "Updated 2 hours ago"),
            ("en", "2 hours ago, 12 people came"),
            ("en", "today, 14:05"),  # still to come
            ("de", "vor 3 Jahren"),
            ("de", "vor Ort, 14:05"),
            ("de", "heute 23:05"),
            ("en", "1 " * 36 + "ago"),
        ],
    )
    def test_all_else_is_none(self, tag: str, raw: str) -> None:
        assert parse_relative(raw, _NOW, reading_of([tag])) is None


class TestLabels:
    """Words before a date that say what it is the date of."""

    @pytest.mark.parametrize(
        "line",
        [
            "Current time: 14.10.2020, 12:18",
            "It is currently 14 October 2020, 12:18",
            "Aktuelle Zeit: 14.10.2020, 12:18",
            "Gültig seit: 05.11.2021",
            "Valid until 31 December 2025",
            "geboren am 3. April 1990",
            "Текущее время: 14.10.2020, 12:18",
            "生年月日：1990年4月3日",
        ],
    )
    def test_of_another_date_make_it_no_line_of_dates(self, line: str) -> None:
        assert not is_date_line(line, ["de", "ru", "ja"])
        labels = [label for label, _ in parse_moments(line, reading_of(["de", "ru", "ja"]))]
        assert set(labels) <= {"other"}

    @pytest.mark.parametrize("line", ["poſted: 12.03.2025", "POSTED 12 March 2025"])
    def test_may_be_written_in_any_case(self, line: str) -> None:
        assert parse_moments(line, reading_of(["en"]))[0][0] == "published"


#: Some of each script; the benchmark reads all languages.
_LANGUAGES = ("en", "de", "ru", "fa", "ja", "th", "hi", "am")


@pytest.mark.parametrize("language", _LANGUAGES)
def test_hostile_strings_raise_nothing_and_are_no_dates(language: str) -> None:
    assert language in languages()
    reading = reading_of([language])
    for text in hostile_dates(language):
        assert parse_moments(text, reading) == ()
        assert parse_relative(text, _NOW, reading) is None
        assert not is_date_line(text, [language])
