"""Who has to do what by when, in words, and the task lists that say so (R12)."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.tasks import Task
from foundation.web.texts import count_text, date_text
from monitoring.cases.queries import Progress, explain_by, list_open_cases, read_progress
from monitoring.cases.tables import Case
from monitoring.cases.values import StepKind
from monitoring.engine.values import Verdict
from monitoring.watches.values import VERDICTS
from registry.models.rules import owns

CHAIR = "The chair of the ethics committee"


def clock_text(due_on: date, today: date) -> str:
    """How long is left until the end of a day, or by how much it has passed."""
    left = (due_on - today).days
    if left < 0:
        return f"{count_text(-left, 'day')} overdue"
    return f"{count_text(left, 'day')} left" if left else "due today"


def next_text(case: Case, progress: Progress, today: date) -> str:
    """Who has to do what by when, in a sentence or two."""
    if case.stage == "closed":
        return "Nothing. The case is closed."
    if case.stage == "open":
        return _to_explain(case, explain_by(case), today)
    if case.stage == "explained":
        return f"{CHAIR} reads the explanation and says what follows, or closes the case."
    return _to_follow(case, progress, today)


def _to_explain(case: Case, until: date, today: date) -> str:
    who = f"{owners_of(case)} explains" if case.use is not None else "Whoever answers for a model says"
    what = "it" if case.use is not None else "where it comes from"
    said = f"{who} {what} by {date_text(until)}: {clock_text(until, today)}."
    if case.use is None:
        return f"{said} {CHAIR} closes the case when it is registered or no longer runs."
    return f"{said} {CHAIR} can say what follows without it now." if today > until else said


def _to_follow(case: Case, progress: Progress, today: date) -> str:
    chosen = progress.chosen
    if chosen is None:
        return f"{CHAIR} says what follows, or closes the case."
    if progress.run is not None:
        verdict = VERDICTS[Verdict(progress.run.verdict)].words
        return f"The watch ran again: {verdict}. {CHAIR} says what else follows, or closes the case."
    by = f"by {date_text(chosen.due_on)}: {clock_text(chosen.due_on, today)}" if chosen.due_on else "at its next vote"
    if chosen.step == StepKind.RETEST:
        return f"The watch runs again {by}. Its verdict will stand here."
    if chosen.step == StepKind.RETRAIN:
        return f"{owners_of(case)} puts a new version to the committee {by}."
    if progress.ended:
        return f"The committee has decided. {CHAIR} says what else follows, or closes the case."
    return f"The ethics committee decides on it {by}."


def is_late(case: Case, progress: Progress, today: date) -> bool:
    """Whether a day has passed by which somebody had to do something about a case."""
    chosen = progress.chosen
    if case.stage == "open":
        return today > explain_by(case)
    waits = case.stage == "following" and not progress.ended
    return bool(waits and chosen is not None and chosen.due_on is not None and today > chosen.due_on)


def owners_of(case: Case) -> str:
    """Who answers for the model of a case: its owner or its deputy, by name."""
    model = case.use.version.model if case.use is not None else None
    names = [one.name for one in (model.owner, model.deputy) if one is not None] if model is not None else []
    return " or ".join(names) or "Its owner"


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """What cases wait for from somebody: explanations, next steps, new versions, and for the committee to know."""
    if not actor.permissions & {Permission.EXPLAIN_BREACH, Permission.VOTE, Permission.DECIDE}:
        return []
    today = london_date(now)
    return [task for case in list_open_cases(session) for task in _tasks(session, case, actor, today)]


def _tasks(session: Session, case: Case, actor: Actor, today: date) -> Iterator[Task]:
    if case.stage == "open":
        yield from _open_tasks(case, actor, today)
    elif case.stage == "explained":
        yield from _explained_tasks(case, actor)
    else:
        yield from _following_tasks(case, read_progress(session, case), actor, today)


def _open_tasks(case: Case, actor: Actor, today: date) -> Iterator[Task]:
    until, late = explain_by(case), today > explain_by(case)
    clock = f"{date_text(until)}: {clock_text(until, today)}."
    if _explains(case, actor):
        tag, tone = ("Overdue", "bad") if late else ("To explain", "attention")
        yield _task(case, "Explain", case.opened_at, f"The committee expects your explanation by {clock}", tag, tone)
    elif late and actor.may(Permission.CHAIR):
        what = "Say what follows" if case.use is not None else "Close"
        hint = f"Nobody explained it by {clock} You can go on without it."
        yield _task(case, what, case.opened_at, hint, "Overdue", "bad")
    elif actor.may(Permission.VOTE) or (case.use is None and actor.may(Permission.DECIDE)):
        yield _task(case, "See what was found", case.opened_at, f"It is to be explained by {clock}", "Case opened")


def _explained_tasks(case: Case, actor: Actor) -> Iterator[Task]:
    if actor.may(Permission.CHAIR):
        hint = "Read the owner's explanation and say what follows, or close the case."
        yield _task(case, "Say what follows", case.explained_at, hint, "Explained", "attention")
    elif actor.may(Permission.VOTE):
        yield _task(case, "Read", case.explained_at, "The owner has explained it.", "To read")


def _following_tasks(case: Case, progress: Progress, actor: Actor, today: date) -> Iterator[Task]:
    chosen = progress.chosen
    if chosen is None:
        return
    late = is_late(case, progress, today)
    hint = next_text(case, progress, today)
    if chosen.step == StepKind.RETRAIN and _explains(case, actor):
        yield _task(
            case, "Train again", chosen.at, hint, *(("Overdue", "bad") if late else ("New version", "attention"))
        )
    if actor.may(Permission.CHAIR) and (progress.ended or late):
        tag, tone = ("To close", "info") if progress.ended else ("Overdue", "bad")
        yield _task(case, "Close" if progress.ended else "Say what follows", chosen.at, hint, tag, tone)


def _explains(case: Case, actor: Actor) -> bool:
    mine = case.use is None or owns(case.use.version.model, actor)
    return mine and actor.may(Permission.EXPLAIN_BREACH)


def _task(case: Case, what: str, since: datetime | None, hint: str, tag: str, tone: str = "info") -> Task:
    text = f"{what}: {case.title}: {case.name}"
    return Task(text, "cases.show", {"case_id": case.id}, since, hint, tag, tone)
