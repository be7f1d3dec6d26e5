"""A gallery of every macro, served by a small application of its own under the strict content security policy."""

import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response, flash, g, render_template
from flask_wtf import CSRFProtect, FlaskForm
from govuk_frontend_wtf.main import WTFormsHelpers
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovRadioInput, GovSubmitInput, GovTextArea
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.serving import make_server
from wtforms import DateField, RadioField, SelectChoice, SubmitField, TextAreaField
from wtforms.validators import InputRequired

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


@dataclass(frozen=True)
class Person:
    name: str
    roles_text: str


class JudgementForm(FlaskForm):
    opinion = RadioField(
        "Do you agree with the score?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("agree", "I agree"),
            SelectChoice("disagree", "I disagree"),
            SelectChoice("unused", "I did not use it"),
        ],
        validators=[InputRequired("Say whether you agree with the score")],
    )
    why = TextAreaField("Why?", widget=GovTextArea(), validators=[InputRequired("Say why, in a sentence")])
    review_on = DateField(
        "When will you look again?",
        widget=GovDateInput(),
        format="%d %m %Y",
        validators=[InputRequired("Give the day on which you will look again")],
    )
    save = SubmitField("Record my judgement", widget=GovSubmitInput())


def figures() -> dict:
    """The figures of the gallery, all of them invented."""
    return json.loads((HERE / "gallery.json").read_text())


def _surroundings() -> dict:
    names = ["Home", "Models", "People", "Committee", "Watches", "Audit"]
    return {
        "site_name": "ALGOCARE",
        "partnership": "Severnside Analytics Hub",
        "demonstration": "Every person here is invented.",
        "navigation": [{"text": n, "href": f"/{n.lower()}", "active": n == "Models"} for n in names],
        "signed_in": Person("Asha Bevan", "ethics committee member"),
        "footer_links": [
            {"text": "Accessibility", "href": "/accessibility"},
            {"text": "Public register", "href": "/register"},
        ],
        "csp_nonce": g.nonce,
    }


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=g.nonce)
    return response


def _gallery() -> str:
    form = JudgementForm()
    if form.is_submitted():
        form.validate()
        flash("The owner and the committee's chair have been told.", "success")
        flash("The approval for this purpose ends on 3 March 2027.", "information")
    data = figures()
    return render_template("gallery.html", form=form, summary_rows=data.pop("summary"), **data)


def _error() -> tuple[str, int]:
    page = render_template(
        "errors/page.html",
        title="You cannot be shown a score",
        sentence="The approval for this purpose ended on 3 March 2027.",
        what_next=[
            "The model's owner can ask the ethics committee to renew it.",
            "Decide as you would without a score.",
        ],
        code="approval_expired",
        reference="req_01JD8Z6K2M",
    )
    return page, 403


def make_gallery() -> Flask:
    """The application: ``/`` (GET, POST) is the gallery, ``/refused`` the error page."""
    app = Flask("gallery", static_folder=str(ROOT / "algocare" / "static"), static_url_path="/static")
    app.config.update(SECRET_KEY="gallery", TESTING=True)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    packages = ("govuk_frontend_jinja", "govuk_frontend_wtf")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader([ROOT / "templates", HERE]), PrefixLoader({name: PackageLoader(name) for name in packages})]
    )
    CSRFProtect(app)
    WTFormsHelpers(app)
    app.before_request(lambda: setattr(g, "nonce", secrets.token_urlsafe(16)))
    app.after_request(_protect)
    app.context_processor(_surroundings)
    app.add_url_rule("/", "gallery", _gallery, methods=["GET", "POST"])
    app.add_url_rule("/refused", "refused", _error)
    accounts = Blueprint("accounts", "accounts")
    accounts.add_url_rule("/sign-out", "sign_out", lambda: ("", 204), methods=["POST"])
    app.register_blueprint(accounts)
    return app


@pytest.fixture(scope="session")
def gallery() -> Flask:
    """One gallery for all that only look at it; what wants to change one makes its own."""
    return make_gallery()


@pytest.fixture(scope="session")
def address(gallery: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
