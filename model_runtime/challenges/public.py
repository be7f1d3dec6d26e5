"""Pages for anybody, without signing in: challenging a score or a model, the receipt, and where it is (R22).

None of them says whether anybody was scored: what is answered never depends on who or what is known here.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie

from foundation.errors import Invalid, NotFound, Refused
from foundation.web.doors import PUBLIC, door, house, session
from foundation.web.forms import add_problems
from foundation.web.texts import date_text
from model_runtime.challenges.forms import UNKNOWN, PublicForm, StatusForm
from model_runtime.challenges.queries import find_challenge, list_offered
from model_runtime.challenges.rules import clean_reference
from model_runtime.challenges.service import receive
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import PUBLIC_STAGES, Words
from registry.models.tables import RiskModel

views = Blueprint("challenge", __name__)

RECEIPT = "challenge_receipt"
"""Where the signed cookie keeps the reference for the page after sending: it never stands in an address."""


@views.route("/challenge", methods=["GET", "POST"])
@door(PUBLIC)
def write() -> Any:
    """Challenge a score or a model."""
    return _write("")


@views.route("/challenge/<slug>", methods=["GET", "POST"])
@door(PUBLIC)
def write_about(slug: str) -> Any:
    """The same with a model chosen."""
    return _write(slug)


def _write(slug: str) -> Any:
    models = list_offered(session())
    if slug and slug not in {model.slug for model in models}:
        raise NotFound("There is no model under this address that can be challenged.")
    form = PublicForm().offer(models, slug)
    if form.validate_on_submit():
        sent = _send(form, {model.slug: model for model in models})
        if sent is not None:
            cookie[RECEIPT] = sent.reference
            return redirect(url_for("challenge.receipt"), 303)
    page = render_template("model_runtime/challenges/write.html", form=form, slug=slug)
    return page, 422 if form.errors else 200


def _send(form: PublicForm, models: dict[str, RiskModel]) -> Challenge | None:
    if form.website.data:
        raise Refused(
            "This looked as if a program had sent it, and was not kept. Go back, empty every field you did not fill "
            "in yourself, and send it again.",
            code="looks_automatic",
        )
    names = ("writer", "kind", "name", "reach", "about", "text")
    words = Words(**{name: form[name].data or "" for name in names})
    chosen = None if form.model.data == UNKNOWN else models[form.model.data]
    try:
        return receive(session(), words, chosen, house().clock.now())
    except Invalid as problem:
        add_problems(form, problem)
        return None


@views.get("/challenge/received")
@door(PUBLIC)
def receipt() -> Any:
    """The receipt: the reference, and what happens next by when; for the browser that sent it."""
    challenge = find_challenge(session(), cookie.get(RECEIPT, ""))
    if challenge is None:
        return redirect(url_for("challenge.status"))
    return render_template("model_runtime/challenges/received.html", challenge=challenge)


@views.route("/challenge/status", methods=["GET", "POST"])
@door(PUBLIC, writes=False)
def status() -> Any:
    """Stage and dates of a challenge, for who holds its receipt."""
    form, found = StatusForm(), None
    if form.validate_on_submit():
        try:
            found = _find(form.reference.data or "")
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template(
        "model_runtime/challenges/status.html",
        form=form,
        found=found,
        dates=_dates(found) if found else [],
        stages=PUBLIC_STAGES,
    )
    return page, 422 if form.errors else 200


def _find(typed: str) -> Challenge:
    challenge = find_challenge(session(), clean_reference(typed))
    if challenge is None:
        sentence = "There is no challenge with this reference. Check it against your receipt."
        raise Invalid(sentence, problems={"reference": sentence})
    return challenge


def _dates(challenge: Challenge) -> list[dict[str, str]]:
    due = f"Expected by {date_text(challenge.due_on)}"
    moments = [
        ("Received", challenge.received_at, ""),
        ("Acknowledged", challenge.acknowledged_at, "" if challenge.closed_at else due),
        ("Given to a reviewer", challenge.reviewer_named_at, ""),
        (PUBLIC_STAGES[challenge.stage] if challenge.closed_at else "Closed", challenge.closed_at, ""),
    ]
    return [{"key": key, "value": date_text(at) if at else text} for key, at, text in moments if at or text]
