"""A use of a model, and the steps of its life."""

from datetime import date

import pytest

from registry.models.queries import list_uses
from registry.models.service import submit
from registry.models.tables import Approval, Use
from tests.conftest import grant

ANSWERS = "a" * 64
UNTIL = date(2027, 11, 1)


def use_of(session) -> Use:
    """The one use of the demonstration's model."""
    return list_uses(session)[0]


@pytest.fixture
def take(clock, cast):
    """Functions that take a use further: take.submit(database), take.approve(database, ...)."""

    class Take:
        @staticmethod
        def submit(database) -> None:
            with database.write() as session:
                submit(session, cast(database).owner, use_of(session), clock.now())

        @staticmethod
        def approve(
            database, *, expires_on: date = UNTIL, conditions=(), answers: str = ANSWERS, permission="operational"
        ) -> Approval:
            """Through every stage of permission up to the one that is wanted."""
            told = {"conditions": list(conditions), "answers_sha256": answers, "reason": "The committee agreed."}
            told |= {"expires_on": expires_on, "at": clock.now(), "permission": permission}
            with database.write() as session:
                return grant(session, cast(database).chair, use_of(session), **told)

    return Take
