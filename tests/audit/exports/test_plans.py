"""A change of how a model is watched stands in its record, and in the document that people read."""

from dataclasses import replace

import pytest

from assessments.proposals.service import propose_plan
from audit.exports.document import render_document
from audit.exports.gather import gather
from registry.models.queries import get_use
from registry.watch_plans.queries import plan_of
from tests.assessments.conftest import NOON, Story


@pytest.mark.one_database
def test_the_record_tells_the_plan_that_was_decided_on(registered, cast) -> None:
    """R12: an outsider reads which plan is in force, since when, and the digest of what the committee read."""
    story = Story(registered, cast(registered))
    story.approve()
    with registered.write() as session:
        use = get_use(session, story.use_id)
        plan = replace(plan_of(session, use), cadence="weekly")
        item = propose_plan(session, story.cast.owner, use, plan, "It is scored once a week.", NOON).id
    story.decide(item, "adopt", review_on=None)
    with registered.read() as session:
        use = get_use(session, story.use_id)
        record = gather(session, use.version.model, NOON)
    told = next(one for one in record["items"] if one["id"] == item)
    assert told["kind"] == "watch_plan"
    assert (told["plan"]["number"], told["plan"]["stage"]) == (2, "in_force")
    assert told["plan"]["content"]["cadence"] == "weekly"
    assert next(one for one in record["items"] if one["id"] != item)["plan"] is None
    document = render_document(record)
    assert "plan 2 has been in force in place of these limits since 22 November 2026" in document
    assert "Decided 22 November 2026: put another watch plan in force." in document
    assert "Limits of plan 2" in document
    assert told["plan"]["sha256"][:8] in document
