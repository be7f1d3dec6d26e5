"""Collecting what stands between a use and the stage of permission that is asked for, room by room."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from assessments.benefits.gaps import find_gaps as benefit_gaps
from assessments.impact.gaps import find_gaps as impact_gaps
from assessments.readiness.explained import find_gaps as explanation_gaps
from assessments.readiness.values import Asked, Gap
from assessments.reviews.gaps import find_gaps as review_gaps
from assessments.validation.gaps import find_gaps as validation_gaps

Source = Callable[[Session, Asked], Sequence[Gap]]

SOURCES: tuple[Source, ...] = (impact_gaps, validation_gaps, explanation_gaps, benefit_gaps, review_gaps)
"""Every room that has something to ask for, in the order in which people read it."""


def list_gaps(session: Session, asked: Asked) -> list[Gap]:
    """Everything that is missing, what stops a submission first."""
    found = [gap for source in SOURCES for gap in source(session, asked)]
    return sorted(found, key=lambda gap: gap.at_decision)
