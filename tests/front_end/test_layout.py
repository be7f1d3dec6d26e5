"""The frame of every page: what it always shows, and that it stands when little is given to it."""

import re

from flask import Flask, render_template
from flask.testing import FlaskClient


def _bare(gallery: Flask, **names: object) -> str:
    gallery.template_context_processors[None] = gallery.template_context_processors[None][:1]
    with gallery.test_request_context():
        return render_template("errors/page.html", title="Not found", sentence="There is no such page.", **names)


def _page(client: FlaskClient) -> str:
    return client.get("/").get_data(as_text=True)


def test_no_page_has_an_inline_style_or_an_inline_handler(gallery: Flask) -> None:
    for page in (_page(gallery.test_client()), gallery.test_client().get("/refused").get_data(as_text=True)):
        assert not re.search(r"<[^>]+\sstyle\s*=", page)
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", page)
        assert "<style" not in page


def test_the_one_inline_script_carries_the_nonce_of_the_policy(gallery: Flask) -> None:
    answer = gallery.test_client().get("/")
    nonce = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0]
    inline = [tag for tag in re.findall(r"<script[^>]*>", answer.get_data(as_text=True)) if "src=" not in tag]
    assert inline == [f'<script nonce="{nonce}">']


def test_the_demonstration_is_announced_under_the_header_of_every_page(gallery: Flask) -> None:
    for path in ("/", "/refused"):
        page = gallery.test_client().get(path).get_data(as_text=True)
        header = page[: page.index("</header>")]
        assert "<strong>Demonstration.</strong> Every person here is invented." in header


def test_signing_out_is_a_post_with_a_token(gallery: Flask) -> None:
    form = re.findall(r'<form method="post" action="/sign-out">(.*?)</form>', _page(gallery.test_client()), re.DOTALL)[
        0
    ]
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', form)


def test_the_frame_stands_when_the_application_gives_it_nothing(gallery: Flask) -> None:
    page = _bare(gallery)
    assert "<title>Not found \u2013 ALGOCARE</title>" in page
    assert "Sign out" not in page
    assert "Demonstration" not in page
    assert "None" not in page


def test_an_error_page_says_what_to_do_and_what_to_quote(gallery: Flask) -> None:
    page = _bare(gallery, what_next=["Ask the owner."], code="404", reference="req_1")
    assert "<li>Ask the owner.</li>" in page
    assert "Code: 404." in page
    assert "req_1" in page


def test_the_advisory_panel_comes_before_the_score_and_cannot_be_folded(gallery: Flask) -> None:
    page = _page(gallery.test_client())
    panel = re.findall(r'<section class="ac-advisory".*?</section>', page, re.DOTALL)[0]
    assert page.index(panel) < page.index('class="ac-frequency"')
    assert "<details" not in panel
    for words in ("Approval ends", "3 March 2027", "Its limits", "How to challenge it."):
        assert words in panel


def test_no_two_elements_of_a_page_share_an_id(gallery: Flask) -> None:
    ids = re.findall(r'\sid="([^"]+)"', _page(gallery.test_client()))
    assert sorted(ids) == sorted(set(ids))
