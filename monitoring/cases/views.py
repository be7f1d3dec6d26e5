"""Cases as pages: the list, and one case with its explanation and its closing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.lifecycle.queries import list_changes
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from foundation.web.texts import moment_text
from monitoring.cases.forms import CloseForm, ExplainForm
from monitoring.cases.queries import explain_by, get_case, list_cases
from monitoring.cases.rules import check_closes, check_explains
from monitoring.cases.service import close as close_case
from monitoring.cases.service import explain as explain_case
from monitoring.cases.tables import Case
from monitoring.cases.values import CASE_LIFE, KINDS, CaseKind
from monitoring.engine.values import Action
from monitoring.footings.queries import tell_now
from monitoring.watches.queries import result_of
from monitoring.watches.values import ACTIONS, findings_of

views = Blueprint("cases", __name__)

STEPS = {"explain": "The owner explained it", "close_case": "The case was closed"}


@views.get("/cases")
@door(Permission.SEE_WATCHES)
def list_all() -> Any:
    """Every case, the open ones first."""
    cases = sorted(list_cases(session()), key=lambda case: case.stage == "closed")
    return render_template(
        "monitoring/cases/list.html", cases=cases, life=CASE_LIFE, kinds=KINDS, explain_by=explain_by
    )


@views.get("/cases/<int:case_id>")
@door(Permission.SEE_WATCHES)
def show(case_id: int) -> Any:
    """One case: what was found, what the owner says, what can be done now."""
    return _page(get_case(session(), case_id), ExplainForm(), CloseForm())


@views.post("/cases/<int:case_id>/explain")
@door(Permission.EXPLAIN_BREACH)
def explain(case_id: int) -> Any:
    """Send the owner's explanation."""
    case, form = get_case(session(), case_id), ExplainForm()
    told = form.explanation.data or ""
    done = carried_out(form, lambda: explain_case(session(), actor(), case, told, house().clock.now()))
    return (
        _after(case, "Your explanation was sent to the committee.") if done else (_page(case, form, CloseForm()), 422)
    )


@views.post("/cases/<int:case_id>/close")
@door(Permission.CHAIR)
def close(case_id: int) -> Any:
    """Close the case."""
    case, form = get_case(session(), case_id), CloseForm()
    told = form.reason.data or ""
    done = carried_out(form, lambda: close_case(session(), actor(), case, told, house().clock.now()))
    return _after(case, "The case is closed.") if done else _again(case, ExplainForm(), form)


def _after(case: Case, done: str) -> Any:
    flash(done, "success")
    return redirect(url_for("cases.show", case_id=case.id))


def _again(case: Case, explaining: ExplainForm, closing: CloseForm) -> Any:
    return _page(case, explaining, closing), 422


def _page(case: Case, explaining: ExplainForm, closing: CloseForm) -> str:
    changes = list_changes(session(), CASE_LIFE.thing, [case.id])
    names = names_of(session(), [change.by_id for change in changes])
    return render_template(
        "monitoring/cases/show.html",
        case=case,
        stage=CASE_LIFE.stages[case.stage],
        sentences=_sentences(case),
        kind=KINDS[CaseKind(case.kind)],
        now_text=tell_now(session(), case, london_date(house().clock.now())) if case.run is None else "",
        action=ACTIONS[Action(case.action)],
        explain_by=explain_by(case),
        may_explain=case.stage == "open" and ask(check_explains, case, actor()) is None,
        may_close=case.stage != "closed" and actor().may(Permission.CHAIR) and ask(check_closes, case, actor()) is None,
        explaining=explaining,
        closing=closing,
        explained_by=names_of(session(), [case.explained_by_id])[case.explained_by_id],
        events=_events(case, changes, names),
    )


def _sentences(case: Case) -> list[str]:
    """What was found, one thing a line."""
    if case.run is None:
        return case.sentence.splitlines()
    found = [each.sentence for each in findings_of(result_of(case.run)) if each.title == case.title]
    return found[:1] or [case.run.sentence]


def _events(case: Case, changes: Any, names: dict[int | None, str]) -> list[dict[str, Any]]:
    """The case's life, oldest first, as the timeline takes it."""
    opened = {"when_text": moment_text(case.opened_at), "what": KINDS[CaseKind(case.kind)].opened, "tone": "bad"}
    steps = [
        {
            "when_text": f"{moment_text(change.at)}, {names[change.by_id]}",
            "what": STEPS[change.step],
            "detail": change.reason or None,
            "tone": "good" if change.target == "closed" else "plain",
        }
        for change in changes
    ]
    return [opened, *steps]
