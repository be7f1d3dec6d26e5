"""The administrator's pages of systems that call, and of their tokens."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from wtforms import ValidationError

from foundation.accounts.values import Permission
from foundation.clock import LONDON
from foundation.errors import Invalid
from foundation.service_accounts.forms import SystemForm, TokenForm
from foundation.service_accounts.queries import get_system, get_token, list_systems
from foundation.service_accounts.rules import read_codes
from foundation.service_accounts.service import end_system, enter_system, make_token, revoke_token
from foundation.service_accounts.tables import ApiToken, ServiceAccount
from foundation.service_accounts.values import SCOPES, TokenTerms
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out, read_day

views = Blueprint("systems", __name__)


@views.get("/systems")
@door(Permission.MANAGE_ACCOUNTS)
def list_all() -> Any:
    """Every system that may call, and whether it has a token that holds."""
    rows = [(system, sum(holds(token) for token in system.tokens)) for system in list_systems(session())]
    return render_template("foundation/service_accounts/list.html", rows=rows)


@views.route("/systems/enter", methods=["GET", "POST"])
@door(Permission.MANAGE_ACCOUNTS)
def enter() -> Any:
    """Enter a system."""
    form = SystemForm()
    entered: list[ServiceAccount] = []

    def command() -> None:
        told = {"name": form.name.data or "", "agency": form.agency.data or "", "contact": form.contact.data or ""}
        entered.append(enter_system(session(), actor(), at=house().clock.now(), **told))

    if carried_out(form, command):
        flash(f"{entered[0].name} was entered. It can call once it has a token.", "success")
        return redirect(url_for("systems.show", account_id=entered[0].id))
    page = render_template("foundation/service_accounts/enter.html", form=form)
    return page, 422 if form.errors else 200


@views.route("/systems/<int:account_id>", methods=["GET", "POST"])
@door(Permission.MANAGE_ACCOUNTS)
def show(account_id: int) -> Any:
    """One system and its tokens. Making a token shows it on the page that answers, and never again."""
    system, form, made = get_system(session(), account_id), TokenForm(), list[str]()
    if carried_out(form, lambda: made.append(_make(system, form))):
        session().refresh(system)
        return _page(system, TokenForm(formdata=None), made[0])
    return _page(system, form, None), 422 if form.errors else 200


@views.post("/systems/<int:account_id>/tokens/<int:token_id>/revoke")
@door(Permission.MANAGE_ACCOUNTS)
def revoke(account_id: int, token_id: int) -> Any:
    """Revoke a token."""
    revoke_token(session(), actor(), get_token(session(), account_id, token_id), house().clock.now())
    flash(f"Token {token_id} was revoked. Its next call is refused.", "success")
    return redirect(url_for("systems.show", account_id=account_id))


@views.post("/systems/<int:account_id>/end")
@door(Permission.MANAGE_ACCOUNTS)
def end(account_id: int) -> Any:
    """End a system."""
    system = get_system(session(), account_id)
    end_system(session(), actor(), system, house().clock.now())
    flash(f"{system.name} was ended. None of its tokens holds any more.", "success")
    return redirect(url_for("systems.list_all"))


def holds(token: ApiToken) -> bool:
    """Whether a call with the token would be recognised now."""
    return token.revoked_at is None and token.account.ended_at is None and house().clock.now() < token.expires_at


def _make(system: ServiceAccount, form: TokenForm) -> str:
    terms = TokenTerms(form.scopes.data or [], read_codes(form.purposes.data or ""), _end_of(form.expires_on.data))
    return make_token(session(), actor(), system, terms, house().clock.now())


def _end_of(text: str | None) -> datetime:
    """The end of a typed day in London."""
    try:
        day = read_day(text)
        return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
    except (ValidationError, OverflowError):
        sentence = "Enter a real date, like 3/3/2027"
        raise Invalid(sentence, problems={"expires_on": sentence}) from None


def _page(system: ServiceAccount, form: TokenForm, made: str | None) -> str:
    tokens = [(token, holds(token)) for token in system.tokens]
    return render_template(
        "foundation/service_accounts/show.html",
        system=system,
        tokens=tokens,
        form=form,
        made=made,
        words=SCOPES,
        last_day=lambda token: token.expires_at - timedelta(seconds=1),
    )
