"""Asking for a score, the page of a score, and the page of a refusal."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, url_for

from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.web.doors import actor, door, house, session
from model_runtime.challenges.queries import find_marks
from model_runtime.challenges.rules import check_may_leave
from model_runtime.gate.queries import list_offered
from model_runtime.gate.values import title_of
from model_runtime.judgements.first import first_page
from model_runtime.judgements.forms import JudgementForm
from model_runtime.judgements.queries import find_judgement
from model_runtime.judgements.values import VIEW_TITLES, View
from model_runtime.people.forms import AskForm
from model_runtime.people.queries import get_own_person
from model_runtime.people.views import person_page
from model_runtime.scores.audience import BAND_ALONE, SENTENCE, WHAT_NEXT, InFirstView
from model_runtime.scores.files import csv_bytes, json_bytes, panel_of
from model_runtime.scores.parts import Reason
from model_runtime.scores.proofs import find_record, make_proof, proof_bytes
from model_runtime.scores.queries import (
    approval_of,
    get_recorded,
    get_refusal,
    get_score,
    list_recent_refusals,
)
from model_runtime.scores.reading import look_at, open_score
from model_runtime.scores.reasons import shown_first
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Refusal, Score
from model_runtime.scores.values import AdvisoryScore
from registry.safeguards.values import Shows

views = Blueprint("scores", __name__)


@views.post("/people/<reference>/score")
@door(Permission.ASK_SCORE, own_session=True)
def ask(reference: str) -> Any:
    """Ask for an advisory score for a stated purpose; the answer is a score or a recorded refusal."""
    with house().database.read() as opened:
        form = AskForm().offer(list_offered(opened, actor().agency))
        if not form.validate_on_submit():
            return person_page(opened, get_own_person(opened, actor(), reference), form)
    return _redirect_to(_answer(form, reference))


def _answer(form: AskForm, reference: str) -> Score | Refusal:
    use_id, purpose = form.stated
    return request_score(
        house().database,
        house().clock,
        house().engine,
        actor(),
        person_reference=reference,
        purpose=purpose,
        use_id=use_id,
        request_key=form.request_key.data or "",
    )


def _redirect_to(answer: Score | Refusal) -> Any:
    if answer.person is None or answer.person.agency_code != actor().agency:
        # the same answer whether the person is another agency's or nobody's
        raise NotFound(NOT_YOURS)
    page = "scores.show" if isinstance(answer, Score) else "scores.show_refusal"
    return redirect(url_for(page, reference=answer.reference), 303)


@views.get("/scores/<reference>")
@door(Permission.SEE_PEOPLE, writes=True)
def show(reference: str) -> Any:
    """An advisory score; that it is looked at is recorded before it is shown. One in the shadow is not shown (R08).

    Where the committee asks it, the reader's own view comes first, on a page that holds nothing of the score (R39).
    """
    recorded = get_recorded(session(), actor(), reference)
    if recorded.shadow:
        return shadow_page(recorded)
    score = get_score(session(), actor(), reference)
    try:
        return score_page(score, JudgementForm())
    except InFirstView:  # nothing was looked at: the reader says first what they think themselves (R39)
        return first_page(score)


@views.get("/scores/<reference>.json")
@door(Permission.SEE_PEOPLE, writes=True)
def download_json(reference: str) -> Any:
    """The whole advisory score as JSON; taking it is looking at it."""
    return _file(reference, json_bytes, "application/json", "json")


@views.get("/scores/<reference>.csv")
@door(Permission.SEE_PEOPLE, writes=True)
def download_csv(reference: str) -> Any:
    """The whole advisory score as a row of CSV; taking it is looking at it."""
    return _file(reference, csv_bytes, "text/csv; charset=utf-8", "csv")


@views.get("/scores/<reference>/proof.json")
@door(Permission.SEE_PEOPLE, writes=True)
def download_proof(reference: str) -> Any:
    """The proof of a score, to be checked away from the service; it holds the score, so taking it is looking at it."""
    seen = open_score(session(), actor(), reference, house().clock.now())
    _check_may_leave(seen.score)
    content = proof_bytes(make_proof(session(), seen.score, seen.shows))
    return _as_file(content, "application/json", f"{seen.score.reference}-proof.json")


@views.get("/refusals/<reference>")
@door(Permission.SEE_PEOPLE)
def show_refusal(reference: str) -> Any:
    """Why there is no score: which gate is closed, since when, who can open it, and what to do meanwhile."""
    refusal = get_refusal(session(), actor(), reference)
    return render_template("model_runtime/scores/refusal.html", refusal=refusal, gate=title_of(refusal.code))


@views.get("/refusals")
@door(Permission.SEE_REFUSALS)
def list_refusals() -> Any:
    """What was asked and not given, for those who watch over lawful use; nobody who was asked about is named."""
    refusals = [(refusal, title_of(refusal.code)) for refusal in list_recent_refusals(session())]
    return render_template("model_runtime/scores/refusals.html", refusals=refusals)


def shadow_page(score: Score) -> Any:
    """Say that a score was recorded and is shown to nobody, as carefully as a refusal; nothing is viewed."""
    return render_template(
        "model_runtime/scores/shadow.html",
        score=score,
        granted=approval_of(score),
        sentence=SENTENCE,
        what_next=WHAT_NEXT,
    )


def score_page(score: Score, form: JudgementForm) -> Any:
    """Record that the score is looked at and render it, with the judgement's form or the judgement."""
    seen = look_at(session(), actor(), score, house().clock.now())
    advisory = seen.advisory
    marks = find_marks(session(), [score.id]).get(score.id, [])  # after the viewing: an outcome sees one or the other
    judgement = find_judgement(session(), score.id, actor().account_id)
    page = render_template(
        "model_runtime/scores/show.html",
        score=score,
        advisory=advisory,
        panel=panel_of(advisory),
        band_alone="" if seen.shows == "reasons" else BAND_ALONE,
        raising=bars_of(advisory.raising),
        lowering=bars_of(advisory.lowering),
        checked=list(dict.fromkeys((*advisory.operating, *advisory.wrong_before))),
        found=find_record(session(), score),
        marks=marks,
        judgement=judgement,
        view_title=VIEW_TITLES[View(judgement.view)] if judgement else "",
        form=form,
        what_if=seen.safeguards.what_if and seen.shows == "reasons",
        concerns="concerns.raise_one" in current_app.view_functions,
    )
    return page, 422 if form.errors else 200


ABOUT_OTHERS = {"relative": "About a relative", "linked": "About somebody linked"}


def bars_of(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """The reasons shown at once, as templates/parts/reasons.html takes them."""
    return [
        {
            "sentence": one.sentence,
            "source_text": one.source_text,
            "size": one.share,
            "notes": [note for note in (ABOUT_OTHERS.get(one.about), _protected(one)) if note],
        }
        for one in shown_first(reasons)
    ]


def _protected(reason: Reason) -> str | None:
    return f"Protected characteristic, or stands for one: {reason.protected}" if reason.protected else None


def _file(
    reference: str, write: Callable[[list[AdvisoryScore], Shows], bytes], media_type: str, ending: str
) -> Response:
    seen = open_score(session(), actor(), reference, house().clock.now())
    _check_may_leave(seen.score)
    return _as_file(write([seen.advisory], seen.shows), media_type, f"{seen.score.reference}.{ending}")


def _check_may_leave(score: Score) -> None:
    check_may_leave(find_marks(session(), [score.id]).get(score.id, []))


def _as_file(content: bytes, media_type: str, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=media_type, headers=named)


NOT_YOURS = "There is no person with this reference among those your agency works with."
