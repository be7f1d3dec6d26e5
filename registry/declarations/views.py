"""Registering in the browser: from a declarative file, or by filling in the form for its kind; and the file again."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import SelectChoice  # type: ignore[attr-defined]

from foundation.accounts.queries import list_holders
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import AlgocareError, Forbidden, Invalid, NotFound, Refused, Unavailable, status_of
from foundation.web.doors import actor, door, house
from foundation.web.doors import session as opened
from registry.catalogue.queries import read_catalogue
from registry.declarations.drafts import (
    Draft,
    Items,
    change_rows,
    list_rows,
    read_elsewhere_form,
    read_form,
    read_upload,
)
from registry.declarations.elsewhere import declared_of, enter_elsewhere
from registry.declarations.filling import form_data
from registry.declarations.forms import FORMS, DeclarationForm, ElsewhereForm, UploadForm
from registry.declarations.reading import Written, parse_marked
from registry.declarations.schema import read_schema
from registry.declarations.service import Files, check, find_problems, inspect, write
from registry.declarations.values import Declaration, Elsewhere, read_any
from registry.declarations.writing import write_yaml
from registry.evaluations.service import ask_for_evaluation
from registry.models.queries import get_model, get_version, list_owned
from registry.watch_plans.measures import MEASURES

views = Blueprint("registration", __name__)

SHOWN = (Invalid, Refused, Forbidden, Unavailable)
"""What is said on the form itself, so that nothing typed is lost."""

USUAL_ACTIONS: dict[str, Any] = {
    **{f"limit__{measure}__action": "refer" for measure in MEASURES},
    "limit__precision_floor__action": "suspend",
}
"""What is offered when a limit is passed, until somebody chooses."""

BANDS = [{"code": "lower", "name": "Lower"}, {"code": "medium", "name": "Medium"}, {"code": "higher", "name": "Higher"}]

STARTING_DATA: dict[str, dict[str, Any]] = {
    "scikit-learn": {
        "version__label": "1",
        "version__bands": [BANDS[0] | {"start": "0"}, BANDS[1], BANDS[2] | {"end": "1"}],
        "watch__minimum_rows": "30",
        "watch__stale_after_days": "45",
        "limit__score_drift__at": "0.2",
        "limit__input_drift_share__at": "0.3",
        "limit__missing_share__at": "0.1",
        "limit__unseen_categories__at": "1",
        "limit__miss_rate_gap__at": "0.2",
    },
    "point-score": {"version__label": "1", "version__bands": BANDS},
    "supplied": {"version__label": "1", "version__bands": BANDS},
}
"""What a new form begins with: limits that ask people to look, and no guess about the model itself."""

Problem = dict[str, str]


@views.route("/models/register", methods=["GET", "POST"])
@door(Permission.REGISTER_MODEL, own_session=True)
def choose() -> Any:
    """Choose between the ways; handing in the files is on this very page."""
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


@views.route("/models/register/form", methods=["GET", "POST"], defaults={"kind": "scikit-learn"})
@views.route("/models/register/form/<kind>", methods=["GET", "POST"])
@door(Permission.REGISTER_MODEL, own_session=True)
def fill_in(kind: str) -> Any:
    """The declaration as one long form for its kind; `?like=slug` begins with a model's newest version."""
    if kind not in FORMS:
        raise NotFound("There is no form for such a model.")
    with house().database.read() as session:
        items = _items(session)
        form = FORMS[kind](data=_starting_data(session, kind, items))
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


@views.route("/models/register/elsewhere", methods=["GET", "POST"])
@door(Permission.REGISTER_MODEL, own_session=True)
def fill_in_elsewhere() -> Any:
    """The short form for a model elsewhere or one that runs no longer; `?like=slug` renews what is known."""
    form = ElsewhereForm(data=_known_data())
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        draft = read_elsewhere_form(form)
        try:
            return _registered(_read_draft(draft), {})
        except SHOWN as error:
            status, problems = status_of(error), _at_fields(error, draft)
    return render_template("registry/declarations/elsewhere.html", form=form, problems=problems), status


@views.get("/models/<slug>/versions/<int:number>/declaration.yaml")
@door(Permission.SEE_REGISTER)
def download(slug: str, number: int) -> Any:
    """The declarative file of a version, as somebody could hand it in."""
    version = get_version(opened(), slug, number)
    return _as_file(version.declaration, f"{slug}-{number}.yaml")


@views.get("/models/<slug>/declaration.yaml")
@door(Permission.SEE_REGISTER)
def download_elsewhere(slug: str) -> Any:
    """The declarative file of an entry about a model elsewhere."""
    model = get_model(opened(), slug)
    if model.held or not model.known:
        raise NotFound("The declarative file belongs to a version of this model.")
    return _as_file(declared_of(model), f"{slug}.yaml")


