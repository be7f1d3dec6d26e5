"""Challenges as pages: those who handle and review them, figures, a practitioner's challenge, and notices (R22)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.lifecycle.queries import list_changes
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from foundation.web.texts import moment_text
from model_runtime.challenges import service
from model_runtime.challenges.figures import challenge_figures
from model_runtime.challenges.forms import LinkForm, OutcomeForm, ReviewerForm, ScoreForm, WithdrawForm
from model_runtime.challenges.queries import (
    find_contact,
    find_marks,
    find_outcome,
    get_challenge,
    get_notice,
    list_challenges,
    list_linked,
    list_notices,
    list_reviewers,
    list_seen_by,
)
from model_runtime.challenges.rules import is_overdue
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import CHALLENGE_LIFE, KINDS, OUTCOMES, WRITER_TITLES, Kind, Writer
from model_runtime.scores.files import panel_of
from model_runtime.scores.queries import get_score, read_advisory
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Score
from model_runtime.scores.views import bars_of

views = Blueprint("challenges", __name__)

STEPS = {
    "acknowledge": "It was acknowledged",
    "name_reviewer": "A reviewer was named",
    "uphold": "It was upheld",
    "uphold_partly": "It was partly upheld",
    "not_uphold": "It was not upheld",
    "withdraw": "It was withdrawn",
}


@views.get("/challenges")
@door(Permission.HANDLE_CHALLENGES)
def list_all() -> Any:
    """Every challenge, the open ones first, with its clock."""
    return render_template(
        "model_runtime/challenges/list.html",
        challenges=list_challenges(session()),
        life=CHALLENGE_LIFE,
        kinds=KINDS,
        today=london_date(house().clock.now()),
        is_overdue=is_overdue,
    )


@views.get("/challenges/figures")
@door(Permission.SEE_CHALLENGES)
def figures() -> Any:
    """How often each model was challenged, how quickly it was answered and how it ended; nobody is named."""
    return render_template("model_runtime/challenges/figures.html", figures=challenge_figures(session()))


@views.get("/challenges/<reference>")
@door(Permission.REVIEW_CHALLENGE)
def show(reference: str) -> Any:
    """One challenge, for who handles it and for its reviewer: who wrote, what is challenged, what is next."""
    return _page(get_challenge(session(), actor(), reference))


@views.post("/challenges/<reference>/acknowledge")
@door(Permission.HANDLE_CHALLENGES)
def acknowledge(reference: str) -> Any:
    """Record that whoever wrote was told that it arrived."""
    challenge = get_challenge(session(), actor(), reference)
    service.acknowledge(session(), actor(), challenge, house().clock.now())
    return _after(challenge, "It is acknowledged. Name an independent reviewer next.")


@views.post("/challenges/<reference>/scores")
@door(Permission.HANDLE_CHALLENGES)
def link(reference: str) -> Any:
    """Link the scores of a person that the challenge is about."""
    challenge, form = get_challenge(session(), actor(), reference), LinkForm()
    words = {"person_reference": form.person.data or "", "score_reference": form.score.data or ""}
    done = carried_out(
        form, lambda: service.link_scores(session(), actor(), challenge, **words, at=house().clock.now())
    )
    return _after(challenge, "The scores are linked.") if done else _page(challenge, link=form)


@views.post("/challenges/<reference>/scores/<score_reference>/remove")
@door(Permission.HANDLE_CHALLENGES)
def unlink(reference: str, score_reference: str) -> Any:
    """Take off a score that was linked by mistake."""
    challenge = get_challenge(session(), actor(), reference)
    service.unlink_score(session(), actor(), challenge, score_reference, house().clock.now())
    return _after(challenge, "The score is no longer linked.")


@views.post("/challenges/<reference>/reviewer")
@door(Permission.HANDLE_CHALLENGES)
def name_reviewer(reference: str) -> Any:
    """Name the independent reviewer."""
    challenge = get_challenge(session(), actor(), reference)
    form, now = _reviewer_form(challenge), house().clock.now()
    done = carried_out(form, lambda: service.name_reviewer(session(), actor(), challenge, form.reviewer.data, now))
    return _after(challenge, "The reviewer is named and sees it now.") if done else _page(challenge, reviewer=form)


@views.post("/challenges/<reference>/withdraw")
@door(Permission.HANDLE_CHALLENGES)
def withdraw(reference: str) -> Any:
    """Record that whoever challenged it withdrew it."""
    challenge, form = get_challenge(session(), actor(), reference), WithdrawForm()
    told, now = form.reason.data or "", house().clock.now()
    done = carried_out(form, lambda: service.withdraw(session(), actor(), challenge, told, now))
    return _after(challenge, "It is recorded as withdrawn.") if done else _page(challenge, withdraw=form)


@views.post("/challenges/<reference>/outcome")
@door(Permission.REVIEW_CHALLENGE)
def decide(reference: str) -> Any:
    """Record the reviewer's outcome."""
    challenge, form = get_challenge(session(), actor(), reference), OutcomeForm()
    done = carried_out(form, lambda: _decide(challenge, form))
    return _after(challenge, "The outcome is recorded.") if done else _page(challenge, outcome=form)


