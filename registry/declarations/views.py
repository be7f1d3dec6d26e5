"""Registering a model in the browser: from its declarative file, or by filling in a form."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import SelectChoice  # type: ignore[attr-defined]

from foundation.accounts.queries import list_holders
from foundation.accounts.values import Permission
from foundation.errors import AlgocareError, Forbidden, Invalid, Refused, Unavailable, status_of
from foundation.web.doors import actor, door, house
from registry.agencies.queries import list_agencies
from registry.declarations.drafts import Draft, change_rows, form_data, read_form, read_upload
from registry.declarations.forms import DeclarationForm, UploadForm
from registry.declarations.reading import parse
from registry.declarations.service import Files, check, inspect, write
from registry.declarations.values import Declaration, read_declaration
from registry.evaluations.service import ask_for_evaluation
from registry.items.queries import list_items
from registry.items.tables import DataItem
from registry.models.queries import get_model, list_owned
from registry.models.watch_plan import MEASURES

views = Blueprint("registration", __name__)

SHOWN = (Invalid, Refused, Forbidden, Unavailable)
"""What is said on the form itself, so that nothing typed is lost."""

USUAL_ACTIONS: dict[str, Any] = {
    **{f"limit__{measure}__action": "refer" for measure in MEASURES},
    "limit__precision_floor__action": "suspend",
}
"""What is offered when a limit is passed, until somebody chooses."""

STARTING_DATA: dict[str, Any] = {
    "version__label": "1",
    "version__bands": [
        {"code": "lower", "name": "Lower", "start": "0"},
        {"code": "medium", "name": "Medium"},
        {"code": "higher", "name": "Higher", "end": "1"},
    ],
    "watch__minimum_rows": "30",
    "watch__stale_after_days": "45",
    "limit__score_drift__at": "0.2",
    "limit__input_drift_share__at": "0.3",
    "limit__missing_share__at": "0.1",
    "limit__unseen_categories__at": "1",
    "limit__miss_rate_gap__at": "0.2",
}
"""What a new form begins with: limits that ask people to look, and no guess about the model itself."""

Problem = dict[str, str]


@views.route("/models/register", methods=["GET", "POST"])
@door(Permission.REGISTER_MODEL, own_session=True)
def choose() -> Any:
    """Choose between the two ways; the first, handing in the files, is on this very page."""
    form = UploadForm()
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            return _registered(*_read_upload_form(form))
        except SHOWN as error:
            status, problems = status_of(error), _listed(error, form)
    with house().database.read() as session:
        mine = [model for model in list_owned(session, actor().account_id or 0) if model.versions]
    page = render_template(
        "registry/declarations/choose.html", form=form, problems=problems, mine=mine, upload_mib=_upload_mib()
    )
    return page, status


@views.route("/models/register/form", methods=["GET", "POST"])
@door(Permission.REGISTER_MODEL, own_session=True)
def fill_in() -> Any:
    """The declaration as one long form; `?like=slug` begins with a model's newest version."""
    with house().database.read() as session:
        items = {str(item.id): item for item in list_items(session)}
        form = DeclarationForm(data=_starting_data(session, items))
        if request.form.get("step"):
            change_rows(form, request.form["step"])
        _offer_choices(session, form, items)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST" and not request.form.get("step"):
        draft = read_form(form, items)
        try:
            return _registered(_read_draft(draft), draft.files)
        except SHOWN as error:
            status, problems = status_of(error), _at_fields(error, draft)
    page = render_template(
        "registry/declarations/fill_in.html",
        form=form,
        problems=problems,
        measures=MEASURES,
        upload_mib=_upload_mib(),
        files_lost=request.method == "POST",
    )
    return page, status


def _registered(declaration: Declaration, files: Files) -> Any:
    """Check, load the artefact while nothing is locked, then write; and lead to the model's page."""
    who, now = actor(), house().clock.now()
    with house().database.read() as session:
        check(session, who, declaration, files, upload_mib=_upload_mib())
    report = inspect(declaration, files, house().engine)
    with house().database.write() as session:
        version = write(session, who, declaration, files, report, at=now)
        ask_for_evaluation(session, version, who.reference, now)
        title, slug = version.title, version.model.slug
    flash(f"{title} is registered. Its figures are being computed; then its assessment can be submitted.", "success")
    return redirect(url_for("model.show", slug=slug))


