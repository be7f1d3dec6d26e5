"""Imports as pages: what was taken in and repaired, handing in a file, and accepting what it would do (R51)."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Invalid, NotFound, status_of
from foundation.files.service import check_size
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from foundation.web.texts import count_text
from registry.catalogue.listing import page_of
from registry.catalogue.sheets import as_csv
from registry.catalogue.values import Thing
from registry.footing.queries import Stopped, list_stopped
from registry.imports.checking import Checked, lines_of
from registry.imports.columns import COLUMNS, NAMES, title_of, write_template
from registry.imports.forms import AcceptForm, UploadForm
from registry.imports.problems import list_problems
from registry.imports.proposals import accept, discard, look_again, look_at, propose
from registry.imports.queries import (
    count_repairs,
    find_proposal_of,
    get_proposal,
    get_run,
    list_proposals,
    list_repairs,
    list_repairs_of,
    list_runs,
)
from registry.imports.tables import Proposal
from registry.imports.values import PROPOSAL_LIFE

views = Blueprint("imports", __name__)

SHOWN = 200
"""How many lines of one kind a page lists; the file with all of them is one click away."""


@views.get("/register/imports")
@door(Permission.SEE_REGISTER)
def list_all() -> Any:
    """The files the register was filled from, and every value that was not taken as typed."""
    proposals = list_proposals(session())
    return render_template(
        "registry/imports/list.html",
        runs=list_runs(session()),
        counts=count_repairs(session()),
        page=page_of(list_repairs(session()), request.args.get("page", "")),
        proposals=proposals,
        names=names_of(session(), [one.proposed_by_id for one in proposals]),
        title_of=_title,
    )


@views.get("/register/imports/<int:run_id>")
@door(Permission.SEE_REGISTER)
def show_run(run_id: int) -> Any:
    """One file that was taken in: who, when, and what was repaired in it."""
    run = get_run(session(), run_id)
    proposal = find_proposal_of(session(), run_id)
    return render_template(
        "registry/imports/run.html",
        run=run,
        proposal=proposal,
        names=names_of(session(), [proposal.proposed_by_id, proposal.decided_by_id]) if proposal else {},
        page=page_of(list_repairs_of(session(), run_id), request.args.get("page", "")),
        title_of=_title,
    )


@views.route("/register/imports/upload", methods=["GET", "POST"])
@door(Permission.KEEP_REGISTER)
def upload() -> Any:
    """Hand in a file: it is read and checked; without problems it waits for somebody to accept it."""
    form, checked = UploadForm(), None
    if form.validate_on_submit():
        try:
            checked = _read(form)
        except Invalid as problem:
            for sentence in problem.problems.values() or [problem.sentence]:
                form.file.errors = [*form.file.errors, sentence]
    if checked is not None and not checked.problems and checked.changes:
        return redirect(url_for("imports.show", proposal_id=_propose(form)))
    if checked is None:
        return _upload_page(form), 422 if form.errors else 200
    return _checked_page(checked), 422 if checked.problems else 200


@views.get("/register/imports/columns/<thing>.csv")
@door(Permission.KEEP_REGISTER)
def template(thing: str) -> Any:
    """A file with the published heading and one example row."""
    if thing not in NAMES:
        raise NotFound("There is no such kind of file.")
    return _csv(write_template(NAMES[thing]), f"{thing}.csv")


@views.get("/register/imports/proposals/<int:proposal_id>")
@door(Permission.KEEP_REGISTER)
def show(proposal_id: int) -> Any:
    """What a file would do: every repair, what it enters, amends and leaves, and what would stop."""
    return _proposal_page(get_proposal(session(), proposal_id), AcceptForm(formdata=None))


@views.get("/register/imports/proposals/<int:proposal_id>/list.csv")
@door(Permission.KEEP_REGISTER)
def download(proposal_id: int) -> Any:
    """Everything the page says about each row, for a spreadsheet."""
    proposal = get_proposal(session(), proposal_id)
    lines = lines_of(look_again(session(), proposal))
    return _csv(as_csv(["row", "what", "column", "before", "after", "why"], lines), f"import-{proposal.id}.csv")


@views.post("/register/imports/proposals/<int:proposal_id>/accept")
@door(Permission.KEEP_REGISTER)
def accept_all(proposal_id: int) -> Any:
    """Accept every repair and take the whole file in."""
    proposal, form = get_proposal(session(), proposal_id), AcceptForm()
    if not form.validate_on_submit():
        return _proposal_page(proposal, form), 422
    told, seen = form.reason.data or "", form.seen.data or ""
    try:
        with session().begin_nested():  # what is refused half way is taken back, so that the page can say why
            run = accept(session(), actor(), proposal, reason=told, at=house().clock.now(), seen=seen)
    except (Conflict, Invalid) as problem:
        add_problems(form, Invalid(problem.sentence, problems={"reason": problem.sentence}))
        return _proposal_page(proposal, form), status_of(problem)
    flash(f"{count_text(run.rows, 'row')} of {run.file_name} {'was' if run.rows == 1 else 'were'} taken in.", "success")
    return redirect(url_for("imports.show_run", run_id=run.id))


@views.post("/register/imports/proposals/<int:proposal_id>/discard")
@door(Permission.KEEP_REGISTER)
def discard_all(proposal_id: int) -> Any:
    """Leave the register as it is."""
    discard(session(), actor(), get_proposal(session(), proposal_id), house().clock.now())
    flash("The file was discarded. Nothing of it is in the register.", "success")
    return redirect(url_for("imports.list_all"))


def _handed_in(form: UploadForm) -> tuple[Thing, bytes, str]:
    file = form.file.data
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name[:120] or "the file"
    file.seek(0)
    content = file.read()
    check_size(content, house().settings.upload_mib, name)
    return NAMES[form.thing.data], content, name


def _read(form: UploadForm) -> Checked:
    return look_at(session(), actor(), *_handed_in(form))


def _propose(form: UploadForm) -> int:
    return propose(session(), actor(), *_handed_in(form), house().clock.now()).id


def _title(thing: str) -> str:
    return title_of(Thing(thing))


def _upload_page(form: UploadForm) -> str:
    kinds = {name: (title_of(thing), COLUMNS[thing]) for name, thing in NAMES.items()}
    return render_template(
        "registry/imports/upload.html", form=form, kinds=kinds, upload_mib=house().settings.upload_mib
    )


def _proposal_page(proposal: Proposal, form: AcceptForm) -> str:
    if proposal.stage != PROPOSAL_LIFE.first:
        return render_template(
            "registry/imports/decided.html",
            proposal=proposal,
            stage=PROPOSAL_LIFE.stages[proposal.stage],
            names=names_of(session(), [proposal.proposed_by_id, proposal.decided_by_id]),
        )
    checked = look_again(session(), proposal)
    form.seen.data = checked.digest
    entries = [one.entry for one in checked.changes]
    stopped = [] if checked.problems else list_stopped(session(), entries, london_date(house().clock.now()))
    names = names_of(session(), [proposal.proposed_by_id])
    return _checked_page(checked, proposal=proposal, form=form, stopped=stopped, names=names)


def _checked_page(
    checked: Checked,
    *,
    proposal: Proposal | None = None,
    form: Any = None,
    stopped: Sequence[Stopped] = (),
    **more: Any,
) -> str:
    return render_template(
        "registry/imports/checked.html",
        checked=checked,
        problems=list_problems(checked.file, checked.problems),
        title=title_of(checked.thing),
        shown=SHOWN,
        proposal=proposal,
        form=form,
        stopped=stopped,
        **more,
    )


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)
