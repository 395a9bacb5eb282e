"""Turns the bytes of a page into text, believing the bytes before the declarations.

Declarations are often wrong: a server's default overrules an editor's UTF-8, a template says
UTF-8 above Windows text. Names and aliases follow the WHATWG Encoding Standard, through w3lib.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

from cleaning.latin import LAST_RESORT, LATIN, html_language, latin_encoding
from cleaning.mojibake import mend

#: The encodings of the standard, by Python's names. Others (UTF-7, hex, rot13, EBCDIC) are no
#: encodings of pages, and some would let a page smuggle markup past whoever looks at its bytes.
_KNOWN = frozenset(
    """
    utf-8 gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949 cp866 cp874 koi8-r koi8-u
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-roman mac-cyrillic
    iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10
    iso8859-13 iso8859-14 iso8859-15 iso8859-16
    """.split()
)
#: Encodings so rare that a detector's finding them is nearly always its mistake, and those that
#: need no detector.
_NEVER_DETECTED = frozenset(
    """
    utf-8 iso2022_jp mac-roman iso8859-3 iso8859-4 iso8859-10 iso8859-13 iso8859-14 iso8859-16
    """.split()
)
_DETECTABLE = sorted(_KNOWN - _NEVER_DETECTED)

_DETECTION_SAMPLE = 65_536
_WIDE_SAMPLE = 4_096
#: At most one byte in so many may be broken in an encoding that is still believed.
_BYTES_PER_FAULT = 1_000
#: So many whole characters for each broken byte make UTF-8 of what nothing declares to be UTF-8:
#: text of another encoding hardly ever forms its multi-byte sequences by chance.
_UTF8_PER_FAULT = 20

_ASCII = bytes(range(0x80))
#: The escape that switches ISO-2022-JP to two-byte kanji (RFC 1468).
_KANJI_ESCAPE = re.compile(rb"\x1b\$[@B]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text, the encoding that gave it, and whether anything had to be mended.

    That is a declaration that is wrong, or text that had been encoded twice.
    """

    text: str
    #: Python's name of the codec.
    encoding: str
    mended: bool


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Decode a page by the first of: BOM, the bytes' own shape, header, `<meta>`, detection.

    Never raises: what fits nothing is Windows-1252, as browsers have it. Bytes that are broken in
    an otherwise sound page become U+FFFD. Text that was encoded twice is mended.

    Args:
        body: the bytes as sent, without content encoding (gzip).
        content_type: the value of the HTTP header `Content-Type`, if there was one.
    """
    declared = tuple(_declarations(body, content_type))
    text, encoding = _by_shape(body) or _by_declaration(body, declared) or _by_detection(body)
    misdeclared = bool(declared) and encoding != declared[0]
    whole = mend(text)
    return Decoded(text=whole, encoding=encoding, mended=misdeclared or whole != text)


def _declarations(body: bytes, content_type: str | None) -> Iterator[str]:
    for name in (http_content_type_encoding(content_type), html_body_declared_encoding(body)):
        if name in _KNOWN:
            yield name


def _by_shape(body: bytes) -> tuple[str, str] | None:
    """The encodings that bytes cannot resemble by chance."""
    encoding, mark = read_bom(body)
    if encoding is not None and mark is not None:
        return to_unicode(body[len(mark) :], encoding), encoding
    if wide := _wide_encoding(body):
        return to_unicode(body, wide), wide
    if _KANJI_ESCAPE.search(body) and body.isascii():
        return to_unicode(body, "iso2022_jp"), "iso2022_jp"
    return _as_utf8(body)


def _wide_encoding(body: bytes) -> str | None:
    """UTF-16 without BOM: markup puts a NUL into every other byte, always on the same side."""
    sample = body[:_WIDE_SAMPLE]
    high, low = sample[::2].count(0), sample[1::2].count(0)
    quarter = len(sample) // 8 + 1
    if max(high, low) <= quarter or min(high, low) * 10 > max(high, low):
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _as_utf8(body: bytes) -> tuple[str, str] | None:
    if body.isascii():
        return None
    text, faults = _decode_counting(body, "utf-8")
    if faults * _UTF8_PER_FAULT > _whole_characters(body, faults):
        return None
    return text, "utf-8"


def _by_declaration(body: bytes, declared: tuple[str, ...]) -> tuple[str, str] | None:
    return next((read for name in declared if (read := _as_declared(body, name))), None)


def _as_declared(body: bytes, encoding: str) -> tuple[str, str] | None:
    text, faults = _decode_counting(body, encoding)
    sound = faults * _BYTES_PER_FAULT <= len(body) and faults <= _whole_characters(body, faults)
    return (text, encoding) if sound else None


def _by_detection(body: bytes) -> tuple[str, str]:
    if body.isascii():
        return body.decode("ascii"), "utf-8"
    sample = _detection_sample(body)
    match = from_bytes(sample, cp_isolation=_DETECTABLE).best()
    encoding = codecs.lookup(match.encoding).name if match else LAST_RESORT
    if encoding in LATIN:
        encoding = latin_encoding(sample, html_language(body))
    return to_unicode(body, encoding), encoding


def _detection_sample(body: bytes) -> bytes:
    """The part round the first byte that is not ASCII, ended at a tag so as to split no letter."""
    first = len(body) - len(body.lstrip(_ASCII))
    start = max(0, min(first - 1_024, len(body) - _DETECTION_SAMPLE))
    sample = body[start : start + _DETECTION_SAMPLE]
    end = sample.rfind(b"<") if start + _DETECTION_SAMPLE < len(body) else len(sample)
    return sample[:end] if end > 0 else sample


def _decode_counting(body: bytes, encoding: str) -> tuple[str, int]:
    """The text, and how many faults had to be replaced in it."""
    try:
        return body.decode(encoding), 0
    except UnicodeDecodeError:
        text = to_unicode(body, encoding)
        sent = body.count("\N{REPLACEMENT CHARACTER}".encode()) if encoding == "utf-8" else 0
        return text, text.count("\N{REPLACEMENT CHARACTER}") - sent


def _whole_characters(body: bytes, faults: int) -> int:
    """A low estimate of the non-ASCII characters that are not broken: none has over 4 bytes."""
    return (len(body.translate(None, _ASCII)) - faults) // 2
