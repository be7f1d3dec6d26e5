"""A breach is explained by who answers for the model and closed by somebody else (R12)."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Conflict, Forbidden, Invalid
from foundation.ledger.tables import LedgerEntry
from monitoring.cases.queries import get_case, list_open_cases
from monitoring.cases.service import attach, close, explain, open_case_outside
from monitoring.cases.telling import list_tasks
from tests.monitoring.cases.conftest import AT


def tasks_of(story, actor, now: datetime = AT) -> list[tuple[str, str]]:
    with story.database.read() as session:
        return [(task.text.split(":")[0], task.tag) for task in list_tasks(session, actor, now)]


def test_owner_or_deputy_explains_and_the_chair_closes(story, case_id) -> None:
    with story.database.write() as session:
        explain(session, story.cast.deputy, get_case(session, case_id), "  The feed was switched off.  ", AT)
    with story.database.write() as session:
        case = get_case(session, case_id)
        assert (case.stage, case.explanation) == ("explained", "The feed was switched off.")
        assert case.explained_by_id == story.cast.deputy.account_id
        close(session, story.cast.chair, case, "The feed is back and was checked.", AT)
    with story.database.read() as session:
        assert get_case(session, case_id).stage == "closed"
        assert list_open_cases(session) == []
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind.like("case_%")).order_by(LedgerEntry.at))
        told = {entry.kind: json.loads(entry.body) for entry in entries}
    assert list(told) == ["case_opened", "case_explained", "case_closed"]
    assert told["case_opened"]["facts"]["action"] == "refer"
    assert [one["actor"].split(":")[0] for one in told.values()] == ["worker", "account", "account"]
    assert "feed" not in json.dumps(told), "what people write does not go into the ledger"


def test_nobody_does_the_other_side_of_a_case(story, case_id) -> None:
    cast = story.cast
    with story.database.write() as session:
        case = get_case(session, case_id)
        for actor in (cast.chair, cast.mina, cast.contributor, cast.practitioner, cast.worker):
            with pytest.raises(Forbidden):
                explain(session, actor, case, "I explain it.", AT)
        for actor in (cast.owner, cast.deputy, cast.mina, cast.officer, cast.worker):
            with pytest.raises(Forbidden):
                close(session, actor, case, "I close it.", AT)
        assert case.stage == "open"


def test_who_explained_does_not_close_even_with_the_chairs_role(story, case_id) -> None:
    with story.database.write() as session:
        case = get_case(session, case_id)
        explain(session, story.cast.owner, case, "The feed was switched off.", AT)
        both = type(story.cast.owner)(
            account_id=story.cast.owner.account_id, name="Both", roles=story.cast.owner.roles | story.cast.chair.roles
        )
        with pytest.raises(Forbidden, match="somebody other than those who answer for the model"):
            close(session, both, case, "Done.", AT)


def test_neither_goes_without_words_nor_twice(story, case_id) -> None:
    with story.database.write() as session:
        case = get_case(session, case_id)
        for text in ("", "   ", "x" * 4001):
            with pytest.raises(Invalid):
                explain(session, story.cast.owner, case, text, AT)
            with pytest.raises(Invalid):
                close(session, story.cast.chair, case, text, AT)
        explain(session, story.cast.owner, case, "The feed was switched off.", AT)
        with pytest.raises(Conflict, match="is explained now"):
            explain(session, story.cast.deputy, case, "Something else.", AT)
        close(session, story.cast.chair, case, "The feed is back.", AT)
        with pytest.raises(Conflict):
            close(session, story.cast.chair, case, "Again.", AT)


def test_a_case_is_told_to_the_committee_and_waits_for_the_owner_and_then_the_chair(story, case_id) -> None:
    cast = story.cast
    assert tasks_of(story, cast.owner) == tasks_of(story, cast.deputy) == [("Explain", "To explain")]
    assert tasks_of(story, cast.chair) == tasks_of(story, cast.mina) == [("See what was found", "Case opened")]
    assert tasks_of(story, cast.practitioner) == tasks_of(story, cast.auditor) == []
    late = AT + timedelta(days=20)
    assert tasks_of(story, cast.owner, late) == [("Explain", "Overdue")]
    assert tasks_of(story, cast.chair, late) == [("Say what follows", "Overdue")]
    with story.database.write() as session:
        explain(session, cast.owner, get_case(session, case_id), "The feed was switched off.", AT)
    assert tasks_of(story, cast.owner) == []
    assert tasks_of(story, cast.chair) == [("Say what follows", "Explained")]
    assert tasks_of(story, cast.mina) == [("Read", "To read")]


def test_evidence_is_attached_by_those_who_explain_and_read_by_the_committee(story, case_id, visit) -> None:
    """R12: a file keeps its digest; it is refused by content, size and person."""
    cast, pdf = story.cast, ("report.pdf", b"%PDF-1.7 What happened")
    with story.database.write() as session:
        case = get_case(session, case_id)
        kept = attach(session, cast.deputy, case, " The supplier's note ", pdf, upload_mib=1, at=AT)
        assert (kept.title, kept.file_name, len(kept.file_sha256)) == ("The supplier's note", "report.pdf", 64)
        for title, file in (("", pdf), ("Note", ("report.pdf", b"MZ")), ("Note", ("a.pdf", b"%PDF-" + b"x" * 2**20))):
            with pytest.raises(Invalid):
                attach(session, cast.owner, case, title, file, upload_mib=1, at=AT)
        for actor in (cast.chair, cast.contributor, cast.other_owner):
            with pytest.raises(Forbidden):
                attach(session, actor, case, "Note", pdf, upload_mib=1, at=AT)
    address, member = f"/cases/{case_id}", visit(story.database, "committee_member")
    shown = member.get(address).get_data(as_text=True)
    assert kept.file_sha256 in shown
    assert "Evidence was attached: The supplier&#39;s note" in shown
    answer = member.get(f"{address}/evidence/{kept.id}")
    assert (answer.get_data(), answer.headers["Content-Disposition"]) == (pdf[1], "attachment; filename=report.pdf")
    with story.database.write() as session:
        other = open_case_outside(session, "A file", "Scores by an unknown model.", AT)
        close(session, cast.chair, case := get_case(session, case_id), "It is dealt with.", AT)
        with pytest.raises(Conflict, match="closed"):
            attach(session, cast.owner, case, "Note", pdf, upload_mib=1, at=AT)
        number = other.id
    assert member.get(f"/cases/{number}/evidence/{kept.id}").status_code == 404


def test_what_runs_outside_the_register_has_a_case_without_a_use(story, visit) -> None:
    """R42: it is told to the committee and to those who answer for models, and nothing of it can be tested here."""
    cast = story.cast
    story.clock.set(AT)
    with story.database.write() as session:
        found = ("The file  scores.csv", "It holds 12 scores by the model 'Old NEET list', which is in no register.")
        case = open_case_outside(session, *found, AT)
        assert open_case_outside(session, *found, AT) is case, "the same finding opens nothing twice"
        assert open_case_outside(session, found[0], "It holds 13 scores.", AT) is not case
        with pytest.raises(Forbidden):
            open_case_outside(session, *found[:1], "By somebody.", AT, actor=cast.chair)
        with pytest.raises(Forbidden):
            explain(session, cast.chair, case, "I know.", AT)
        number = case.id
    assert tasks_of(story, cast.chair)[0] == tasks_of(story, cast.officer)[0] == ("See what was found", "Case opened")
    assert tasks_of(story, cast.other_owner)[0] == ("Explain", "To explain")
    address, owner = f"/cases/{number}", visit(story.database, "model_owner")
    shown = owner.get(address).get_data(as_text=True)
    for words in ("The file scores.csv", "which is in no register", "Not in the register", "Your explanation"):
        assert words in shown
    assert "Whoever answers for a model says where it comes from by 6 December 2026: 14 days left." in shown
    text = {"explanation": "A trial of 2024. We ended it."}
    assert owner.send(f"{address}/explain", text, page=address).status_code == 302
    chair = visit(story.database, "chair")
    page = chair.get(address).get_data(as_text=True)
    assert "Close the case" in page
    assert 'name="step"' not in page
    refused = chair.send(f"{address}/next", {"step": "retrain", "why": "Again", "due_on": "3/3/2027"}, page=address)
    assert refused.status_code in (409, 422)
    assert chair.send(f"{address}/close", {"reason": "The file is gone."}, page=address).status_code == 302
    assert "The file scores.csv" in chair.get("/cases").get_data(as_text=True)


def test_the_case_as_pages_from_explanation_to_closing(story, case_id, visit) -> None:
    address = f"/cases/{case_id}"
    owner, chair = visit(story.database, "model_owner"), visit(story.database, "chair")
    assert "Your explanation" in owner.get(address).get_data(as_text=True)
    assert "Your explanation" not in chair.get(address).get_data(as_text=True)
    refused = owner.send(f"{address}/explain", {"explanation": " "}, page=address)
    assert refused.status_code == 422
    assert "Enter an explanation" in refused.get_data(as_text=True)
    text = "The feed was <b>switched off</b>."
    assert owner.send(f"{address}/explain", {"explanation": text}, page=address).status_code == 302
    shown = chair.get(address).get_data(as_text=True)
    assert "The feed was &lt;b&gt;switched off&lt;/b&gt;." in shown
    assert owner.send(f"{address}/close", {"reason": "I close it."}, page=address).status_code == 403
    assert chair.send(f"{address}/close", {"reason": ""}, page=address).status_code == 422
    refused = chair.send(f"{address}/next", {"step": "retrain", "why": "", "due_on": "soon"}, page=address)
    assert (refused.status_code, "Enter a real date" in refused.get_data(as_text=True)) == (422, True)
    asked = {"step": "retrain", "why": "It learned from a broken feed.", "due_on": "3/3/2027"}
    assert owner.send(f"{address}/next", asked, page=address).status_code == 403
    assert chair.send(f"{address}/next", asked, page=address).status_code == 302
    said = "Olivia Owen or Dev Patel puts a new version to the committee by 3 March 2027: 101 days left."
    assert said in owner.get(address).get_data(as_text=True)
    assert said in chair.get("/cases").get_data(as_text=True)
    assert chair.send(f"{address}/close", {"reason": "The feed is back."}, page=address).status_code == 302
    listed = visit(story.database, "auditor").get("/cases").get_data(as_text=True)
    assert "No batch arrived" in listed
    assert "Every case is closed." in listed
    assert visit(story.database, "auditor").get("/cases/4711").status_code == 404
