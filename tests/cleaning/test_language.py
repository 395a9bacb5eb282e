"""The language of a text: script, then n-grams, and hints only where the text agrees."""

import random

import pytest

from cleaning.language import Language, detect_language, guess_language
from cleaning.script import language_of_script

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
    ("পরিষদ মঙ্গলবার বসেছিল", (), "bn", "script"),
    ("சபை செவ்வாயன்று கூடியது", (), "ta", "script"),
    ("Совет собрался во вторник", (), "und", "none"),
    ("Совет собрался во вторник вечером", ("ru",), "ru", "langdetect+hint"),
    ("परिषद की बैठक मंगलवार को हुई", ("hi",), "hi", "langdetect+hint"),
    ("Kommunestyret møttes tirsdag kveld", ("nb-NO",), "nb-NO", "langdetect+hint"),
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
