"""Reading outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitoring.outcomes.tables import Outcome
from registry.evaluations.queries import find_figures
from registry.models.tables import RiskModel


@dataclass(frozen=True)
class Upload:
    """One file of outcomes that was recorded: its name, when, by whom, how many rows."""

    file_name: str
    recorded_at: datetime
    recorded_by_id: int | None
    rows: int


def latest_outcomes(session: Session, model_id: int) -> dict[int, Outcome]:
    """The outcome that counts for each person: the one recorded last."""
    newest = select(func.max(Outcome.id)).where(Outcome.model_id == model_id).group_by(Outcome.person_id)
    rows = session.scalars(select(Outcome).where(Outcome.id.in_(newest)))
    return {outcome.person_id: outcome for outcome in rows}


def list_uploads(session: Session, model_id: int) -> Sequence[Upload]:
    """The files recorded for a model, newest first."""
    columns = (Outcome.file_name, Outcome.recorded_at, Outcome.recorded_by_id)
    chosen = select(*columns, func.count()).where(Outcome.model_id == model_id).group_by(*columns)
    return [Upload(*row) for row in session.execute(chosen.order_by(Outcome.recorded_at.desc())).tuples()]


def group_columns(model: RiskModel) -> dict[str, str]:
    """The group columns that the model's versions declare, each with its name; the newest version's name counts."""
    columns: dict[str, str] = {}
    for version in model.versions:
        measured = version.declaration["version"].get("evaluation_data") or {}
        for group in measured.get("groups", ()):
            columns.setdefault(group["column"], group["name"])
    return columns


def known_groups(session: Session, model: RiskModel) -> dict[str, list[str]]:
    """The words that each group column has in the newest version's evaluation, so that a file can use the same."""
    version = model.versions[0] if model.versions else None
    figures = find_figures(session, version.id) if version else None
    words: dict[str, list[str]] = {}
    for column, name in group_columns(model).items():
        words[column] = [each.value for each in (figures.by_group if figures else ()) if each.group == name]
    return words
