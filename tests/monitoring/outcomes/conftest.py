"""What the tests of outcomes share: a run over many people that finished, and files of outcomes."""

from collections.abc import Mapping
from datetime import date, datetime

import pytest
from sqlalchemy import select

from foundation.clock import london_date
from model_runtime.cohorts.tables import CohortRun, CohortScore
from monitoring.outcomes.service import record_outcomes
from registry.evaluations.tables import Evaluation
from registry.models.queries import get_model, get_use
from tests.monitoring.conftest import NUMBERS, SCORED_AT, Story


def give_run(
    story: Story,
    values: Mapping[str, float | None],
    at: datetime = SCORED_AT,
    as_of: date | None = None,
    stage: str = "finished",
) -> int:
    """The number of a run over some people with these values; nobody has a value whom the gate kept out."""
    with story.database.write() as session:
        use, number = get_use(session, story.use_id), next(NUMBERS)
        run = CohortRun(
            reference=f"C-{number:06}",
            request_key=f"run-{number}",
            use_id=use.id,
            approval_id=use.approvals[0].id,
            evaluation_id=session.scalars(select(Evaluation.id)).first(),
            asked_by_id=story.cast.practitioner.account_id,
            asked_at=at,
            finished_at=at,
            as_of=as_of or london_date(at),
            source_code="ASC",
            source_name="people.csv",
            source_kind="csv",
            source_sha256="0" * 64,
            artefact_sha256=use.version.artefact_sha256,
            shadow=False,
            salt=b"0" * 32,
            chunk_rows=4096,
            stage=stage,
        )
        session.add(run)
        session.flush()
        for place, (person, value) in enumerate(values.items()):
            told = {"scored": place, "band": "low", "code": ""} if value is not None else {"code": "objection"}
            session.add(CohortScore(run_id=run.id, place=place, person_reference=person, value=value, **told))
        return run.id


@pytest.fixture
def run_over():
    """A function `run_over(story, {reference: value}, ...)` that gives the number of a run."""
    return give_run


def record_lines(story: Story, *lines: str, heading: str = "person,happened,observed_on", actor=None) -> int:
    """Record lines of a file as the owner, now."""
    with story.database.write() as session:
        model = get_model(session, "return-to-custody")
        content = "\n".join([heading, *lines]).encode()
        return record_outcomes(session, actor or story.cast.owner, model, content, "more.csv", story.clock.now())
