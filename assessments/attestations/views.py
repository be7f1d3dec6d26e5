"""The attestations of a model as a page, with the form for whoever answers for it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from wtforms import ValidationError

from assessments.attestations.forms import AttestForm
from assessments.attestations.queries import list_attestations
from assessments.attestations.rules import find_due, is_overdue
from assessments.attestations.service import attest
from assessments.attestations.values import STATEMENTS, Told
from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid, NotFound
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems, read_day
from foundation.web.texts import date_text
from registry.models.queries import get_model
from registry.models.rules import owns
from registry.models.tables import RiskModel

views = Blueprint("attestations", __name__)


@views.get("/models/<slug>/attestations")
@door(Permission.SEE_REGISTER)
def show(slug: str) -> Any:
    """When the next attestation is due, the form for it, and every one there was."""
    model = _held(slug)
    form = AttestForm(**{name: model.code_reference.get(name, "") for name in ("location", "revision")})
    return _page(model, form)


@views.post("/models/<slug>/attestations")
@door(Permission.SUBMIT_ASSESSMENT)
def send(slug: str) -> Any:
    """Attest."""
    model, form = _held(slug), AttestForm()
    try:
        attest(session(), actor(), model, _told(form), house().clock.now())
    except Invalid as problem:
        form.validate_on_submit()
        add_problems(form, problem)
        return _page(model, form), 422
    due = find_due(house().clock.now(), house().settings.attestation_days)
    flash(f"Attested. You are asked again by {date_text(due)}.", "success")
    return redirect(url_for("attestations.show", slug=slug), 303)


def _held(slug: str) -> RiskModel:
    model = get_model(session(), slug)
    if not model.held:
        raise NotFound(f"{model.name} is not held here, so nobody here attests for it.")
    return model


def _told(form: AttestForm) -> Told:
    try:
        opened_on = read_day(form.opened_on.data)
    except ValidationError:
        opened_on = None  # the service names it together with whatever else is wrong
    confirmed = frozenset(form.confirmed.data or ())
    return Told(form.location.data or "", form.revision.data or "", opened_on, confirmed)


def _page(model: RiskModel, form: AttestForm) -> str:
    rows = list_attestations(session(), model.id)
    due = find_due(rows[0].at if rows else model.registered_at, house().settings.attestation_days)
    return render_template(
        "assessments/attestations/show.html",
        model=model,
        form=form,
        rows=rows,
        due=due,
        overdue=is_overdue(due, london_date(house().clock.now())),
        own=owns(model, actor()) and actor().may(Permission.SUBMIT_ASSESSMENT),
        names=names_of(session(), [number for row in rows for number in (row.by_id, row.deputy_id)]),
        statements=STATEMENTS,
        use=next(iter(model.current_uses), None),
    )
