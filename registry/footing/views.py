"""The legal footing of a use as a page: the answer first, then every chain, then what a lawyer accepted."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import ValidationError

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import Invalid, NotFound
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems, read_day
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.queries import read_catalogue
from registry.footing.forms import SignOffForm, TakeBackForm
from registry.footing.queries import answer_use, find_lost, list_sign_offs
from registry.footing.service import sign_off, take_back
from registry.models.queries import find_approval, get_use
from registry.models.rules import owns
from registry.models.tables import Use
from registry.models.values import REGIME_TITLES, Regime

views = Blueprint("footing", __name__)
views.url_defaults(carry_day)


@views.get("/footing/uses/<int:use_id>")
@door(Permission.SEE_REGISTER)
def show_use(use_id: int) -> Any:
    """Whether a lawful route exists for a use, and every chain from feature to statute."""
    return _page(get_use(session(), use_id), SignOffForm())


@views.post("/footing/uses/<int:use_id>/sign-off")
@door(Permission.SIGN_OFF_LAW, writes=True)
def sign(use_id: int) -> Any:
    """Accept findings until a day."""
    use, form = get_use(session(), use_id), SignOffForm()
    keys = request.form.getlist("findings")
    try:
        until = read_day(form.expires_on.data)
        sign_off(
            session(),
            actor(),
            use,
            keys,
            reason=form.reason.data or "",
            expires_on=until,
            at=house().clock.now(),
        )
    except (Invalid, ValidationError) as problem:
        found = (
            problem if isinstance(problem, Invalid) else Invalid(str(problem), problems={"expires_on": str(problem)})
        )
        return _page(use, form, found), 422
    flash("Signed off. Your reason stands on this page and in the ledger.", "success")
    return redirect(url_for("footing.show_use", use_id=use.id), 303)


@views.get("/footing/uses/<int:use_id>/take-back")
@door(Permission.SIGN_OFF_LAW)
def ask_take_back(use_id: int) -> Any:
    """Say what taking a sign-off back does, and ask why."""
    form = TakeBackForm(finding=request.args.get("finding", ""))
    return _take_back_page(get_use(session(), use_id), form)


@views.post("/footing/uses/<int:use_id>/take-back")
@door(Permission.SIGN_OFF_LAW, writes=True)
def take(use_id: int) -> Any:
    """Take a sign-off back."""
    use, form = get_use(session(), use_id), TakeBackForm()
    try:
        take_back(
            session(), actor(), use, form.finding.data or "", reason=form.reason.data or "", at=house().clock.now()
        )
    except Invalid as problem:
        add_problems(form, problem)
        return _take_back_page(use, form), 422
    flash("The sign-off was taken back. The next request for a score is refused.", "success")
    return redirect(url_for("footing.show_use", use_id=use.id), 303)


def _page(use: Use, form: SignOffForm, problem: Invalid | None = None) -> Any:
    moment = asked_moment()
    day = shown_day(moment)
    if moment is not None and use.version.registered_at > moment:
        raise NotFound("This use was not in the register yet on that day.")
    answer, approval = answer_use(session(), use, day, moment), find_approval(session(), use)
    form.findings.choices = [(finding.key, finding.sentence) for finding in answer.unsigned]
    if problem is not None:
        form.findings.errors, form.findings.data = [], form.findings.data or []
        add_problems(form, problem)
    rows = list_sign_offs(session(), use.id, moment)
    may_sign = actor().may(Permission.SIGN_OFF_LAW) and not owns(use.version.model, actor()) and moment is None
    return render_template(
        "registry/footing/use.html",
        use=use,
        answer=answer,
        catalogue=read_catalogue(session(), moment),
        moment=moment,
        lost=find_lost(session(), approval, day) if approval is not None and moment is None else [],
        approval=approval,
        regime=REGIME_TITLES[Regime(use.regime)],
        form=form,
        may_sign=may_sign,
        sign_offs=rows,
        names=names_of(session(), [row.by_id for row in rows]),
    )


def _take_back_page(use: Use, form: TakeBackForm) -> Any:
    answer = answer_use(session(), use, shown_day(None))
    chosen = [pair for pair in answer.accepted if pair[0].key == form.finding.data]
    return render_template("registry/footing/take_back.html", use=use, form=form, chosen=chosen)
