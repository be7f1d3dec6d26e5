"""Evaluations of benefit: recorded, read, and asked for before operation is renewed."""

from datetime import date

from assessments.benefits.facts import list_facts
from assessments.benefits.gaps import find_gaps
from assessments.readiness.values import Asked
from registry.models.queries import get_use
from registry.models.service import submit
from registry.models.values import PermissionStage

GIVEN = {
    "starts_on": "1/12/2026",
    "ends_on": "30/4/2027",
    "flagged": "120",
    "offered": "80",
    "taken_up": "60",
    "taken_up_had": "15",
    "outcome": "returned to custody",
    "comparison": "People released in the same months who were not offered support for want of workers.",
    "compared": "90",
    "compared_had": "40",
    "learned": "Housing matters more than work.",
}


def test_operation_is_not_renewed_without_knowing_what_it_did(story, visit, clock, grant) -> None:
    base = f"/assessments/uses/{story.use_id}/benefits"

    def lacking(permission: str = "operational") -> list[str]:
        with story.database.read() as session:
            asked = Asked(get_use(session, story.use_id), None, PermissionStage(permission), clock.now().date())
            return [gap.code for gap in find_gaps(session, asked)]

    assert lacking() == []
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        submit(session, story.cast.owner, use, clock.now())
        grant(session, story.cast.chair, use, expires_on=date(2027, 9, 1), at=clock.now())
    assert (lacking(), lacking("pilot")) == (["benefit"], [])
    clock.advance(days=190)
    owner, member = visit(story.database, "model_owner"), visit(story.database, "committee_member")
    assert "Operation is not renewed without one" in words(member.get(base))
    refused = owner.send(f"{base}/enter", GIVEN | {"taken_up": "90", "ends_on": "1/1/2031"})
    assert refused.status_code == 422
    assert "More people took support up than were offered it" in words(refused)
    assert "The period has to be over" in words(refused)
    before = {"starts_on": "1/1/2026", "ends_on": "1/6/2026"}
    assert owner.send(f"{base}/enter", GIVEN | before).status_code == 302
    assert lacking() == ["benefit"], "its period ended before the approval"
    assert owner.send(f"{base}/enter", GIVEN).status_code == 302
    assert lacking() == []
    with story.database.read() as session:
        said = list_facts(session, get_use(session, story.use_id), clock.now())[0]
        assert (said.state, "Until 30 April 2027" in said.text) == ("good", True)
    shown = words(member.get(base))
    assert "Of 100 people who took it up, about 25 (16 to 37) returned to custody (15 of 60)" in shown
    assert "does not prove that the support made it" in shown


def words(answer) -> str:
    return answer.get_data(as_text=True)
