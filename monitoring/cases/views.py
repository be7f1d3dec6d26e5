"""Cases as pages: the list, and one case with its explanation, its evidence, what follows and its closing."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.files.service import get_content
from foundation.files.tables import StoredFile
from foundation.ledger.values import content_digest
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from foundation.web.texts import moment_text
from monitoring.cases.forms import CloseForm, EvidenceForm, ExplainForm, NextForm
from monitoring.cases.history import list_events
from monitoring.cases.queries import (
    CLOSED_SHOWN,
    count_closed_cases,
    explain_by,
    get_case,
    get_evidence,
    list_closed_cases,
    list_evidence,
    list_open_cases,
    read_progress,
)
from monitoring.cases.rules import check_chooses, check_closes, check_explains, check_heard
from monitoring.cases.service import attach as attach_file
from monitoring.cases.service import close as close_case
from monitoring.cases.service import explain as explain_case
from monitoring.cases.steps import choose as choose_step
from monitoring.cases.tables import Case
from monitoring.cases.telling import is_late, next_text
from monitoring.cases.values import CASE_LIFE, KINDS, CaseKind
from monitoring.engine.values import Action
from monitoring.footings.queries import tell_now
from monitoring.watches.queries import result_of
from monitoring.watches.values import ACTIONS, findings_of

views = Blueprint("cases", __name__)


@views.get("/cases")
@door(Permission.SEE_WATCHES)
def list_all() -> Any:
    """The cases that are not closed with who has to do what by when, the longest wait first; then the closed ones."""
    today = london_date(house().clock.now())
    return render_template(
        "monitoring/cases/list.html",
        lines=[_line(case, today) for case in list_open_cases(session())],
        closed=list_closed_cases(session()),
        closed_count=count_closed_cases(session()),
        closed_shown=CLOSED_SHOWN,
        kinds=KINDS,
    )


def _line(case: Case, today: Any) -> dict[str, Any]:
    progress = read_progress(session(), case)
    words, late = next_text(case, progress, today), is_late(case, progress, today)
    return {"case": case, "stage": CASE_LIFE.stages[case.stage], "next": words, "late": late}


@views.get("/cases/<int:case_id>")
@door(Permission.SEE_WATCHES)
def show(case_id: int) -> Any:
    """One case: what was found, who has to do what by when, what the owner says, what can be done now."""
    return _page(get_case(session(), case_id))


@views.post("/cases/<int:case_id>/explain")
@door(Permission.EXPLAIN_BREACH)
def explain(case_id: int) -> Any:
    """Send the owner's explanation, with a file where there is one."""
    case, form, now = get_case(session(), case_id), ExplainForm(), house().clock.now()

    def send() -> None:
        explain_case(session(), actor(), case, form.explanation.data or "", now)
        file = form.handed_in()
        if file is not None:
            title, limit = form.file_title.data or "", house().settings.upload_mib
            attach_file(session(), actor(), case, title, file, upload_mib=limit, at=now)

    done = carried_out(form, send)
    return _after(case, "Your explanation was sent to the committee.") if done else (_page(case, explaining=form), 422)


@views.post("/cases/<int:case_id>/evidence")
@door(Permission.EXPLAIN_BREACH)
def attach(case_id: int) -> Any:
    """Attach another file."""
    case, form, now = get_case(session(), case_id), EvidenceForm(), house().clock.now()

    def keep() -> None:
        file = form.handed_in()
        if file is None:
            raise Invalid("Choose a file", problems={"file": "Choose a file"})
        title, limit = form.file_title.data or "", house().settings.upload_mib
        attach_file(session(), actor(), case, title, file, upload_mib=limit, at=now)

    done = carried_out(form, keep)
    return _after(case, "The file is attached.") if done else (_page(case, attaching=form), 422)


@views.get("/cases/<int:case_id>/evidence/<int:number>")
@door(Permission.SEE_WATCHES)
def download(case_id: int, number: int) -> Any:
    """A file itself, always as a download and never shown inside the site."""
    evidence = get_evidence(session(), get_case(session(), case_id), number)
    stored = session().get_one(StoredFile, evidence.file_sha256)
    content = BytesIO(get_content(session(), stored.sha256))
    return send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=evidence.file_name)


