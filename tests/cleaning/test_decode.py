"""Bytes to text: what the bytes say goes before what is declared of them."""

import codecs
import random

import pytest

from cleaning.decode import Decoded, decode

_HEAD = "<html><head><title>t</title></head><body><p>"
_TEXTS = {
    "windows-1251": "Городской совет утвердил смету на ремонт набережной и двух мостов.",
    "koi8-r": "Городской совет утвердил смету на ремонт набережной и двух мостов.",
    "windows-1255": "מועצת העיר אישרה את התקציב לשיפוץ הטיילת ושני הגשרים.",
    "windows-1256": "وافق مجلس المدينة على ميزانية ترميم الكورنيش والجسرين القديمين.",
    "windows-1252": "Le conseil a voté le budget d’été ; « c’est décidé », a déclaré le maire.",
    "windows-1250": "Městská rada schválila rozpočet na opravu nábřeží a dvou mostů.",
    "tis-620": "สภาเมืองอนุมัติงบประมาณซ่อมแซมทางเดินริมน้ำและสะพานสองแห่ง",
    "shift_jis": "市議会は川沿いの遊歩道と二つの橋を修理する予算を承認した。",
    "euc-jp": "市議会は川沿いの遊歩道と二つの橋を修理する予算を承認した。工事は春に始まるという。",
    "iso-2022-jp": "市議会は川沿いの遊歩道と二つの橋を修理する予算を承認した。",
    "gb18030": "市议会批准了维修河滨步道和两座桥梁的预算。",
    "big5": "市議會批准了維修河濱步道和兩座橋樑的預算。",
    "euc-kr": "시의회는 강변 산책로와 다리 두 곳을 고치는 예산을 승인했다.",
    "utf-8": "Der Stadtrat beschloss den Haushalt für Ufer und Brücken – endlich.",
    "utf-16-le": "Der Stadtrat beschloss den Haushalt für Ufer und Brücken – endlich.",
    "utf-16-be": "Der Stadtrat beschloss den Haushalt für Ufer und Brücken – endlich.",
}


@pytest.mark.parametrize("declared", [None, "text/html", "text/html; charset=utf-8"])
@pytest.mark.parametrize("encoding", _TEXTS)
def test_decodes_what_is_declared_wrongly_or_not_at_all(
    encoding: str, declared: str | None
) -> None:
    page = _HEAD + _TEXTS[encoding]
    decoded = decode(page.encode(encoding), declared)
    assert decoded.text == page
    assert decoded.mended is (encoding != "utf-8" and declared is not None and "=" in declared)


@pytest.mark.parametrize("encoding", _TEXTS)
def test_decodes_what_is_declared_rightly(encoding: str) -> None:
    page = _HEAD + _TEXTS[encoding]
    decoded = decode(page.encode(encoding), f"text/html; charset={encoding}")
    assert decoded.text == page


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", None, ("", "utf-8", False)),
        (b"plain", None, ("plain", "utf-8", False)),
        (b"plain", "text/html; charset=ISO-8859-1", ("plain", "cp1252", False)),
        (b"\x93caf\xe9\x94", "text/html; charset=iso-8859-1", ("“café”", "cp1252", False)),
        ("é".encode(), "text/html; charset=iso-8859-1", ("é", "utf-8", True)),
        (codecs.BOM_UTF8 + b"a", "text/html; charset=windows-1251", ("a", "utf-8", True)),
        (codecs.BOM_UTF16_LE + "aé".encode("utf-16-le"), None, ("aé", "utf-16-le", False)),
        (codecs.BOM_UTF16_BE + "aé".encode("utf-16-be"), None, ("aé", "utf-16-be", False)),
        (b'<meta charset="cp1251">\xe4\xe0', None, ('<meta charset="cp1251">да', "cp1251", False)),
        # a declaration of no text encoding, or of one that hides markup, is none
        (b"caf+AOk-", "text/html; charset=utf-7", ("caf+AOk-", "utf-8", False)),
        (b"6162", "text/html; charset=hex", ("6162", "utf-8", False)),
        (b"uryyb", "text/html; charset=rot13", ("uryyb", "utf-8", False)),
    ],
)
def test_believes_in_order(
    body: bytes, content_type: str | None, expected: tuple[str, str, bool]
) -> None:
    text, encoding, mended = expected
    assert decode(body, content_type) == Decoded(text=text, encoding=encoding, mended=mended)


