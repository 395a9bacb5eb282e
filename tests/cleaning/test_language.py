"""The language of a text: script, then n-grams, and hints only where the text agrees."""

import random
import sys
import tomllib
from pathlib import Path

import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY

from cleaning import language
from cleaning.common_word import common_share, word_evidence, words_of
from cleaning.error import MissingError
from cleaning.language import Language, detect_language, guess_language
from cleaning.language_tag import base_language, written_tag
from cleaning.ngram import most_probable, ngram_evidence
from cleaning.script import language_of_script
from cleaning.second_opinion import require_second_opinion

_ENGLISH = (
    "The council met on Tuesday evening to settle the plan for the old harbour. After three hours "
    "of talk the members agreed to keep the market hall and to move the bus stop nearer to the "
    "station, where most of the passengers change trains in the morning."
)
_PORTUGUESE = (
    "A câmara reuniu-se na terça-feira à noite para decidir o plano do porto antigo. Depois de "
    "três horas de discussão, os vereadores concordaram em manter o mercado e em aproximar a "
    "paragem de autocarros da estação, onde a maioria dos passageiros muda de comboio pela manhã."
)
_GERMAN = (
    "Der Rat trat am Dienstagabend zusammen, um über den Plan für den alten Hafen zu entscheiden. "
    "Nach drei Stunden einigten sich die Mitglieder darauf, die Markthalle zu erhalten und die "
    "Haltestelle näher an den Bahnhof zu verlegen, wo morgens die meisten Fahrgäste umsteigen."
)
_BANNER = "Wir verwenden Cookies, um Inhalte zu gestalten und Zugriffe auszuwerten. Zustimmen? "

_UNPROFILED = Path(__file__).parent / "cases" / "unprofiled.toml"

_CASES = [
    (_ENGLISH, (), "en", "langdetect"),
    (_ENGLISH, ("en-GB",), "en-GB", "langdetect+hint"),
    (_ENGLISH, ("de",), "en", "langdetect"),
    (_PORTUGUESE, ("pt_BR", "pt"), "pt-BR", "langdetect+hint"),
    (_GERMAN, ("fr", "de-AT"), "de-AT", "langdetect+hint"),
    (_BANNER * 2 + _ENGLISH * 5, (), "en", "langdetect"),
    ("Council keeps the old market hall", ("en",), "en", "langdetect+hint"),
    ("Council keeps the old market hall", (), "und", "none"),
    ("Council keeps the old market hall", ("fi",), "und", "none"),
    ("OK", (), "und", "none"),
    ("Live blog", ("fi",), "und", "none"),
    ("Ordføreren sier nei til flere biler på kaia", ("sv", "da", "nb"), "nb", "langdetect+hint"),
    ("La llotja vella del port es queda", ("es", "ca", "fr"), "ca", "langdetect+hint"),
    ("El mercado viejo del puerto se queda", ("ca", "es", "fr"), "es", "langdetect+hint"),
    ("Die ou mark by die hawe sal bly", ("nl", "af", "de"), "af", "langdetect+hint"),
    ("Starý přístav dostane novou tržnici", ("sk", "sl", "cs"), "cs", "langdetect+hint"),
    ("Starý prístav dostane novú tržnicu", ("cs", "sl", "sk"), "sk", "langdetect+hint"),
    ("Stara tržnica v pristanišču bo ostala", ("en", "hr", "sl"), "sl", "langdetect+hint"),
    ("404 - 12:30 ★ ★ ★", ("en",), "und", "none"),
    ("", ("en",), "und", "none"),
    ("https://example.com/", (), "und", "none"),
    ("Το συμβούλιο συνεδρίασε", (), "el", "script"),
    ("המועצה התכנסה", ("en",), "he", "script"),
    ("דער ראַט האָט זיך געטראָפֿן", ("yi",), "yi", "script"),
    ("สภาประชุมเมื่อวันอังคาร", (), "th", "script"),
    ("Խորհուրդը հավաքվեց", (), "hy", "script"),
    ("საბჭო შეიკრიბა", (), "ka", "script"),
    ("의회가 화요일에 열렸다", ("en",), "ko", "script"),
    ("議会は火曜日に開かれた", (), "ja", "script"),
    ("議会開催決定", ("ja",), "ja", "script"),
    ("议会星期二开会讨论这个问题", (), "zh-CN", "script"),
    ("議會星期二開會討論這個問題", (), "zh-TW", "script"),
    ("議會星期二開會討論這個問題", ("zh-HK",), "zh-HK", "script"),
    ("議會星期二開會討論這個問題", ("zh-CN",), "zh-TW", "script"),
    ("議會星期二開會討論這個問題", ("zh_Hant_TW",), "zh-Hant-TW", "script"),
    ("议会星期二开会讨论这个问题", ("zh-Hans-HK",), "zh-Hans-HK", "script"),
    ("议会星期二开会讨论这个问题", ("zh", "zh-Hant"), "zh-CN", "script"),
    ("议会星期二开会讨论这个问题", ("ja", "zh"), "zh-CN", "script"),
    ("山川日月", (), "zh", "script"),
    ("山川日月", ("zh-HK",), "zh-HK", "script"),
    ("山川日月", ("ja",), "ja", "script"),
    ("駅前再開発決定", (), "ja", "script"),
    ("পরিষদ মঙ্গলবার বসেছিল", (), "bn", "script"),
    ("சபை செவ்வாயன்று கூடியது", (), "ta", "script"),
    ("Совет собрался во вторник", (), "und", "none"),
    ("Совет собрался во вторник вечером", ("ru",), "ru", "langdetect+hint"),
    ("परिषद की बैठक मंगलवार को हुई", ("hi",), "hi", "langdetect+hint"),
    ("Kommunestyret møttes tirsdag kveld", ("nb-NO",), "nb-NO", "langdetect+hint"),
]


