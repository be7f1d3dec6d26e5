"""A case about a night on which nobody was scored, and the same case explained."""

from datetime import UTC, datetime

import pytest

from monitoring.cases.queries import get_case, list_open_cases
from monitoring.cases.service import explain

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def case_id(story) -> int:
    """The case of a night on which nobody was scored."""
    story.night(FIRST_NIGHT)
    story.clock.set(AT)
    with story.database.read() as session:
        return list_open_cases(session)[0].id


@pytest.fixture
def explained_id(story, case_id) -> int:
    """The same case, explained by the owner."""
    with story.database.write() as session:
        explain(session, story.cast.owner, get_case(session, case_id), "The feed was switched off.", AT)
    return case_id
