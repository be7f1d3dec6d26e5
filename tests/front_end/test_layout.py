"""The frame of every page: what it always shows, and that it stands when little is given to it."""

import re

import pytest
from flask import Flask, render_template
from werkzeug.test import TestResponse

from .conftest import make_gallery


def _bare(**names: object) -> str:
    gallery = make_gallery()
    gallery.template_context_processors[None] = gallery.template_context_processors[None][:1]
    with gallery.test_request_context():
        return render_template("errors/page.html", title="Not found", sentence="There is no such page.", **names)


@pytest.fixture(scope="module")
def answer(gallery: Flask) -> TestResponse:
    return gallery.test_client().get("/")


@pytest.fixture(scope="module")
def shown(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def refused(gallery: Flask) -> str:
    return gallery.test_client().get("/refused").get_data(as_text=True)


def test_no_page_has_an_inline_style_or_an_inline_handler(shown: str, refused: str) -> None:
    for page in (shown, refused):
        assert not re.search(r"<[^>]+\sstyle\s*=", page)
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", page)
        assert "<style" not in page


def test_the_one_inline_script_carries_the_nonce_of_the_policy(answer: TestResponse, shown: str) -> None:
    nonce = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0]
    inline = [tag for tag in re.findall(r"<script[^>]*>", shown) if "src=" not in tag]
    assert inline == [f'<script nonce="{nonce}">']


def test_the_demonstration_is_announced_under_the_header_of_every_page(shown: str, refused: str) -> None:
    for page in (shown, refused):
        header = page[: page.index("</header>")]
        assert "<strong>Demonstration.</strong> Every person here is invented." in header


def test_signing_out_is_a_post_with_a_token(shown: str) -> None:
    form = re.findall(r'<form method="post" action="/sign-out">(.*?)</form>', shown, re.DOTALL)[0]
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', form)


def test_the_frame_stands_when_the_application_gives_it_nothing() -> None:
    page = _bare()
    assert "<title>Not found \u2013 ALGOCARE</title>" in page
    assert "Sign out" not in page
    assert "Demonstration" not in page
    assert "None" not in page


def test_an_error_page_says_what_to_do_and_what_to_quote() -> None:
    page = _bare(what_next=["Ask the owner."], code="404", reference="req_1")
    assert "<li>Ask the owner.</li>" in page
    assert "Code: 404." in page
    assert "req_1" in page


def test_the_advisory_panel_comes_before_the_score_and_cannot_be_folded(shown: str) -> None:
    panel = re.findall(r'<section class="ac-advisory".*?</section>', shown, re.DOTALL)[0]
    assert shown.index(panel) < shown.index('class="ac-frequency"')
    assert "<details" not in panel
    for words in ("Approval ends", "3 March 2027", "Its limits", "How to challenge it."):
        assert words in panel


def test_no_two_elements_of_a_page_share_an_id(shown: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert sorted(ids) == sorted(set(ids))