_KNOWN_FAILURES = [
    # Only the ending of the last word is not Danish.
    ("En gammel havn får nye kaier", ("sv", "da", "nb"), "nb"),
    # Simplified, but in characters of which we list none.
    ("甘肃敦煌", (), "zh-CN"),
]


@pytest.mark.parametrize(("text", "hints", "tag", "method"), _CASES)
def test_detects(text: str, hints: tuple[str, ...], tag: str, method: str) -> None:
    language = detect_language(text, hints)
    assert (language.tag, language.method) == (tag, method)
    assert (language.confidence == 0.0) is (tag == "und")


def test_a_language_that_has_no_profile_is_believed_from_its_hint() -> None:
    text = "Gradsko vijeće sastalo se u utorak uveče da odluči o starom pristaništu."
    assert detect_language(text, ("sr-Latn",)) == Language(
        tag="sr-Latn", confidence=0.5, method="hint"
    )


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "hints", "tag"), _KNOWN_FAILURES)
def test_detects_these_one_day(text: str, hints: tuple[str, ...], tag: str) -> None:
    assert detect_language(text, hints).tag == tag


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (one["language"], one["text"])
        for one in tomllib.loads(_UNPROFILED.read_text("utf-8"))["text"]
    ],
)
def test_a_language_without_a_profile_is_never_another(code: str, text: str) -> None:
    """Langdetect takes all of them for another language, most with p = 1."""
    assert detect_language(text, ()).tag == "und"
    assert detect_language(text * 4, ("en",)).tag == "und"
    assert detect_language(text, ("en", code)) == Language(tag=code, confidence=0.9, method="hint")


@pytest.mark.parametrize("code", ["mt", "ga", "sr", "gl", "zu", "fy"])
@pytest.mark.parametrize("text", [_ENGLISH, "The council keeps the old market hall"])
def test_a_page_may_name_a_language_that_its_text_is_not_in(code: str, text: str) -> None:
    assert detect_language(text, (code,)).tag in {"en", "und"}


def test_what_a_banner_of_another_language_begins_is_told_by_all_of_it() -> None:
    text = _BANNER * 4 + _ENGLISH * 5
    assert detect_language(text, ()).tag == "en"
    assert detect_language(text, ("de",)).tag == "en"
    assert detect_language(text, ("en-IE", "de")).tag == "en-IE"


def test_a_guess_is_made_of_any_words() -> None:
    assert guess_language("The council keeps the old market hall", ()).tag == "en"


@pytest.mark.parametrize("text", ["Совет", "Council", "مجلس المدينة", "परिषद", "12", ""])
def test_some_scripts_decide_nothing_alone(text: str) -> None:
    assert language_of_script(text, ()) is None


def test_the_order_of_questions_changes_no_answer() -> None:
    asked = [(text, hints) for text, hints, _, _ in _CASES]
    expected = {question: detect_language(*question) for question in asked}
    random.Random(3).shuffle(asked)  # noqa: S311  (no secret)
    assert all(detect_language(*question) == expected[question] for question in asked)