def _read_upload_form(form: UploadForm) -> tuple[Declaration, Files]:
    name, content = read_upload(form.declaration)
    if not name:
        raise Invalid("Choose the declaration, the file model.yaml.")
    declaration = read_declaration(parse(content, name), name)
    sent = [read_upload(one) for one in form.files.data or []]
    names = [name for name, _ in sent if name]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Invalid(f"The file {', '.join(doubled)} was chosen twice.", problems={"files": "a file was chosen twice"})
    return declaration, {name: content for name, content in sent if name}


def _read_draft(draft: Draft) -> Declaration:
    try:
        declaration = read_declaration(draft.data, "form")
    except Invalid as problem:
        raise Invalid(problem.sentence, problems=problem.problems | draft.problems, code=problem.code) from None
    if draft.problems:
        raise Invalid("Something is missing.", problems=draft.problems)
    return declaration


def _listed(error: AlgocareError, form: UploadForm) -> list[Problem]:
    """Problems of a file, each with its place in it."""
    found = error.problems if isinstance(error, Invalid) else {}
    sentences = [f"{place}: {sentence}" for place, sentence in found.items()] or [error.sentence]
    form.declaration.errors = ["Nothing was registered. Put right what is listed above, then choose the files again"]
    return [{"text": sentence, "href": "#declaration"} for sentence in sentences]


def _at_fields(error: AlgocareError, draft: Draft) -> list[Problem]:
    """Problems of a form, each said at its field and leading to it."""
    found = error.problems if isinstance(error, Invalid) else {}
    anywhere = "model.owner" if isinstance(error, Forbidden) else "version.artefact.file"
    return [_at_field(place, said, draft) for place, said in (found or {anywhere: error.sentence}).items()]


def _at_field(place: str, said: str, draft: Draft) -> Problem:
    word, colon, rest = said.partition(": ")
    if colon and f"{place}.{word}" in draft.places:  # "version" says "bands: they must follow each other"
        place, said = f"{place}.{word}", rest
    field, context = draft.locate(place)
    sentence = f"{said[:1].upper()}{said[1:]}" if said.split()[0].isalpha() else said  # not the name of a file
    if field is None:
        return {"text": f"{place}: {said}", "href": "#model__name"}
    field.errors = [*field.errors, sentence]
    label = ", ".join(part for part in (context, str(field.label.text)) if part)
    return {"text": f"{label}: {sentence}", "href": f"#{field.id}"}


def _starting_data(session: Session, items: Mapping[str, DataItem]) -> dict[str, Any]:
    slug = request.args.get("like", "")
    if slug:
        model = get_model(session, slug)
        if model.versions:
            label = str(model.versions[0].number + 1)
            return USUAL_ACTIONS | form_data(model.versions[0].declaration, items) | {"version__label": label}
    return USUAL_ACTIONS | STARTING_DATA


def _offer_choices(session: Session, form: DeclarationForm, items: Mapping[str, DataItem]) -> None:
    agencies = {agency.code: agency.name for agency in list_agencies(session)}
    owners = {account.sign_in_name: account.name for account in list_holders(session, Permission.SUBMIT_ASSESSMENT)}
    for field in (form.model__agency, form.use__agency):
        field.choices = _choices(agencies)
    for field in (form.model__owner, form.model__deputy):
        field.choices = _choices(owners)
    for row in form.version__features:
        row.form.data_item.choices = _choices({number: item.title for number, item in items.items()})


def _choices(offered: Mapping[str, str], choice: Callable[[str, str], Any] = SelectChoice) -> list[Any]:
    return [choice("", "Choose"), *(choice(value, text) for value, text in offered.items())]


def _upload_mib() -> int:
    return house().settings.upload_mib
