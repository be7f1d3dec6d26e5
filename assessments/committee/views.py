"""Pages of the committee: the agenda, an item with its papers, suspending a use, and conditions."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm

from assessments.committee.forms import (
    CONDITIONS,
    ConditionForm,
    DecisionForm,
    InterestForm,
    ReasonForm,
    make_advice_form,
    make_decision_form,
    make_vote_form,
)
from assessments.committee.papers import Papers, gather
from assessments.committee.queries import get_item, get_sitting, list_decided, list_open_items
from assessments.committee.rules import check_may_declare, check_may_vote, leading_outcomes
from assessments.committee.service import close_vote, declare, put_again, vote
from assessments.committee.tables import AgendaItem
from assessments.committee.values import AGENDA_LIFE, KIND_TITLES, VOTED, Choice, ItemKind, Sitting
from assessments.decisions.queries import find_decision, get_condition
from assessments.decisions.referrals import ask_for_review, suspend_and_refer
from assessments.decisions.rules import (
    check_may_answer_condition,
    check_may_determine,
    check_may_meet_condition,
    check_may_record,
)
from assessments.decisions.service import (
    answer_condition,
    decide_on_advice,
    meet_condition,
    record_advice,
    record_decision,
)
from assessments.decisions.values import OUTCOMES, STANDING_KINDS, SUSPENDED_BY
from assessments.decisions.wording import advice_sentence, decision_sentence, tally_sentence
from assessments.questionnaire import pages
from assessments.questionnaire.values import LETTERS
from assessments.validation.pages import papers as find_evidence
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out, read_day
from registry.explanations import wording as explained
from registry.models.queries import get_use
from registry.models.tables import Use
from registry.safeguards.queries import find_newest

views = Blueprint("committee", __name__)


@views.get("/committee")
@door(Permission.SEE_COMMITTEE)
def agenda() -> Any:
    """What the committee has to decide, and what it decided."""
    decided = [(item, find_decision(session(), item.id)) for item in list_decided(session())]
    return render_template(
        "assessments/committee/agenda.html",
        waiting=list_open_items(session()),
        decided=[(item, OUTCOMES[one.outcome], decision_sentence(one), one) for item, one in decided if one],
        life=AGENDA_LIFE,
        kinds=KIND_TITLES,
        quorum=house().settings.quorum,
        independents=house().settings.independents,
        advises=house().settings.committee_advises,
    )


@views.get("/committee/items/<int:item_id>")
@door(Permission.SEE_COMMITTEE)
def show_item(item_id: int) -> Any:
    """One item: what is asked, the papers, and what the reader can do."""
    return _show(get_item(session(), item_id))


def _show(item: AgendaItem, form: FlaskForm | None = None) -> Any:
    settings = house().settings
    papers = gather(
        session(), actor(), item, quorum=settings.quorum, independents=settings.independents, today=_today()
    )
    form = form or _next_form(item, papers)
    page = render_template(
        "assessments/committee/item.html",
        item=item,
        use=item.use,
        papers=papers,
        evidence=find_evidence(session(), item.use),
        explained=explained,
        asked=find_newest(session(), item.use_id),
        tiles=_tiles(papers),
        form=form,
        form_name=type(form).__name__ if form else None,
        kind=KIND_TITLES[ItemKind(item.kind)],
        stage=AGENDA_LIFE.stages[item.stage],
        outcomes=OUTCOMES,
        condition_numbers=CONDITIONS,
        words={code: word for code, word, _ in LETTERS},
        sentence=decision_sentence,
        advice_sentence=advice_sentence,
        owners=names_of(session(), [one.owner_id for one in papers.decision.conditions] if papers.decision else []),
        today=_today(),
        advises=settings.committee_advises,
        voted=VOTED,
        suspended_by=SUSPENDED_BY,
        standing_kinds=STANDING_KINDS,
        tally_text=tally_sentence(papers.tally) if papers.tally else None,
    )
    return page, 422 if form is not None and form.errors else 200


def _next_form(item: AgendaItem, papers: Papers) -> FlaskForm | None:
    """The one thing the reader can do next about an item, as a form, or none."""
    if papers.reader.declare is None:
        return InterestForm()
    if papers.reader.vote is None:
        return make_vote_form(papers.choices, papers.matter, papers.permission or "")
    if papers.reader.record is None:
        form = make_decision_form(papers.leading, papers.matter, papers.permission or "", item.use)
        form.outcome.data = papers.leading[0] if len(papers.leading) == 1 else None
        return form
    if papers.reader.determine is None and papers.advice is not None:
        advised = make_advice_form(papers.choices, papers.matter, papers.permission or "", item.use)
        advised.outcome.data = papers.advice.outcome
        return advised
    return None


def _sitting(item: AgendaItem) -> Sitting:
    return get_sitting(session(), item, _today())


def _asked(item: AgendaItem) -> str:
    return item.assessment.permission if item.assessment else ""


def _tiles(papers: Papers) -> list[dict[str, Any]]:
    now, sources = house().clock.now(), house().letters
    return pages.make_tiles(session(), papers.answers, now, sources) if papers.answers else []


def _today() -> date:
    return london_date(house().clock.now())


def _back(item: AgendaItem, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for("committee.show_item", item_id=item.id))


@views.post("/committee/items/<int:item_id>/interest")
@door(Permission.VOTE)
def declare_interest(item_id: int) -> Any:
    """Declare an interest in an item, or none."""
    item, form = get_item(session(), item_id), InterestForm()
    check_may_declare(_sitting(item), actor())
    text, now = form.text.data or "", house().clock.now()
    if carried_out(form, lambda: declare(session(), actor(), item, form.declared.data, text, now)):
        return _back(item, "Your declaration is recorded.")
    return _show(item, form)


@views.post("/committee/items/<int:item_id>/vote")
@door(Permission.VOTE)
def cast_vote(item_id: int) -> Any:
    """Vote on an item."""
    item = get_item(session(), item_id)
    sitting = _sitting(item)
    check_may_vote(sitting, actor())
    form = make_vote_form(sitting.choices, sitting.matter, _asked(item))
    text, now = form.reason.data or "", house().clock.now()
    if carried_out(form, lambda: vote(session(), actor(), item, form.choice.data, text, now)):
        return _back(item, "Your vote is recorded. Nobody sees it before the chair closes the vote.")
    return _show(item, form)


@views.post("/committee/items/<int:item_id>/close")
@door(Permission.CHAIR)
def close(item_id: int) -> Any:
    """Close the vote."""
    item, settings, now = get_item(session(), item_id), house().settings, house().clock.now()
    close_vote(session(), actor(), item, quorum=settings.quorum, independents=settings.independents, at=now)
    return _back(item, "The vote is closed. Everybody can see the result now.")


@views.post("/committee/items/<int:item_id>/decide")
@door(Permission.CHAIR)
def decide(item_id: int) -> Any:
    """Record what the committee says: its decision, or its advice where an accountable officer decides."""
    item = get_item(session(), item_id)
    sitting = _sitting(item)
    check_may_record(sitting, actor())
    leading = [Choice(code) for code in leading_outcomes(sitting.tally)]
    form = make_decision_form(leading, sitting.matter, _asked(item), item.use)
    advises = house().settings.committee_advises
    command = record_advice if advises else record_decision
    if carried_out(form, lambda: command(session(), actor(), item, **_said(form))):
        if advises:
            return _back(item, "The advice is recorded. An accountable officer decides on it.")
        return _back(item, "The decision is recorded, and the model's use is where the decision puts it.")
    return _show(item, form)


@views.post("/committee/items/<int:item_id>/determine")
@door(Permission.DECIDE)
def determine(item_id: int) -> Any:
    """An accountable officer decides on the committee's advice."""
    item = get_item(session(), item_id)
    sitting = _sitting(item)
    check_may_determine(sitting, actor())
    form = make_advice_form(sitting.choices, sitting.matter, _asked(item), item.use)
    published = form.published_reasons.data or ""
    if carried_out(
        form,
        lambda: decide_on_advice(session(), actor(), item, published_reasons=published, **_said(form)),
    ):
        return _back(item, "Your decision is recorded, and the model's use is where it puts it.")
    return _show(item, form)


