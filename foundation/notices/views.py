"""Notices as pages: one's own, and for administrators how far everybody was told."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.queries import get_account
from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.notices import service
from foundation.notices.forms import EmailForm
from foundation.notices.queries import get_own_notice, list_notices, list_outbox
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems

views = Blueprint("notices", __name__)


@views.get("/notices")
@door(Permission.SEE_HOME)
def list_own() -> Any:
    """What the reader is told, and where."""
    account = get_account(session(), actor().account_id or 0)
    return _own_page(EmailForm(email=account.email))


@views.post("/notices")
@door(Permission.SEE_HOME)
def choose_email() -> Any:
    """Choose where to be told."""
    form, account = EmailForm(), get_account(session(), actor().account_id or 0)
    if form.validate_on_submit():
        try:
            service.choose_email(session(), actor(), account, form.email.data or "", house().clock.now())
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash("Your e-mail address is saved." if account.email else "You are told here only.", "success")
            return redirect(url_for("notices.list_own"), 303)
    return _own_page(form), 422


def _own_page(form: EmailForm) -> str:
    notices = list_notices(session(), actor().account_id or 0)
    sends = house().settings.smtp_host is not None
    return render_template("foundation/notices/list.html", notices=notices, form=form, sends=sends)


@views.get("/notices/<int:notice_id>")
@door(Permission.SEE_HOME, writes=True)
def open_notice(notice_id: int) -> Any:
    """Where a link in an e-mail leads: on to the page where the thing waits; that it was read is recorded."""
    notice = get_own_notice(session(), actor(), notice_id)
    service.read_notice(session(), actor(), notice, house().clock.now())
    if notice.ended_at is not None:
        flash("What you were told of no longer waits for you.")
        return redirect(url_for("home.home"), 303)
    return redirect(url_for(notice.endpoint, **notice.arguments), 303)


@views.post("/notices/read")
@door(Permission.SEE_HOME)
def read_all() -> Any:
    """Mark everything as read."""
    service.read_all(session(), actor(), house().clock.now())
    flash("Everything is marked as read. What waits stays on your home page.", "success")
    return redirect(url_for("notices.list_own"), 303)


@views.get("/outbox")
@door(Permission.SEE_JOBS)
def outbox() -> Any:
    """How far everybody was told, in counts, and what the mail server said."""
    sends = house().settings.smtp_host is not None
    return render_template("foundation/notices/outbox.html", lines=list_outbox(session()), sends=sends)
