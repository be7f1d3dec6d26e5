"""The demonstration's meeting, from its call to what the public reads."""

import pytest

from algocare.demo.meeting import call, hold_meeting
from assessments.meetings.queries import get_meeting
from audit.minutes.queries import get_published, read_public
from foundation.clock import StoppedClock
from foundation.database.connection import Database


@pytest.mark.one_database
def test_a_meeting_with_nothing_to_decide_is_held_minuted_and_published(founded: Database, clock: StoppedClock) -> None:
    number = call(founded, clock, days_ahead=3)
    held = []
    withheld = {"opening.1": ("security", "It says who let members in.")}
    hold_meeting(founded, clock, number, lambda: held.append(clock.now()), withheld=withheld)
    with founded.read() as session:
        minutes, meeting = get_published(session, number), get_meeting(session, number)
        opened, closed = meeting.opened_at, meeting.closed_at
        texts = [block.text for section in read_public(session, minutes) for block in section.blocks]
    assert opened < held[0] < closed
    assert minutes.full_sha256
    assert minutes.public_sha256
    assert "[withheld: security]" in texts
    assert "4 voting members were there, 2 of them independent." in texts
