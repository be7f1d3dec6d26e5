"""Impact assessments from the owner's entry to the officer's advice, and what a use lacks meanwhile."""

from datetime import date
from io import BytesIO

import pytest

from assessments.impact.facts import list_facts
from assessments.impact.gaps import find_gaps
from assessments.impact.queries import latest_end, list_tasks
from assessments.readiness.values import Asked
from foundation.errors import Invalid
from registry.models.queries import get_use
from registry.models.values import PermissionStage

ENTERED = {
    "kind": "dpia",
    "document_version": "1.2",
    "covers": "1",
    "approved_by": "Oscar Lindqvist, officer",
    "approved_on": "1/11/2026",
    "review_on": "1/11/2027",
}


def words(answer) -> str:
    return answer.get_data(as_text=True)


def lacking(session, story, clock, permission: str = "shadow", on: date = date(2026, 11, 22)) -> list[str]:
    use = get_use(session, story.use_id)
    asked = Asked(use, None, PermissionStage(permission), on)
    return [gap.code for gap in find_gaps(session, asked)]


def test_documents_are_entered_advised_on_and_end(story, visit, clock) -> None:
    base = f"/assessments/uses/{story.use_id}/impact"
    owner, member = visit(story.database, "model_owner"), visit(story.database, "committee_member")
    officer, lawyer = visit(story.database, "data_protection_officer"), visit(story.database, "legal_adviser")
    assert "none is recorded that covers this version" in words(member.get(base))
    wrong = {**ENTERED, "covers": "", "review_on": "1/10/2026"}
    refused = owner.send(f"{base}/enter", wrong)
    assert refused.status_code == 422
    for sentence in ("Choose the versions", "It is reviewed after the day", "Enter a link or choose a file"):
        assert sentence in words(refused)
    file = {"file": (BytesIO(b"%PDF-1.7 dpia"), "dpia.pdf")}
    entered = owner.send(f"{base}/enter", {**ENTERED, **file}, content_type="multipart/form-data")
    assert entered.status_code == 302, words(entered)
    equality = {**ENTERED, "kind": "eqia", "link": "https://partnership.example/eqia", "review_on": "1/5/2027"}
    assert owner.send(f"{base}/enter", equality).status_code == 302
    with story.database.read() as session:
        assert lacking(session, story, clock) == ["impact_dpia"], "the officer's advice is not there"
    assert "Record your advice: Data protection impact assessment of Return to custody" in words(officer.get("/home"))
    assert lawyer.get("/assessments/impact/1/advice").status_code == 403
    advice = {"advice": "Do not score anybody under 21.", "answer": "overruled", "reasons": ""}
    assert officer.send("/assessments/impact/1/advice", advice).status_code == 422
    advice["reasons"] = "The offer is voluntary, and the young gain most."
    assert officer.send("/assessments/impact/1/advice", advice).status_code == 302
    assert officer.send("/assessments/impact/1/advice", advice).status_code == 409
    assert "Record your advice" not in words(officer.get("/home"))
    shown = words(member.get(base))
    for part in ("They hold until 1 May 2027", "Overruled: Do not score", "the young gain most", "Dora Hughes"):
        assert part in shown
    assert member.get("/assessments/impact/1/file").headers["Content-Disposition"].startswith("attachment")
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        assert lacking(session, story, clock, "operational") == []
        assert lacking(session, story, clock, on=date(2027, 5, 2)) == ["impact_eqia"], "it has expired"
        assert latest_end(session, use) == date(2027, 5, 1)
        assert [fact.state for fact in list_facts(session, use, clock.now())] == ["good", "good"]
        clock.advance(days=140)
        assert [fact.state for fact in list_facts(session, use, clock.now())] == ["good", "amber"]
        assert [task.tag for task in list_tasks(session, story.cast.owner, clock.now())] == ["Ends soon"]
        assert list_tasks(session, story.cast.practitioner, clock.now()) == []


@pytest.mark.one_database
def test_a_document_for_another_version_carries_nothing(story, visit, clock) -> None:
    owner = visit(story.database, "model_owner")
    sent = {**ENTERED, "covers": "2", "link": "https://partnership.example/dpia"}
    assert owner.send(f"/assessments/uses/{story.use_id}/impact/enter", sent).status_code == 422
    with story.database.read() as session:
        assert lacking(session, story, clock) == ["impact_dpia", "impact_eqia"]


@pytest.mark.one_database
def test_an_approval_ends_with_the_impact_assessment_that_carries_it(story, visit) -> None:
    item = story.submit()
    owner = visit(story.database, "model_owner")
    shorter = {**ENTERED, "kind": "eqia", "link": "https://partnership.example/eqia", "review_on": "1/3/2027"}
    assert owner.send(f"/assessments/uses/{story.use_id}/impact/enter", shorter).status_code == 302
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    with pytest.raises(Invalid, match="at most 1 March 2027: an impact assessment ends then") as refused:
        story.record(item, "approve", review_on=date(2027, 9, 1))
    assert list(refused.value.problems) == ["review_on"]
    shown = words(visit(story.database, "committee_member").get(f"/committee/items/{item}"))
    for part in ("What was promised, and what came out", "Not tested", "No result on people from a later time"):
        assert part in shown
    story.record(item, "approve", review_on=date(2027, 3, 1))
    assert story.stage() == "approved"