def _decide(challenge: Challenge, form: OutcomeForm) -> None:
    service.decide(
        session(),
        actor(),
        challenge,
        outcome=form.outcome.data or "",
        reasons=form.reasons.data or "",
        correction=form.correction.data or "",
        rescore=form.rescore.data == "yes",
        at=house().clock.now(),
    )


@views.get("/challenges/<reference>/scores/<score_reference>")
@door(Permission.REVIEW_CHALLENGE, writes=True)
def show_score(reference: str, score_reference: str) -> Any:
    """A challenged score as it was given, for who handles or reviews the challenge; looking is recorded."""
    challenge = get_challenge(session(), actor(), reference)
    score = next((one for one in list_linked(session(), challenge.id) if one.reference == score_reference), None)
    if score is None:
        raise NotFound("The challenge is not about a score with this reference.")
    advisory = read_advisory(score)
    record_viewing(session(), score, actor(), house().clock.now())
    return render_template(
        "model_runtime/challenges/score.html",
        challenge=challenge,
        advisory=advisory,
        panel=panel_of(advisory),
        raising=bars_of(advisory.raising),
        lowering=bars_of(advisory.lowering),
        marks=find_marks(session(), [score.id]).get(score.id, []),
    )


@views.route("/scores/<reference>/challenge", methods=["GET", "POST"])
@door(Permission.RAISE_CHALLENGE)
def challenge_score(reference: str) -> Any:
    """A practitioner challenges a score."""
    score, form = get_score(session(), actor(), reference), ScoreForm()
    if carried_out(form, lambda: _raise(score, form)):
        return redirect(url_for("scores.show", reference=reference), 303)
    marks = find_marks(session(), [score.id]).get(score.id, [])
    page = render_template("model_runtime/challenges/raise.html", form=form, score=score, marks=marks)
    return page, 422 if form.errors else 200


def _raise(score: Score, form: ScoreForm) -> None:
    kind, text, now = form.kind.data or "", form.text.data or "", house().clock.now()
    challenge = service.challenge_score(session(), actor(), score, kind=kind, text=text, at=now)
    flash(f"Your challenge {challenge.reference} was received. The data protection officer looks at it.", "success")


@views.get("/challenges/notices/<int:notice_id>")
@door(Permission.SEE_HOME, writes=True)
def read_notice(notice_id: int) -> Any:
    """What was wrong with a score that the reader saw; that it is read is recorded."""
    notice = get_notice(session(), actor(), notice_id)
    service.read_notice(session(), actor(), notice, house().clock.now())
    return render_template(
        "model_runtime/challenges/notice.html",
        notice=notice,
        outcome=find_outcome(session(), notice.challenge_id),
        scores=list_seen_by(session(), notice.challenge_id, notice.account_id),
        titles=OUTCOMES,
        agency=actor().agency,
    )


def _after(challenge: Challenge, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for("challenges.show", reference=challenge.reference), 303)


def _reviewer_form(challenge: Challenge) -> ReviewerForm:
    return ReviewerForm().offer(list_reviewers(session(), actor(), challenge))


def _page(challenge: Challenge, **sent: FlaskForm) -> Any:
    """The page of a challenge, with the form that was sent and could not be taken, if one was."""
    forms = {"link": LinkForm(), "withdraw": WithdrawForm(), "outcome": OutcomeForm()}
    forms |= {"reviewer": _reviewer_form(challenge), **sent}
    told = list_notices(session(), challenge.id)
    changes = list_changes(session(), CHALLENGE_LIFE.thing, [challenge.id])
    people = [challenge.reviewer_id, challenge.raised_by_id, *(one.account_id for one in told)]
    names = names_of(session(), [*people, *(change.by_id for change in changes)])
    page = render_template(
        "model_runtime/challenges/show.html",
        challenge=challenge,
        forms=forms,
        wrong=next(iter(sent.values()), None),
        stage=CHALLENGE_LIFE.stages[challenge.stage],
        overdue=is_overdue(challenge, london_date(house().clock.now())),
        kind=KINDS[Kind(challenge.kind)],
        writer=WRITER_TITLES[Writer(challenge.writer)],
        contact=find_contact(session(), challenge),
        scores=list_linked(session(), challenge.id),
        outcome=find_outcome(session(), challenge.id),
        told=told,
        names=names,
        handles=actor().may(Permission.HANDLE_CHALLENGES),
        reviews=actor().account_id == challenge.reviewer_id,
        events=[
            {
                "when_text": moment_text(change.at),
                "what": f"{STEPS[change.step]}, by {names[change.by_id]}",
                "detail": change.reason,
            }
            for change in reversed(changes)
        ],
    )
    return page, 422 if sent else 200