def test_what_is_said_of_languages_without_a_profile_is_of_such() -> None:
    profiles = {path.name.split("-")[0] for path in Path(PROFILES_DIRECTORY).iterdir()}
    table = tomllib.loads(Path(language.__file__).with_suffix(".toml").read_text("utf-8"))
    for languages in table.values():
        assert not languages.keys() & profiles
        assert set().union(*languages.values()) <= profiles


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [
        ("the ferry and the rain", "en"),
        ("o barco non ten a súa vela", "gl"),
        ("og ikke bare på kaia", "no"),
        ("परिषद की बैठक में यह बात है", "hi"),
    ],
)
def test_frequent_words_speak_for_a_language(text: str, likeliest: str) -> None:
    evidence = word_evidence(words_of(text))
    assert max(evidence, key=lambda code: evidence[code]) == likeliest


@pytest.mark.parametrize("text", ["", "12:30", "Ferdinand Zwiebelkuchenbäcker", "ქალაქი"])
def test_names_and_numbers_speak_for_none(text: str) -> None:
    assert word_evidence(words_of(text)) == {}


def test_the_share_of_frequent_words_is_of_a_listed_language() -> None:
    assert common_share(["the", "ferry", "and", "the", "rain"], "en") == 0.6
    assert common_share(["the", "ferry", "and", "the", "rain"], "th") is None
    assert common_share([], "en") is None


@pytest.mark.parametrize("text", ["", "12 ★", "https://example.org/"])
def test_text_without_letters_has_no_ngrams(text: str) -> None:
    assert most_probable(text) is None
    assert ngram_evidence(text) == {}


@pytest.mark.parametrize(
    ("tag", "base", "canonical"),
    [
        ("pt_br", "pt", "pt-BR"),
        ("NB-no", "no", "nb-NO"),
        ("zh-hant-tw", "zh", "zh-Hant-TW"),
        ("fil", "tl", "fil"),
    ],
)
def test_tags_are_read_and_written(tag: str, base: str, canonical: str) -> None:
    assert (base_language(tag), written_tag(tag)) == (base, canonical)


#: Of names and words that Danish has too, so that langdetect's two rounds disagree.
_NAMES = (
    "og direktør Per Olsen, mener at prisen er for {high}. Men Jens Berg og Anne Dahl fra Oslo, "
    "Bergen, Stavanger og Trondheim tror at planen er god for alle som bor der, og for by og land."
)
_NORWEGIAN = "Redaktør Lars Hansen, som skrev om havnen, " + _NAMES.format(high="høy")
_MIXED = "Formanden for udvalget, Lars Hansen, " + _NAMES.format(high="høj")
_ZULU = next(
    one["text"]
    for one in tomllib.loads(_UNPROFILED.read_text("utf-8"))["text"]
    if one["language"] == "zu"
)

_SECOND = [
    ("Council keeps the old market hall", (), "en", "langdetect+langid"),
    ("El consell manté la vella llotja del port", (), "ca", "langdetect+langid"),
    ("Council keeps the old market hall", ("en-GB",), "en-GB", "langdetect+hint"),
    ("Council keeps the old market hall", ("fi",), "en", "langdetect+langid"),
    (_ENGLISH, (), "en", "langdetect"),
    (_NORWEGIAN, (), "no", "langdetect+langid"),
    (_MIXED, (), "und", "none"),
    (_ZULU, (), "und", "none"),
    (_ZULU[:90], (), "und", "none"),
    ("議会は火曜日に開かれた", (), "ja", "script"),
    ("OK", (), "und", "none"),
    ("12:30", (), "und", "none"),
]


@pytest.mark.parametrize(("text", "hints", "tag", "method"), _SECOND)
def test_a_second_opinion_may_stand_for_a_hint(
    text: str, hints: tuple[str, ...], tag: str, method: str
) -> None:
    pytest.importorskip("py3langid")
    found = detect_language(text, hints, second_opinion=True)
    assert (found.tag, found.method) == (tag, method)


def test_a_second_opinion_that_nobody_can_give_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    assert detect_language("Council keeps the old hall", ()).tag == "und"
    with pytest.raises(MissingError, match=r"pip install 'copydesk\[langid\]'"):
        require_second_opinion()
