"""Rights: signals of headers, meta tags, links and data, recorded as they are."""

import json
from typing import Any

import pytest

from cleaning.article import Rights
from cleaning.jsonld import read_jsonld
from cleaning.meta import read_head
from cleaning.parse import parse
from cleaning.rights import NO_RIGHTS, read_rights

_URL = "https://courier.example/harbour/bridge.html"
_POLICY = "https://courier.example/tdm.json"
_CC = "https://creativecommons.org/licenses/by/4.0/"


def _read(
    *, headers: dict[str, str] | None = None, head: str = "", body: str = "", **data: Any
) -> Rights:
    things = json.dumps({"@type": "NewsArticle", **data})
    tree = parse(
        f'<html><head>{head}<script type="application/ld+json">{things}</script></head>'
        f"<body>{body}</body></html>"
    )
    return read_rights(tree, read_jsonld(tree), read_head(tree, _URL), headers or {}, _URL)


def test_nothing_is_said() -> None:
    assert _read(body='<a href="/imprint">Imprint</a>', headers={"etag": "x"}) == NO_RIGHTS


@pytest.mark.parametrize(
    ("headers", "head", "robots"),
    [
        ({}, '<meta name="robots" content="NoAI,noimageai">', ("noai", "noimageai")),
        ({}, '<meta name="GPTBot" content="noindex">', ("gptbot: noindex",)),
        ({"x-robots-tag": "noindex, max-snippet: 20"}, "", ("noindex", "max-snippet: 20")),
        (
            {"x-robots-tag": "noai, googlebot: noindex, nofollow"},
            "",
            ("noai", "googlebot: noindex", "googlebot: nofollow"),
        ),
        # Said twice, recorded once.
        ({"x-robots-tag": "noai"}, '<meta name="robots" content="noai">', ("noai",)),
        ({"x-robots-tag": " ,, "}, "", ()),
    ],
)
def test_robots(headers: dict[str, str], head: str, robots: tuple[str, ...]) -> None:
    assert _read(headers=headers, head=head).robots == robots


@pytest.mark.parametrize(
    ("headers", "head", "reserved", "policy"),
    [
        ({"tdm-reservation": "1", "tdm-policy": _POLICY}, "", True, _POLICY),
        ({"tdm-reservation": "0"}, "", False, None),
        ({}, '<meta name="tdm-reservation" content="1">', True, None),
        ({"tdm-reservation": "1", "tdm-policy": "javascript:x"}, "", True, None),
        ({"tdm-reservation": "yes"}, "", None, None),
        # The header speaks for the server as it is now.
        ({"tdm-reservation": "1"}, '<meta name="tdm-reservation" content="0">', True, None),
    ],
)
def test_text_and_data_mining(
    headers: dict[str, str], head: str, reserved: bool | None, policy: str | None
) -> None:
    found = _read(headers=headers, head=head)
    assert (found.tdm_reserved, found.tdm_policy) == (reserved, policy)


@pytest.mark.parametrize(
    ("headers", "head", "body", "data", "licenses"),
    [
        ({}, f'<link rel="license" href="{_CC}">', "", {}, (_CC,)),
        ({}, "", f'<footer><a rel="nofollow LICENSE" href="{_CC}">CC</a></footer>', {}, (_CC,)),
        ({}, "", "", {"license": _CC}, (_CC,)),
        ({}, f'<meta name="dcterms.license" content="{_CC}">', "", {}, (_CC,)),
        ({"link": f'</css>; rel=preload, <{_CC}>; rel="license"'}, "", "", {}, (_CC,)),
        ({}, '<link rel="license" href="/terms">', "", {}, ("https://courier.example/terms",)),
        # Of a picture, a list of words, and a sentence.
        ({}, "", f'<figure><a rel="license" href="{_CC}">CC</a></figure>', {}, ()),
        ({}, "", f'<a rel="licensed" href="{_CC}">CC</a>', {}, ()),
        ({}, '<meta name="dc.rights" content="All rights reserved">', "", {}, ()),
        ({}, "", "", {"license": {"@id": "x"}}, ()),
    ],
)
def test_licences(
    headers: dict[str, str], head: str, body: str, data: dict[str, Any], licenses: tuple[str, ...]
) -> None:
    assert _read(headers=headers, head=head, body=body, **data).licenses == licenses


def test_is_bounded() -> None:
    many = ", ".join(f"no{n}" + "x" * 500 for n in range(900))
    links = "<" * 100_000 + ", ".join(f"<{_CC}{n}>; rel=license" for n in range(900))
    found = _read(
        headers={"x-robots-tag": many, "link": links},
        body="".join(f'<a rel="license" href="/{n}">L</a>' for n in range(900)),
    )
    assert len(found.robots) == 50
    assert max(map(len, found.robots)) == 100
    assert len(found.licenses) == 50
