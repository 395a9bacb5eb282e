"""Every exception of a shipped site is needed, and helps: a page proves it."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cleaning.article import Article
from cleaning.clean import clean
from cleaning.page import Page
from cleaning.rules import Rules
from crawler.known_sites import load_known_sites
from crawler.selector import as_xpath

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).with_name("cases") / "site_rules"
SHIPPED = {
    site.domain: site.rules
    for folder in (
        ROOT / "crawler" / "sites",
        ROOT / "crawler" / "newsroom" / "sites",
        CASES / "sites",
    )
    for site in load_known_sites(folder)
}
PROOFS: list[dict[str, Any]] = tomllib.loads((CASES / "proofs.toml").read_text("utf-8"))["proof"]
FETCHED = datetime(2026, 5, 1, 9, tzinfo=UTC)


class Exemption(NamedTuple):
    """One expression of one site's `body`, `drop` or `keep`."""

    site: str
    kind: str
    xpath: str


def shipped() -> set[Exemption]:
    return {
        Exemption(site, kind, xpath)
        for site, rules in SHIPPED.items()
        for kind in ("body", "drop", "keep")
        for xpath in getattr(rules, kind)
    }


def proved(proof: dict[str, Any]) -> Exemption:
    return Exemption(proof["site"], proof["exception"], as_xpath(proof["selector"]))


def without(rules: Rules, exemption: Exemption) -> Rules:
    rest = tuple(path for path in getattr(rules, exemption.kind) if path != exemption.xpath)
    return replace(rules, **{exemption.kind: rest})


def text_of(proof: dict[str, Any], rules: Rules) -> list[str]:
    """The paragraphs that come out; none of a refused page."""
    body = (CASES / proof["page"]).read_bytes()
    page = Page(url=proof["url"], requested_url=proof["url"], body=body, fetched_at=FETCHED)
    result = clean(page, rules)
    return result.text.split("\n\n") if isinstance(result, Article) else []


def marked(proof: dict[str, Any]) -> Any:
    reason = proof.get("known_failure")
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(proof, id=f"{proof['page']}:{proof['exception']}", marks=marks)


def test_every_exception_has_its_proof_and_every_proof_its_exception() -> None:
    assert {proved(proof) for proof in PROOFS} == shipped()
    assert {kind for _, kind, _ in shipped()} == {"body", "drop", "keep"}


@pytest.mark.parametrize("proof", [marked(proof) for proof in PROOFS])
def test_a_page_comes_out_right_with_its_exception(proof: dict[str, Any]) -> None:
    assert text_of(proof, SHIPPED[proof["site"]]) == proof["text"]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof["page"])
def test_and_wrong_without_it(proof: dict[str, Any]) -> None:
    assert text_of(proof, without(SHIPPED[proof["site"]], proved(proof))) != proof["text"]
