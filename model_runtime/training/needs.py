"""Which training somebody needs, and when it lapses. Apart from the queries, which the gate asks (R39)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.tasks import Task
from foundation.web.texts import date_text
from model_runtime.gate.queries import list_offered
from model_runtime.gate.rules import is_in_team
from model_runtime.training.queries import find_module, find_training
from model_runtime.training.values import LAPSES_SOON_DAYS, Training
from registry.models.queries import find_approval
from registry.models.tables import ModelVersion, Use
from registry.safeguards.queries import get_safeguards


@dataclass(frozen=True)
class Need:
    """The training that somebody needs for a use: the version's module, if there is one, and how they stand."""

    use: Use
    version: ModelVersion
    built: bool
    training: Training
    days: int

    def holds(self, today: date) -> bool:
        """Whether it is passed and in date."""
        return self.training.lapses_on is not None and today <= self.training.lapses_on

    def lapses_soon(self, today: date) -> bool:
        """Whether it is in date and lapses within 30 days."""
        last = self.training.lapses_on
        return last is not None and today <= last <= today + timedelta(days=LAPSES_SOON_DAYS)


def list_needs(session: Session, actor: Actor) -> list[Need]:
    """The approved uses of the actor's agency and team, and how the actor stands with the training for each."""
    chosen = [
        use for use in list_offered(session, actor.agency) if use.stage == "approved" and _is_for(session, use, actor)
    ]
    return [_need(session, actor, use) for use in chosen]


def _is_for(session: Session, use: Use, actor: Actor) -> bool:
    approval = find_approval(session, use)
    return approval is not None and (approval.pilot is None or is_in_team(actor.team, approval.pilot.teams))


def _need(session: Session, actor: Actor, use: Use) -> Need:
    days = get_safeguards(session, use.id).training_days
    training = find_training(session, actor.account_id, use.version_id, days)
    return Need(use, use.version, find_module(session, use.version_id) is not None, training, days)


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For a practitioner: training to pass, because there is none in date or it lapses within 30 days (R39)."""
    if actor.account_id is None or not actor.may(Permission.ASK_SCORE):
        return []
    today = london_date(now)
    needs = [need for need in list_needs(session, actor) if need.built]
    return [_task(need, today) for need in needs if not need.holds(today) or need.lapses_soon(today)]


def _task(need: Need, today: date) -> Task:
    arguments = {"slug": need.version.model.slug, "number": need.version.number}
    if need.holds(today):
        text, tag = f"Pass the training for {need.version.title} again", "Training lapses soon"
        hint = f"Yours counts until {date_text(need.training.lapses_on)}. After that it gives you no scores."
    else:
        text, tag = f"Pass the training for {need.version.title}", "Training needed"
        hint = "Until you do it gives you no scores. It takes about five minutes."
    return Task(text=text, endpoint="training.show", arguments=arguments, hint=hint, tag=tag, tone="attention")
