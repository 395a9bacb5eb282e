"""Latin letters: whose encodings differ by a few bytes, and by the language they are for."""

import pytest

from cleaning.decode import decode
from cleaning.latin import LATIN, html_language, latin_encoding

#: Language, encodings it is written in, and a text of its own letters.
_TEXTS = [
    (
        "en",
        ["cp1252"],
        "The naïve fiancée ate at a café in Malmö, he said, and the council met again.",
    ),
    (
        "no",
        ["cp1252"],
        "Han gikk på broen og så at båten lå ved kaia. Det var på høy tid, sa ordføreren.",
    ),
    (
        "sv",
        ["cp1252"],
        "Färjan låg kvar vid kajen när bron öppnades, säger hamnmästaren på Öckerö.",
    ),
    ("de", ["cp1252"], "Der Bürgermeister erklärte, die Brücke müsse für längere Zeit schließen."),
    ("fr", ["cp1252"], "Le conseil a voté le budget d’été ; « c’est décidé », a déclaré le maire."),
    (
        "es",
        ["cp1252"],
        "El alcalde dijo que mañana abrirá la pequeña estación, según el periódico.",
    ),
    (
        "pt",
        ["cp1252"],
        "A câmara aprovou a reparação das duas pontes e da estação, disse o vereador.",
    ),
    (
        "pl",
        ["cp1250", "iso8859-2"],
        "Rada miasta przyjęła budżet na remont nabrzeża i dwóch mostów, powiedział.",
    ),
    (
        "cs",
        ["cp1250", "iso8859-2"],
        "Městská rada schválila rozpočet na opravu nábřeží a dvou mostů, říká šéf.",
    ),
    (
        "sk",
        ["cp1250", "iso8859-2"],
        "Mestská rada schválila rozpočet na opravu nábrežia a dvoch mostov, povedal šéf.",
    ),
    (
        "hu",
        ["cp1250", "iso8859-2"],
        "A városi tanács jóváhagyta a rakpart és két híd felújítását, erősítették meg.",
    ),
    (
        "tr",
        ["cp1254"],
        "Belediye meclisi, sahil yolu ve iki köprünün onarımı için bütçeyi onayladı.",
    ),
    (
        "lt",
        ["cp1257"],
        "Miesto taryba patvirtino biudžetą krantinės ir dviejų tiltų remontui, sakė mėras.",
    ),
]
_CASES = [(tag, enc, text) for tag, encodings, text in _TEXTS for enc in encodings]


@pytest.mark.parametrize("times", [1, 8])
@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize(("tag", "encoding", "text"), _CASES)
def test_language_tells_the_encoding(
    tag: str, encoding: str, text: str, stated: bool, times: int
) -> None:
    lang = f' lang="{tag}"' if stated else ""
    page = f"<html{lang}><body>" + f"<p>{text}</p>" * times + "</body></html>"
    assert decode(page.encode(encoding), None).text == page


@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", "text/html"])
def test_windows_text_below_a_declaration_of_utf8(declared: str) -> None:
    page = f'<html lang="en"><meta charset="utf-8"><p>{_TEXTS[0][2]}</p></html>'
    decoded = decode(page.encode("cp1252"), declared)
    assert (decoded.text, decoded.encoding, decoded.mended) == (page, "cp1252", True)


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
def test_a_declaration_that_fits_is_believed(encoding: str) -> None:
    page = f"<html lang='en'><p>{_TEXTS[0][2].replace('ï', 'i')}</p></html>"
    assert decode(page.encode(encoding), f"text/html; charset={encoding}").encoding == encoding


def test_a_wrongly_stated_language_is_not_believed_against_the_text() -> None:
    assert latin_encoding(_TEXTS[7][2].encode("cp1250"), "en") == "cp1250"
    assert latin_encoding((_TEXTS[0][2] * 3).encode("cp1252"), "pl") == "cp1252"


@pytest.mark.parametrize("sample", [b"", b"\xe9", b"<\xe9>", b"caf\xe9"])
def test_nothing_known_is_windows_1252(sample: bytes) -> None:
    assert latin_encoding(sample, None) == "cp1252"
    assert "cp1252" in LATIN


@pytest.mark.parametrize(
    ("body", "language"),
    [
        (b'<html lang="pl">', "pl"),
        (b"<!DOCTYPE html>\n<HTML class=x LANG=pt-BR>", "pt-BR"),
        (b"<html xml:lang='cs'>", "cs"),
        (b"<html>", None),
        (b'<html data-language="x">', None),
        (b'<html lang="">', None),
        (b"", None),
        (b" " * 5_000 + b'<html lang="pl">', None),
    ],
)
def test_html_language(body: bytes, language: str | None) -> None:
    assert html_language(body) == language
