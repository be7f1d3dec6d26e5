"""The page that says which checks of the gate pass for somebody and which fail."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from foundation.accounts.queries import get_account, list_accounts
from foundation.accounts.values import Permission
from foundation.errors import AlgocareError, status_of
from foundation.web.doors import actor, door, house, session
from model_runtime.gate.explaining import Explained, explain_gate
from model_runtime.gate.forms import ExplainForm
from registry.models.queries import get_use, list_uses

views = Blueprint("gate", __name__)


@views.get("/gate")
@door(Permission.SEE_REFUSALS)
def ask() -> Any:
    """Ask which checks pass for a reader and a use."""
    return _page(_offered(session()))


@views.post("/gate")
@door(Permission.SEE_REFUSALS)
def show() -> Any:
    """Every check with its sentence; that somebody looked is recorded. Nothing is said about the person."""
    form = _offered(session())
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        return _page(form, _explain(form))
    except AlgocareError as problem:
        form.person.errors = [*form.person.errors, problem.sentence]
        return _page(form), status_of(problem)


def _explain(form: ExplainForm) -> Explained:
    reader, use = get_account(session(), int(form.reader.data)), get_use(session(), int(form.use.data))
    person = form.person.data or ""
    return explain_gate(
        session(),
        house().clock,
        actor().reference,
        reader.actor(),
        use=use,
        purpose=use.code,
        person_reference=person,
    )


def _offered(opened: Session) -> ExplainForm:
    readers = [one for one in list_accounts(opened) if one.disabled_at is None]
    return ExplainForm().offer(readers, list_uses(opened))


def _page(form: ExplainForm, explained: Explained | None = None) -> str:
    return render_template("model_runtime/gate/explain.html", form=form, explained=explained)