@views.post("/cases/<int:case_id>/next")
@door(Permission.CHAIR)
def choose(case_id: int) -> Any:
    """Say what follows."""
    case = get_case(session(), case_id)
    form = NextForm().offer(case.use.stage if case.use else "")
    done = carried_out(form, lambda: choose_step(session(), actor(), case, form.chosen(), house().clock.now()))
    return _after(case, "What follows is recorded, and begun.") if done else (_page(case, choosing=form), 422)


@views.post("/cases/<int:case_id>/close")
@door(Permission.CHAIR)
def close(case_id: int) -> Any:
    """Close the case."""
    case, form = get_case(session(), case_id), CloseForm()
    told = form.reason.data or ""
    done = carried_out(form, lambda: close_case(session(), actor(), case, told, house().clock.now()))
    return _after(case, "The case is closed.") if done else (_page(case, closing=form), 422)


def _after(case: Case, done: str) -> Any:
    flash(done, "success")
    return redirect(url_for("cases.show", case_id=case.id))


def _page(
    case: Case,
    explaining: ExplainForm | None = None,
    attaching: EvidenceForm | None = None,
    choosing: NextForm | None = None,
    closing: CloseForm | None = None,
) -> str:
    today = london_date(house().clock.now())
    progress, evidence = read_progress(session(), case), list_evidence(session(), case)
    return render_template(
        "monitoring/cases/show.html",
        case=case,
        stage=CASE_LIFE.stages[case.stage],
        sentences=_sentences(case),
        kind=KINDS[CaseKind(case.kind)],
        now_text=tell_now(session(), case, today) if case.run is None else "",
        action=ACTIONS[Action(case.action)],
        explain_by=explain_by(case),
        next=next_text(case, progress, today),
        late=is_late(case, progress, today),
        result=result_of(case.run) if case.run is not None else None,
        result_sha256=content_digest(case.run.result) if case.run is not None else "",
        evidence=evidence,
        names=names_of(session(), [case.explained_by_id, *(one.by_id for one in evidence)]),
        events=_events(case, progress, evidence),
        explaining=explaining or ExplainForm(formdata=None),
        attaching=attaching or EvidenceForm(formdata=None),
        choosing=choosing or NextForm(formdata=None).offer(case.use.stage if case.use else ""),
        closing=closing or CloseForm(formdata=None),
        **_doors(case, today),
    )


def _doors(case: Case, today: Any) -> dict[str, bool]:
    """What the reader may do with the case now, so that nobody is offered a form that is refused."""
    who = actor()
    mine = who.may(Permission.EXPLAIN_BREACH) and ask(check_explains, case, who) is None
    chairs, alive = who.may(Permission.CHAIR), case.stage != "closed"
    heard = ask(check_heard, case.stage, explain_by(case), today) is None
    return {
        "may_explain": mine and alive and case.explained_at is None,
        "may_attach": mine and alive and case.explained_at is not None,
        "may_choose": chairs and alive and heard and ask(check_chooses, case, who) is None,
        "may_close": chairs and alive and ask(check_closes, case, who) is None,
    }


def _sentences(case: Case) -> list[str]:
    """What was found, one thing a line."""
    if case.run is None:
        return case.sentence.splitlines()
    found = [each.sentence for each in findings_of(result_of(case.run)) if each.title == case.title]
    return found[:1] or [case.run.sentence]


def _events(case: Case, progress: Any, evidence: Any) -> list[dict[str, Any]]:
    """The case's life, oldest first, as the timeline takes it."""
    return [
        {
            "when_text": f"{moment_text(event.at)}, {name}",
            "what": event.what,
            "detail": event.detail or None,
            "tone": event.tone,
            "href": _href(event.endpoint, dict(event.arguments)),
        }
        for event, name in list_events(session(), case, progress, evidence)
    ]


def _href(endpoint: str | None, arguments: dict[str, Any]) -> str | None:
    hidden = endpoint == "committee.show_item" and not actor().may(Permission.SEE_COMMITTEE)
    return url_for(endpoint, **arguments) if endpoint and not hidden else None
