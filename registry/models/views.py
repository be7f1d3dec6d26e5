"""The list of models, for people, spreadsheets and programs, the declaration of a version, and what one use says."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.errors import Invalid, NotFound
from foundation.lifecycle.queries import list_changes
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from registry.catalogue.moments import asked_moment, carry_day, shown_day
from registry.catalogue.queries import read_catalogue
from registry.declarations.filling import use_data
from registry.evaluations.queries import find_evaluation
from registry.footing.queries import find_fallen
from registry.models.comparing import compare_uses, compare_versions, summarise
from registry.models.decisions import DECISIONS
from registry.models.editions import check_edition, enter_edition
from registry.models.finding import PAGE, Found, find_models, list_model_owners
from registry.models.forms import EditionForm, StepBackForm
from registry.models.lineage import Lineage
from registry.models.listing import HELD, KINDS, REVIEWS, SORTS, STAGES, Search, as_csv, as_plain
from registry.models.past import list_stages, newest_then
from registry.models.queries import edition_of, find_approval, find_last_pilot, get_edition, get_model, get_version
from registry.models.resting import list_feeds, makers_of
from registry.models.rules import check_changeable, check_may_stop, list_lower, owns
from registry.models.service import step_back
from registry.models.tables import Approval, ModelVersion, Use
from registry.models.values import USE_LIFE, PermissionStage
from registry.models.widening import ages_in_words, day_in_words, find_widenings, said_by
from registry.watch_plans.measures import rules_in_words

views = Blueprint("models", __name__)
views.url_defaults(carry_day)


@views.get("/models")
@door(Permission.SEE_REGISTER)
def list_models() -> Any:
    """The models that fit a search, fifty a page, those held here first (R14)."""
    moment, search = asked_moment(), _search()
    page = max(1, request.args.get("page", 1, type=int))
    found = _find(search, moment, start=(page - 1) * PAGE)
    if page > 1 and not found.lines:
        page, found = 1, _find(search, moment)
    catalogue = read_catalogue(session(), moment)
    return render_template(
        "registry/models/list.html",
        found=found,
        page=page,
        pages=max(1, -(-found.count // PAGE)),
        search=search,
        as_at=moment,
        choices={
            "stage": {code: stage.title for code, stage in STAGES.items()},
            "owner": dict(list_model_owners(session())),
            "agency": {code: agency.name for code, agency in sorted(catalogue.agencies.items())},
            "kind": KINDS,
            "gateway": {str(number): entry.title for number, entry in sorted(catalogue.gateways.items())},
            "review": REVIEWS,
            "held": HELD,
            "sort": SORTS,
        },
    )


@views.get("/models.csv")
@door(Permission.SEE_REGISTER)
def list_as_csv() -> Any:
    """The whole filtered list for a spreadsheet."""
    answer = Response(as_csv(_find(_search(), asked_moment(), count=None).lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=models.csv"
    return answer


@views.get("/models.json")
@door(Permission.SEE_REGISTER)
def list_as_json() -> Any:
    """The whole filtered list for a program."""
    return jsonify({"models": [as_plain(line) for line in _find(_search(), asked_moment(), count=None).lines]})


@views.get("/models/<slug>/versions/<int:number>")
@door(Permission.SEE_REGISTER)
def show_version(slug: str, number: int) -> Any:
    """Everything declared about one version, readable; its uses and its law as at a day."""
    moment = asked_moment()
    version = _version_then(slug, number, moment)
    declared, catalogue = version.declaration, read_catalogue(session(), moment)
    stages = list_stages(session(), version.uses, moment)
    uses = newest_then(version.uses, stages)
    return render_template(
        "registry/models/version.html",
        version=version,
        model=version.model,
        declared=declared,
        kind=KINDS.get(version.kind, version.kind),
        uses=[(use, USE_LIFE.stages[stages[use.id]]) for use in uses],
        extents={use.id: _extent_of(use.approvals, moment) for use in uses if stages[use.id] == "approved"},
        others=[one.number for one in version.model.versions if one.number != version.number],
        lineage=Lineage(
            features=tuple(version.features),
            catalogue=catalogue,
            day=shown_day(moment),
            users=frozenset(use.agency_code for use in uses),
            makers=makers_of(list_feeds(session(), moment)),
        ),
        watch_rules=rules_in_words(declared["watch"]) if declared.get("watch") else [],
        evaluation=find_evaluation(session(), version.id),
        agencies={code: agency.name for code, agency in catalogue.agencies.items()},
        names=names_of(session(), [version.registered_by_id]),
        as_at=moment,
    )


@views.get("/models/<slug>/compare")
@door(Permission.SEE_REGISTER)
def compare(slug: str) -> Any:
    """Two versions field by field: `?from=1&to=2`; without them the two newest."""
    model = get_model(session(), slug)
    numbers = sorted(version.number for version in model.versions)
    if len(numbers) < 2:
        raise NotFound(f"{model.name} has no two versions to compare.")
    before, after = (get_version(session(), slug, number) for number in _asked_pair(numbers))
    differences = compare_versions(before.declaration, after.declaration)
    return render_template(
        "registry/models/compare.html",
        title=model.name,
        back={"text": model.name, "href": url_for("model.show", slug=slug)},
        names=[f"Version {before.number}", f"Version {after.number}"],
        differences=differences,
        sentence=summarise(differences),
        widenings=_version_widenings(before, after),
        numbers=numbers,
        pair=[before.number, after.number],
    )


@views.get("/models/<slug>/versions/<int:number>/uses/<code>")
@door(Permission.SEE_REGISTER)
def show_use(slug: str, number: int, code: str) -> Any:
    """One use: what a score may influence, who decides, whom it is about; `?edition=1` (R06, R23, R33)."""
    moment = asked_moment()
    version = _version_then(slug, number, moment)
    stages = list_stages(session(), [use for use in version.uses if use.code == code], moment)
    asked = request.args.get("edition", type=int)
    there = [use for use in version.uses if use.id in stages]
    newest = max((use.edition for use in there), default=None)
    use = edition_of(version, code, asked or newest)
    if use.id not in stages:
        raise NotFound("This edition of the use was not there yet on that day.")
    return _use_page(use, there, stages, moment)


@views.get("/models/<slug>/versions/<int:number>/uses/<code>/compare")
@door(Permission.SEE_REGISTER)
def compare_editions(slug: str, number: int, code: str) -> Any:
    """Two editions of a use field by field: `?from=1&to=2`; without them the two newest (R24)."""
    version = get_version(session(), slug, number)
    newest = edition_of(version, code)
    editions = list(range(1, newest.edition + 1))
    if len(editions) < 2:
        raise NotFound("This use has one edition: there is nothing to compare.")
    before, after = (edition_of(version, code, one) for one in _asked_pair(editions))
    differences = compare_uses(said_by(before), said_by(after))
    return render_template(
        "registry/models/compare.html",
        title=newest.title,
        back={"text": newest.purpose, "href": url_for("models.show_use", slug=slug, number=number, code=code)},
        names=[f"Edition {before.edition}", f"Edition {after.edition}"],
        differences=differences,
        sentence=summarise(differences),
        widenings=find_widenings(said_by(before), said_by(after)),
        numbers=editions,
        pair=[before.edition, after.edition],
    )


@views.get("/models/<slug>/versions/<int:number>/uses/<code>/change")
@door(Permission.REGISTER_MODEL)
def change_use(slug: str, number: int, code: str) -> Any:
    """What the use says now, to be changed by its owner or deputy."""
    use = get_edition(session(), slug, number, code)
    check_changeable(use, actor())
    return _form_page(use, EditionForm(data=use_data(said_by(use))))


@views.post("/models/<slug>/versions/<int:number>/uses/<code>/change")
@door(Permission.REGISTER_MODEL)
def enter_change(slug: str, number: int, code: str) -> Any:
    """First show what would be wider and what stops; confirmed, enter the edition (R24)."""
    use, step = get_edition(session(), slug, number, code), request.form.get("step", "")
    check_changeable(use, actor())
    form, at = EditionForm(), house().clock.now()
    if step == "change":
        return _form_page(use, form)
    try:
        part = form.read(use)
        check_edition(session(), actor(), use, part, form.reason.data or "", at)
    except Invalid as problem:
        add_problems(form, problem)
        return _form_page(use, form), 422
    if step != "confirm" or request.form.get("seen") != str(use.id):
        return _check_page(use, part.model_dump(mode="json", by_alias=True))
    enter_edition(session(), actor(), use, part, reason=form.reason.data or "", at=at)
    flash("The use was changed. The new edition gives no scores until the ethics committee approves it.", "success")
    return redirect(url_for("models.show_use", slug=slug, number=number, code=code), 303)


@views.route("/models/<slug>/versions/<int:number>/uses/<code>/step-back", methods=["GET", "POST"])
@door(Permission.SUSPEND)
def step_back_use(slug: str, number: int, code: str) -> Any:
    """Let an approved use go less far from now on, with a reason: to its last pilot, or into the shadow (R08)."""
    use = get_edition(session(), slug, number, code)
    check_may_stop(use, actor())
    standing, pilot = find_approval(session(), use), find_last_pilot(session(), use)
    lower = list_lower(standing.stage if standing and use.stage == "approved" else None, pilot)
    form = StepBackForm().offer(lower)
    if form.validate_on_submit():
        to, reason = PermissionStage(form.to.data), form.reason.data or ""
        step_back(session(), actor(), use, to, reason, house().clock.now())
        flash("It goes less far from now on.", "success")
        return redirect(url_for("models.show_use", slug=slug, number=number, code=code), 303)
    page = render_template("registry/models/step_back.html", use=use, standing=standing, pilot=pilot, form=form)
    return page, 422 if form.errors else 200


def _search() -> Search:
    return Search(**{name: request.args.get(name, "").strip()[:200] for name in Search.__dataclass_fields__})


def _find(search: Search, moment: datetime | None, *, start: int = 0, count: int | None = PAGE) -> Found:
    catalogue, today = read_catalogue(session(), moment), shown_day(moment)
    return find_models(session(), catalogue, search, today=today, moment=moment, start=start, count=count)


def _version_then(slug: str, number: int, moment: datetime | None) -> ModelVersion:
    version = get_version(session(), slug, number)
    if moment is not None and version.registered_at > moment:
        raise NotFound(f"{version.title} was not registered yet on that day.")
    return version


def _asked_pair(numbers: list[int]) -> tuple[int, int]:
    return request.args.get("from", numbers[-2], type=int), request.args.get("to", numbers[-1], type=int)


def _version_widenings(before: ModelVersion, after: ModelVersion) -> list[Any]:
    """Where the uses of the newer declaration are wider than those of the same code in the older one."""
    earlier = {use["code"]: use | {"inputs": _inputs(before)} for use in before.declaration["uses"]}
    return [
        widening
        for use in after.declaration["uses"]
        if use["code"] in earlier
        for widening in find_widenings(earlier[use["code"]], use | {"inputs": _inputs(after)})
    ]


def _inputs(version: ModelVersion) -> list[str]:
    return [feature.name for feature in version.features]


def _use_page(use: Use, editions: list[Use], stages: dict[int, str], moment: datetime | None) -> Any:
    changes = [change for change in list_changes(session(), USE_LIFE.thing, [use.id]) if _by_then(change.at, moment)]
    approvals = [approval for approval in use.approvals if _by_then(approval.granted_at, moment)]
    people = {change.by_id for change in changes} | {approval.granted_by_id for approval in approvals}
    said, catalogue = said_by(use), read_catalogue(session(), moment)
    decision = DECISIONS.get(said.get("decision_kind", ""))
    mine = [one for one in editions if one.code == use.code]
    return render_template(
        "registry/models/use.html",
        use=use,
        model=use.version.model,
        said=said,
        stage=USE_LIFE.stages[stages[use.id]],
        stages=USE_LIFE.stages,
        decision=decision,
        ages=ages_in_words(said["ages"]) if said.get("ages") else "",
        catalogue=catalogue,
        fallen=find_fallen(session(), use, shown_day(None)) if use.stage == "approved" and moment is None else [],
        agency=catalogue.agencies.get(use.agency_code),
        changes=changes,
        approvals=approvals,
        editions=sorted(mine, key=lambda one: one.edition, reverse=True),
        edition_stages={one.id: USE_LIFE.stages[stages[one.id]] for one in mine},
        names=names_of(session(), [one for one in people if one is not None]),
        far=_extent_of(approvals, moment) if stages[use.id] == "approved" else "",
        may_step_back=moment is None and ask(check_may_stop, use, actor()) is None,
        own=owns(use.version.model, actor()) and moment is None and use.edition == max(one.edition for one in mine),
        excluded_kinds=[kind for kind in DECISIONS.values() if kind.excluded],
        stored_day=day_in_words,
        as_at=moment,
        day=shown_day(moment),
    )


def _extent_of(approvals: list[Approval], moment: datetime | None) -> str:
    """How far the approval that stood at a moment goes, in a line; empty without one."""
    granted = (one for one in approvals if _by_then(one.granted_at, moment))
    standing = (one for one in granted if one.ended_at is None or not _by_then(one.ended_at, moment))
    return next((one.extent for one in standing), "")


def _by_then(at: datetime, moment: datetime | None) -> bool:
    return moment is None or at <= moment


def _form_page(use: Use, form: EditionForm) -> Any:
    agencies = sorted(read_catalogue(session()).agencies.values(), key=lambda agency: agency.name)
    return render_template("registry/models/change.html", use=use, form=form.offer(agencies))


def _check_page(use: Use, said: dict[str, Any]) -> Any:
    sent = MultiDict((name, value) for name, value in request.form.items(multi=True) if name not in UNSENT)
    return render_template(
        "registry/models/check.html",
        use=use,
        widenings=find_widenings(said_by(use), said),
        differences=compare_uses(said_by(use), said),
        sent=list(sent.items(multi=True)),
        reason=request.form.get("reason", ""),
    )


UNSENT = ("csrf_token", "step", "seen", "submit")
"""What the check page sends for itself."""
