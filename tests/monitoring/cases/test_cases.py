"""A breach is explained by who answers for the model and closed by somebody else (R12)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Conflict, Forbidden, Invalid
from foundation.ledger.tables import LedgerEntry
from monitoring.cases.queries import get_case, list_open_cases, list_tasks
from monitoring.cases.service import close, explain

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def case_id(story) -> int:
    """The case of a night on which nobody was scored."""
    story.night(FIRST_NIGHT)
    story.clock.set(AT)
    with story.database.read() as session:
        return list_open_cases(session)[0].id


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


def test_a_case_waits_for_the_owner_first_and_then_for_chair_and_committee(story, case_id) -> None:
    cast = story.cast
    assert tasks_of(story, cast.owner) == tasks_of(story, cast.deputy) == [("Explain", "To explain")]
    assert tasks_of(story, cast.owner, AT + timedelta(days=20)) == [("Explain", "Overdue")]
    assert tasks_of(story, cast.chair) == tasks_of(story, cast.practitioner) == tasks_of(story, cast.auditor) == []
    with story.database.write() as session:
        explain(session, cast.owner, get_case(session, case_id), "The feed was switched off.", AT)
    assert tasks_of(story, cast.owner) == []
    assert tasks_of(story, cast.chair) == [("Close", "To close")]
    assert tasks_of(story, cast.mina) == [("Read", "To read")]


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
    assert chair.send(f"{address}/close", {"reason": "The feed is back."}, page=address).status_code == 302
    listed = visit(story.database, "auditor").get("/cases").get_data(as_text=True)
    assert "No batch arrived" in listed
    assert "Every case is closed." in listed
    assert visit(story.database, "auditor").get("/cases/4711").status_code == 404