@views.get("/schema/algocare-model-<int:number>.json")
@door(Permission.SEE_REGISTER)
def download_schema(number: int) -> Any:
    """The schema of the declarative file, for editors and programs."""
    return Response(read_schema(number), mimetype="application/schema+json")


def _as_file(declared: Mapping[str, Any], name: str) -> Response:
    answer = Response(write_yaml(declared), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _registered(declared: Declaration | Elsewhere, files: Files) -> Any:
    """Check, load the artefact while nothing is locked, then write; and lead to the model's page."""
    if isinstance(declared, Elsewhere):
        return _entered(declared)
    who, now = actor(), house().clock.now()
    with house().database.read() as session:
        check(session, who, declared, files, upload_mib=_upload_mib(), at=now)
    report = inspect(declared, files, house().engine)
    with house().database.write() as session:
        version = write(session, who, declared, files, report, at=now)
        if declared.evaluation:
            ask_for_evaluation(session, version, who.reference, now)
        title, slug = version.title, version.model.slug
    measured = "Its figures are being computed; then its" if declared.evaluation else "Now its"
    flash(f"{title} is registered. {measured} assessment can be submitted.", "success")
    return redirect(url_for("model.show", slug=slug))


def _entered(declared: Elsewhere) -> Any:
    with house().database.write() as session:
        name = enter_elsewhere(session, actor(), declared, at=house().clock.now()).name
    flash(f"What is known of {name} is entered. It gives no scores here.", "success")
    return redirect(url_for("model.show", slug=declared.slug))


def _read_upload_form(form: UploadForm) -> tuple[Declaration | Elsewhere, Files]:
    name, content = read_upload(form.declaration)
    if not name:
        raise Invalid("Choose the declaration, the file model.yaml.")
    written = parse_marked(content, name)
    sent = [read_upload(one) for one in form.files.data or []]
    names = [name for name, _ in sent if name]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Invalid(f"The file {', '.join(doubled)} was chosen twice.", problems={"files": "a file was chosen twice"})
    files = {name: content for name, content in sent if name}
    _refuse_problems(written, files)
    return read_any(written.data, name), files


def _refuse_problems(written: Written, files: Files) -> None:
    """Refuse a file with everything that is wrong with it, each at its line and column."""
    with house().database.read() as session:
        now = house().clock.now()
        found = find_problems(written.data, written.file, files, session=session, upload_mib=_upload_mib(), at=now)
    if found:
        marked = {(written.mark_of(place), place): said for place, said in found.items()}
        said = {f"Line {mark[0]}, column {mark[1]}, {place}": marked[mark, place] for mark, place in sorted(marked)}
        raise Invalid("The file has to be put right.", problems=said, code="declaration_invalid")


def _read_draft(draft: Draft) -> Declaration | Elsewhere:
    try:
        declaration = read_any(draft.data, "form")
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
    field, context = draft.locate(place)
    sentence = f"{said[:1].upper()}{said[1:]}" if said.split()[0].isalpha() else said  # not the name of a file
    if field is None:
        return {"text": f"{place}: {said}", "href": "#main-content"}
    field.errors = [*field.errors, sentence]
    label = ", ".join(part for part in (context, str(field.label.text)) if part)
    return {"text": f"{label}: {sentence}", "href": f"#{field.id}"}


def _starting_data(session: Session, kind: str, items: Items) -> dict[str, Any]:
    slug = request.args.get("like", "")
    newest = next(iter(get_model(session, slug).versions), None) if slug else None
    if newest is None or newest.kind != kind:
        return USUAL_ACTIONS | STARTING_DATA[kind]
    return USUAL_ACTIONS | form_data(newest.declaration, items) | {"version__label": str(newest.number + 1)}


def _known_data() -> dict[str, Any]:
    slug = request.args.get("like", "")
    with house().database.read() as session:
        model = get_model(session, slug) if slug else None
        return form_data(declared_of(model), {}) if model is not None and model.known else {}


def _items(session: Session) -> Items:
    today = london_date(house().clock.now())
    return {str(item.id): item for item in read_catalogue(session).listed_items if item.stands(today)}


def _offer_choices(session: Session, form: DeclarationForm, items: Items) -> None:
    agencies = {agency.code: agency.name for agency in read_catalogue(session).agencies.values()}
    owners = {account.sign_in_name: account.name for account in list_holders(session, Permission.SUBMIT_ASSESSMENT)}
    offered = {
        "model__agency": agencies,
        "model__owner": owners,
        "model__deputy": owners,
        "agency": agencies,
        "data_item": {number: item.title for number, item in items.items()},
    }
    for part in (form, *list_rows(form)):
        for name, choices in offered.items():
            if name in part._fields:
                part._fields[name].choices = _choices(choices)


def _choices(offered: Mapping[str, str]) -> list[Any]:
    return [SelectChoice("", "Choose"), *(SelectChoice(value, text) for value, text in offered.items())]


def _upload_mib() -> int:
    return house().settings.upload_mib
