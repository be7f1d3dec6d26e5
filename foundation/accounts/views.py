"""Sign-in, sign-out and the administrator's pages of accounts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from foundation.accounts.forms import ChangePasswordForm, NewPasswordForm, OpenAccountForm, RolesForm, SignInForm
from foundation.accounts.queries import find_partnership, find_session, get_account, list_accounts, list_with_role
from foundation.accounts.rules import check_roles, tidy_team
from foundation.accounts.service import (
    change_password,
    change_roles,
    change_team,
    close_account,
    open_account,
    reset_password,
    sign_in_as,
)
from foundation.accounts.service import sign_in as check_and_sign_in
from foundation.accounts.service import sign_out as end_session
from foundation.accounts.tables import Account
from foundation.accounts.values import PERSON_ROLES, ROLES, Permission, Role, RoleCard
from foundation.errors import Invalid, Refused
from foundation.notices.service import choose_email
from foundation.web.doors import PUBLIC, actor, door, house, session
from foundation.web.forms import add_problems
from foundation.web.sessions import give_cookie, take_cookie

views = Blueprint("accounts", __name__)


@views.route("/sign-in", methods=["GET", "POST"])
@door(PUBLIC)
def sign_in() -> Any:
    """Sign in with a password; the demonstration also offers each role by one click."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    if form.validate_on_submit():
        token = _token_from(form)
        if token:
            return give_cookie(redirect(_safe_target(form.next.data)), token)
    partnership = find_partnership(session())
    roles = _offered_roles() if partnership and partnership.demonstration else []
    page = render_template("foundation/accounts/sign_in.html", form=form, roles=roles)
    return page, 422 if form.errors else 200


def _offered_roles() -> list[tuple[Role, RoleCard, Sequence[Account]]]:
    return [(role, ROLES[role], list_with_role(session(), role)) for role in PERSON_ROLES]


def _token_from(form: SignInForm) -> str | None:
    settings, now = house().settings, house().clock.now()
    name, password = form.sign_in_name.data or "", form.password.data or ""
    try:
        token = check_and_sign_in(session(), name, password, tries=settings.sign_in_tries, at=now)
    except Refused as refusal:
        form.sign_in_name.errors = [refusal.sentence]
        return None
    if token is None:
        form.sign_in_name.errors = ["The sign-in name or the password is not right"]
    return token


def _safe_target(target: str | None) -> str:
    """Only an address on this very site is followed after signing in."""
    parts = urlsplit(target or "")
    plain = bool(target) and not parts.scheme and not parts.netloc
    return target if target and plain and target.startswith("/") and "\\" not in target else url_for("home.home")


@views.post("/sign-in/<role>")
@door(PUBLIC)
def sign_in_demo(role: str) -> Any:
    """Sign in as a role of the demonstration."""
    if role not in PERSON_ROLES:
        raise Invalid("There is no such role.")
    token = sign_in_as(session(), Role(role), house().clock.now(), request.form.get("name"))
    return give_cookie(redirect(url_for("home.home")), token)


@views.post("/sign-out")
@door(PUBLIC)
def sign_out() -> Any:
    """End the session on the server and in the browser."""
    row = find_session(session(), g.session_key) if g.session_key else None
    if row is not None:
        end_session(session(), row, house().clock.now())
    return take_cookie(redirect(url_for("accounts.sign_in")))


@views.get("/accounts")
@door(Permission.MANAGE_ACCOUNTS)
def list_all() -> Any:
    """Every account."""
    return render_template("foundation/accounts/list.html", accounts=list_accounts(session()), cards=ROLES)


@views.route("/accounts/open", methods=["GET", "POST"])
@door(Permission.MANAGE_ACCOUNTS)
def open_new() -> Any:
    """Open an account."""
    form = OpenAccountForm()
    if form.validate_on_submit():
        try:
            opened = open_account(
                session(),
                sign_in_name=form.sign_in_name.data or "",
                name=form.name.data or "",
                roles={Role(code) for code in form.roles.data or []},
                agency=form.agency.data,
                team=form.team.data or "",
                password=form.password.data,
                at=house().clock.now(),
                actor=actor(),
            )
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash(f"The account of {opened.name} is open.", "success")
            return redirect(url_for("accounts.list_all"))
    page = render_template("foundation/accounts/open.html", form=form)
    return page, 422 if form.errors else 200


@views.route("/accounts/<int:account_id>", methods=["GET", "POST"])
@door(Permission.MANAGE_ACCOUNTS)
def show(account_id: int) -> Any:
    """One account: its team and roles, and closing it."""
    account = get_account(session(), account_id)
    form = RolesForm(roles=[role.value for role in account.roles], team=account.team, email=account.email)
    if form.validate_on_submit():
        try:
            roles, now = {Role(code) for code in form.roles.data or []}, house().clock.now()
            check_roles(roles)  # what is wrong with one of them is refused before anything is written
            team = tidy_team(form.team.data or "")
            choose_email(session(), actor(), account, form.email.data or "", now)
            change_roles(session(), actor(), account, roles, now)
            change_team(session(), actor(), account, team, now)
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash(f"The account of {account.name} was changed.", "success")
            return redirect(url_for("accounts.show", account_id=account.id))
    page = render_template("foundation/accounts/show.html", account=account, form=form, cards=ROLES)
    return page, 422 if form.errors else 200


@views.post("/accounts/<int:account_id>/close")
@door(Permission.MANAGE_ACCOUNTS)
def close(account_id: int) -> Any:
    """Close an account."""
    account = get_account(session(), account_id)
    close_account(session(), actor(), account, house().clock.now())
    flash(f"The account of {account.name} is closed.", "success")
    return redirect(url_for("accounts.list_all"))


@views.route("/accounts/<int:account_id>/password", methods=["GET", "POST"])
@door(Permission.MANAGE_ACCOUNTS)
def reset(account_id: int) -> Any:
    """Give somebody a new first password."""
    account, form = get_account(session(), account_id), NewPasswordForm()
    if form.validate_on_submit():
        try:
            reset_password(session(), actor(), account, form.password.data or "", house().clock.now())
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash(f"{account.name} has a new first password and was signed out everywhere.", "success")
            return redirect(url_for("accounts.show", account_id=account.id))
    page = render_template("foundation/accounts/reset.html", account=account, form=form)
    return page, 422 if form.errors else 200


@views.route("/password", methods=["GET", "POST"])
@door(Permission.SEE_HOME)
def change_own_password() -> Any:
    """Change one's own password."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        account = get_account(session(), actor().account_id or 0)
        try:
            current, password = form.current.data or "", form.password.data or ""
            change_password(session(), account, current, password, house().clock.now())
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash("Your password was changed. Sign in with the new one.", "success")
            return take_cookie(redirect(url_for("accounts.sign_in")))
    page = render_template("foundation/accounts/password.html", form=form)
    return page, 422 if form.errors else 200