def _said(form: DecisionForm) -> dict[str, Any]:
    return {
        "outcome": form.outcome.data,
        "reasons": form.reasons.data or "",
        "review_on": read_day(form.review_on.data) if form.review_on.data else None,
        "conditions": form.conditions(),
        "at": house().clock.now(),
        "approval_months": house().settings.approval_months,
    }


@views.post("/committee/items/<int:item_id>/again")
@door(Permission.CHAIR)
def put_item_again(item_id: int) -> Any:
    """Put what is there now before the committee, in place of an item whose matter has changed."""
    item = put_again(session(), actor(), get_item(session(), item_id), house().clock.now())
    return _back(item, "It is before the committee again as it is now. The votes of before stay in the record.")


@views.route("/committee/uses/<int:use_id>/suspend", methods=["GET", "POST"])
@door(Permission.SUSPEND)
def suspend_use(use_id: int) -> Any:
    """Stop a use at once, with a reason."""
    return _refer(get_use(session(), use_id), suspend_and_refer, "suspend", "It is suspended and gives no more scores.")


@views.route("/committee/uses/<int:use_id>/review", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def ask_review(use_id: int) -> Any:
    """Ask the committee to review a use, for example because its approval ends."""
    return _refer(get_use(session(), use_id), ask_for_review, "review", "Your request is on the committee's agenda.")


def _refer(use: Use, command: Callable[..., AgendaItem], name: str, said: str) -> Any:
    form, now = ReasonForm(), house().clock.now()
    if carried_out(form, lambda: command(session(), actor(), use, form.reason.data or "", now)):
        flash(said, "success")
        return redirect(url_for("model.show", slug=use.version.model.slug))
    page = render_template(f"assessments/committee/{name}.html", use=use, form=form)
    return page, 422 if form.errors else 200


@views.get("/committee/conditions/<int:condition_id>")
@door(Permission.SEE_ASSESSMENTS)
def show_condition(condition_id: int) -> Any:
    """A condition: what it asks, how it was met, and who says so."""
    return _show_condition(condition_id, ConditionForm())


def _show_condition(condition_id: int, form: ConditionForm) -> Any:
    condition, decision = get_condition(session(), condition_id)
    use, sitting = decision.item.use, _sitting(decision.item)
    owner_id = condition.owner_id or use.version.model.owner_id
    page = render_template(
        "assessments/committee/condition.html",
        condition=condition,
        decision=decision,
        use=use,
        form=form,
        word=next(word for code, word, _ in LETTERS if code == condition.duty),
        owner=names_of(session(), [owner_id])[owner_id],
        today=_today(),
        met_by=names_of(session(), [condition.met_by_id])[condition.met_by_id] if condition.met_by_id else None,
        may_answer=ask(check_may_answer_condition, condition, use, actor()) is None,
        may_meet=ask(check_may_meet_condition, condition, sitting, actor()) is None,
    )
    return page, 422 if form.errors else 200


@views.post("/committee/conditions/<int:condition_id>/answer")
@door(Permission.SUBMIT_ASSESSMENT)
def show_how_met(condition_id: int) -> Any:
    """The owner shows how a condition was met."""
    form, now = ConditionForm(), house().clock.now()
    condition, decision = get_condition(session(), condition_id)
    if carried_out(
        form, lambda: answer_condition(session(), actor(), condition, decision, form.evidence.data or "", now)
    ):
        flash("The chair is asked to check it.", "success")
        return redirect(url_for("committee.show_condition", condition_id=condition.id))
    return _show_condition(condition_id, form)


@views.post("/committee/conditions/<int:condition_id>/met")
@door(Permission.CHAIR)
def say_met(condition_id: int) -> Any:
    """The chair says that a condition is met."""
    condition, decision = get_condition(session(), condition_id)
    meet_condition(session(), actor(), condition, decision, house().clock.now())
    flash("The condition is met.", "success")
    return redirect(url_for("committee.show_condition", condition_id=condition.id))
