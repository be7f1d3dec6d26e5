"""Home: what waits for me, and since when."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from algocare.home.queries import list_tasks
from foundation.accounts.values import ROLES, Permission, Role
from foundation.web.doors import PUBLIC, actor, door, house, session
from foundation.web.texts import since_text

views = Blueprint("home", __name__)

EMPTY = {
    Role.MODEL_OWNER: "When a model of yours needs answers, owes a condition or breaches a limit, it appears here.",
    Role.CONTRIBUTOR: "When a model owner starts an assessment in your agency, its open questions appear here.",
    Role.COMMITTEE_MEMBER: "When a model owner submits an assessment or a watch finds a breach, it appears here.",
    Role.CHAIR: "When a vote can be closed or a decision recorded, it appears here.",
    Role.COMMITTEE_SECRETARY: "When a meeting has to be called or minutes have to be written, it appears here.",
    Role.PRACTITIONER: "When you have asked for a score and not yet recorded your judgement, it appears here.",
    Role.AUDITOR: "When a compliance pack is ready or a model has changed since its last pack, it appears here.",
    Role.ACCOUNTABLE_OFFICER: "When you are named as the reviewer of a challenge, it appears here.",
    Role.DATA_PROTECTION_OFFICER: "When somebody challenges a score or a model, it appears here with its clock.",
    Role.LEGAL_ADVISER: "When law has to be checked again or a sign-off of yours lapses, it appears here.",
    Role.INFORMATION_GOVERNANCE: "When an agreement, law or data of the register is about to end, it appears here.",
    Role.ADMINISTRATOR: "When a job of the worker fails, it appears here.",
}
"""What will appear on an empty home page, and how it gets there."""

FIRST_STEPS = (
    ("keep_register", "register.overview", "See what the register holds, and change it"),
    ("keep_register", "imports.upload", "Hand in a file for the register"),
    ("verify_law", "gateways.list_all", "Check how the law is read"),
    ("register_model", "registration.choose", "Register a model"),
    ("see_people", "people.list_people", "Look somebody up"),
    ("ask_score", "training.mine", "See the training you need"),
    ("raise_concern", "concerns.mine", "See the concerns you raised"),
    ("see_concerns", "concerns.list_all", "See what concerns staff about scores"),
    ("see_committee", "committee.agenda", "See the committee's agenda"),
    ("see_packs", "packs.list_packs", "See compliance packs"),
    ("handle_challenges", "challenges.list_all", "See challenges to scores and models"),
    ("see_watches", "watches.list_watches", "See how models behave"),
    ("see_refusals", "scores.list_refusals", "See which scores were refused, and why"),
    ("manage_accounts", "accounts.list_all", "Look after accounts"),
    ("see_register", "models.list_models", "See every model"),
    ("see_assessments", "law.list_ahead", "See the law that somebody has to look at soon"),
)
"""What each permission's holder most often starts from."""


@views.get("/")
@door(PUBLIC)
def start() -> Any:
    """The site's address itself: home for who is signed in, otherwise the sign-in page."""
    return redirect(url_for("home.home"))


@views.get("/home")
@door(Permission.SEE_HOME)
def home() -> Any:
    """The task list of whoever is signed in."""
    who, now, settings = actor(), house().clock.now(), house().settings
    tasks = [
        {
            "text": task.text,
            "href": url_for(task.endpoint, **task.arguments),
            "hint": task.hint,
            "since_text": since_text(task.since, now),
            "tag_text": task.tag,
            "tag_tone": task.tone,
        }
        for task in list_tasks(session(), who, now, settings.quorum, settings.attestation_days, settings.independents)
    ]
    empty = next((text for role, text in EMPTY.items() if role in who.roles), "Nothing waits for you.")
    steps = [(url_for(target), text) for code, target, text in FIRST_STEPS if who.may(Permission(code))]
    cards = [ROLES[role] for role in Role if role in who.roles]
    return render_template("algocare/home/home.html", tasks=tasks, empty_text=empty, steps=steps, cards=cards)


@views.get("/health")
@door(PUBLIC)
def health() -> Any:
    """For whoever keeps the service running: answers only when the database does."""
    session().connection().exec_driver_sql("SELECT 1")
    return {"status": "good"}
