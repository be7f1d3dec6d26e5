"""Pages of impact assessments."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for

from assessments.impact.forms import AdviceForm, ImpactForm
from assessments.impact.queries import find_current, get_impact, latest_end, list_impacts
from assessments.impact.rules import check_may_advise, find_faults
from assessments.impact.service import enter_impact, record_advice
from assessments.impact.values import ADVISED, ANSWERS, KINDS, NEEDED, Advice
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid, NotFound, TooLarge
from foundation.files.service import get_content
from foundation.files.tables import StoredFile
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from registry.models.queries import get_use
from registry.models.rules import check_owns
from registry.models.tables import RiskModel
from registry.models.values import Regime

views = Blueprint("impact", __name__)


@views.get("/assessments/uses/<int:use_id>/impact")
@door(Permission.SEE_ASSESSMENTS)
def show(use_id: int) -> Any:
    """Which impact assessments carry a use, until when, and what is missing."""
    use = get_use(session(), use_id)
    model, regime = use.version.model, Regime(use.regime)
    impacts = list_impacts(session(), model.id)
    return render_template(
        "assessments/impact/show.html",
        use=use,
        needed=NEEDED[regime],
        kinds=KINDS,
        answers=ANSWERS,
        advised=ADVISED,
        current=find_current(session(), use.version),
        faults=find_faults(regime, find_current(session(), use.version), london_date(house().clock.now())),
        until=latest_end(session(), use),
        impacts=impacts,
        names=names_of(session(), [one.by_id for impact in impacts for one in impact.advice]),
        may_enter=actor().may(Permission.SUBMIT_ASSESSMENT) and ask(check_owns, use, actor()) is None,
        may_advise=lambda impact: ask(check_may_advise, actor(), impact, model) is None,
    )


@views.route("/assessments/uses/<int:use_id>/impact/enter", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def add(use_id: int) -> Any:
    """Enter one version of an impact assessment."""
    use = get_use(session(), use_id)
    check_owns(use, actor())
    form = ImpactForm().offer(use.version.model)
    if form.validate_on_submit():
        try:
            mib, now = house().settings.upload_mib, house().clock.now()
            enter_impact(session(), actor(), use, form.document(), quoted=form.quoted(), upload_mib=mib, at=now)
            flash("The impact assessment is entered.", "success")
            return redirect(url_for("impact.show", use_id=use.id))
        except TooLarge as problem:
            form.file.errors = [*form.file.errors, problem.sentence]
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template("assessments/impact/enter.html", use=use, form=form)
    return page, 422 if form.errors else 200


@views.route("/assessments/impact/<int:impact_id>/advice", methods=["GET", "POST"])
@door(Permission.VERIFY_LAW)
def advise(impact_id: int) -> Any:
    """The data protection officer records what they advised."""
    impact, form = get_impact(session(), impact_id), AdviceForm()
    model = session().get_one(RiskModel, impact.model_id)
    check_may_advise(actor(), impact, model)
    if form.validate_on_submit():
        advice = Advice(form.advice.data or "", form.answer.data, form.reasons.data or "")
        try:
            record_advice(session(), actor(), impact, model, advice, house().clock.now())
            flash("Your advice is recorded.", "success")
            return redirect(url_for("impact.show", use_id=model.current_uses[0].id))
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template("assessments/impact/advise.html", impact=impact, model=model, form=form, kinds=KINDS)
    return page, 422 if form.errors else 200


@views.get("/assessments/impact/<int:impact_id>/file")
@door(Permission.SEE_ASSESSMENTS)
def download(impact_id: int) -> Any:
    """The document itself, always as a download and never shown inside the site."""
    impact = get_impact(session(), impact_id)
    stored = session().get(StoredFile, impact.file_sha256) if impact.file_sha256 else None
    if stored is None:
        raise NotFound("This impact assessment was entered with a link and has no file.")
    content = BytesIO(get_content(session(), stored.sha256))
    return send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=impact.file_name)