@pytest.mark.parametrize("content_type", [None, "text/html; charset=utf-8", "a; charset=cp1252"])
def test_one_broken_byte_makes_no_mojibake(content_type: str | None) -> None:
    page = _TEXTS["utf-8"] * 40
    body = page.encode() + b"\xff" + page.encode()
    assert decode(body, content_type).text == f"{page}\N{REPLACEMENT CHARACTER}{page}"


_TWICE = {
    "French": ("cp1252", "L’été où la mairie a voté « le quai », a déclaré son élu."),
    "English": ("cp1252", "“It’s late” – she didn’t say how late … and nobody’s asking €5 for it."),
    "German": ("cp1252", "Für die Brücke und das Öl heißt das: Ärger, Übermut, Größe."),
    "Czech": ("cp1252", "Městská rada schválila rozpočet na opravu nábřeží a dvou mostů."),
    "Greek": ("cp1252", "Το δημοτικό συμβούλιο ενέκρινε τον προϋπολογισμό για την προκυμαία."),
    "Russian by way of Western": ("cp1252", "Городской совет утвердил смету на набережную."),
    "Russian": ("cp1251", "Городской совет утвердил смету на ремонт набережной и двух мостов."),
    "emoji": ("cp1252", "Fireworks 🎆 over the quay 🎉"),
}


def _encoded_twice(text: str, codec: str) -> str:
    """As a tool does it that takes UTF-8 for another encoding; undefined bytes stay."""
    return "".join(
        bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("name", _TWICE)
def test_mends_what_was_encoded_twice(name: str) -> None:
    codec, text = _TWICE[name]
    page = f"{_HEAD}{_encoded_twice(text, codec)}</p><p>Sound: café, кафе, “quoted”.</p>"
    decoded = decode(page.encode(), "text/html; charset=utf-8")
    assert decoded.text == f"{_HEAD}{text}</p><p>Sound: café, кафе, “quoted”.</p>"
    assert decoded.mended


@pytest.mark.parametrize(
    "text",
    [
        # too few to be sure
        "The letters “Ã©” on the sign stand for é.",
        # sound text, with what looks alike
        "Le café\N{NO-BREAK SPACE}», l’été\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: PÂTÉ, À LA CARTE.",
        "»Spaß« und „MENÜ“ und „SÜẞ“ und „Ä“, „Ö“, „Ü“ und „ß“",
        "CORAÇÃO, SÃO JOÃO, MAÇÃ E AVELÃ: «IRMÃ», “LÃ”.",
        "РОССИЯ, СССР, «РС», РЖД и СМИ; Ростов, Сочи, «Спартак».",
        "Α΄, Β΄, «ΠΑΣΟΚ»; İĞŞ, Çınar; ÅLAND, «Å», ”Åre”; Ø, «Ø»; ×2, 3×4",
        # most of the run is sound
        "Für „Ã©“, „Ã¨“, „Ã¼“ und „Ã¶“ fällt häufig Ärger an, größtenteils für Schüler.",
    ],
)
def test_leaves_sound_text_alone(text: str) -> None:
    page = f"{_HEAD}{text}</p>"
    assert decode(page.encode(), "text/html; charset=utf-8") == Decoded(
        text=page, encoding="utf-8", mended=False
    )


def test_never_raises_and_always_answers_the_same() -> None:
    noise = random.Random(7)  # noqa: S311  (no secret)
    bodies = [noise.randbytes(noise.randrange(400)) for _ in range(60)]
    first = [decode(body, "text/html; charset=shift_jis") for body in bodies]
    again = [decode(body, "text/html; charset=shift_jis") for body in reversed(bodies)]
    assert first == again[::-1]
