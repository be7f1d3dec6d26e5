"""The life of a challenge: received, acknowledged, reviewed by somebody independent, decided, and told (R22)."""

import json
import threading

import pytest
from sqlalchemy import select

from foundation.accounts.service import open_account
from foundation.accounts.values import Role
from foundation.errors import AlgocareError, Conflict, Forbidden, Invalid, NotFound, Refused
from foundation.ledger.tables import LedgerEntry
from model_runtime.challenges.figures import challenge_figures
from model_runtime.challenges.queries import (
    find_contact,
    find_marks,
    find_outcome,
    get_challenge,
    get_notice,
    list_linked,
    list_notices,
    list_reviewers,
    list_tasks,
)
from model_runtime.challenges.service import (
    acknowledge,
    challenge_score,
    decide,
    link_scores,
    name_reviewer,
    read_notice,
    receive,
    unlink_score,
    withdraw,
)
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import Words
from model_runtime.judgements.service import record_judgement
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Score
from registry.models.queries import get_model, get_use
from tests.model_runtime.conftest import train

WORDS = Words("parent", "score", "Jo Marsh", "jo@example.org", "Sam Marsh, 3 March 2002", "He has not offended since.")
SECRET = ("Jo Marsh", "jo@example.org", "Sam Marsh", "not offended", "wrong month", "put right", "tenancy")


def tasks_of(world, actor) -> list[str]:
    with world.database.read() as session:
        return [f"{task.text} [{task.tag}]" for task in list_tasks(session, actor, world.clock.now())]


def sent(world, words: Words = WORDS, slug: str | None = "return-to-custody") -> str:
    with world.database.write() as session:
        model = get_model(session, slug) if slug else None
        return receive(session, words, model, world.clock.now()).reference


def act(world, command, reference: str, *arguments, by: str = "protector", **words):
    """Take one command about a challenge as one of the cast."""
    with world.database.write() as session:
        who = getattr(world.cast, by)
        found = session.scalars(select(Challenge).where(Challenge.reference == reference)).one()
        return command(session, who, found, *arguments, **words, at=world.clock.now())


def another(world, name: str, *roles: Role, agency: str = "BCC"):
    with world.database.write() as session:
        at, cleaned = world.clock.now(), name.lower().replace(" ", ".")
        opened = open_account(
            session, sign_in_name=cleaned, name=name, roles=roles, agency=agency, password=None, at=at
        )
        return opened.actor()


def test_a_family_is_heard_and_everybody_who_saw_the_score_is_told(approved, ask) -> None:
    world, score = approved, ask()
    cast, clock = world.cast, world.clock
    colleague = another(world, "Kim Colleague", Role.PRACTITIONER, agency="ASC")
    with world.database.write() as session:
        record_viewing(session, session.get_one(Score, score.id), colleague, clock.now())
    reference = sent(world)
    assert tasks_of(world, cast.protector) == [f"Acknowledge challenge {reference} [To acknowledge]"]
    clock.advance(days=30)
    assert tasks_of(world, cast.protector) == [f"Acknowledge challenge {reference} [Overdue]"]
    act(world, acknowledge, reference)
    assert tasks_of(world, cast.protector) == [f"Name a reviewer of challenge {reference} [Reviewer to name]"]
    assert act(world, link_scores, reference, person_reference=" RC-0001 ") == 1
    with world.database.read() as session:
        found = get_challenge(session, cast.protector, reference)
        assert [one.name for one in list_reviewers(session, cast.protector, found)] == ["Oscar Lindqvist"]
        assert find_marks(session, [score.id])[score.id][0].warns is False
        with pytest.raises(NotFound):
            get_challenge(session, cast.officer, reference)
    act(world, name_reviewer, reference, cast.officer.account_id)
    assert tasks_of(world, cast.protector) == []
    assert tasks_of(world, cast.officer) == [f"Review challenge {reference} [To review]"]
    clock.advance(days=4)
    words = {"outcome": "upheld", "reasons": "The wrong month was used.", "correction": "It was put right."}
    act(world, decide, reference, **words, rescore=True, by="officer")
    with world.database.read() as session:
        found = get_challenge(session, cast.officer, reference)
        assert find_contact(session, found).reach == "jo@example.org"
        assert (found.stage, found.closed_at) == ("upheld", clock.now())
        assert find_outcome(session, found.id).rescore is True
        (mark,) = find_marks(session, [score.id])[score.id]
        assert (mark.warns, mark.rescore) == (True, True)
        told = {notice.account_id: notice.id for notice in list_notices(session, found.id)}
        assert set(told) == {cast.practitioner.account_id, colleague.account_id}
        (figures,) = challenge_figures(session, found.model_id)
        assert (figures.received, figures.late, figures.upheld, figures.median_days) == (1, 1, 1, 34)
        with pytest.raises(NotFound):
            get_notice(session, cast.practitioner, told[colleague.account_id])
    assert tasks_of(world, colleague) == ["Read what was wrong with a score you saw [To read]"]
    read = clock.now()
    for _ in range(2):
        with world.database.write() as session:
            notice = get_notice(session, colleague, told[colleague.account_id])
            read_notice(session, colleague, notice, clock.now())
            assert notice.read_at == read
        clock.advance(hours=1)
    assert tasks_of(world, colleague) == []
    with world.database.read() as session:
        kept = [entry for entry in session.scalars(select(LedgerEntry)) if "challenge" in entry.body.decode()]
        told = [json.loads(entry.body) for entry in sorted(kept, key=lambda entry: entry.at)]
    assert [one["kind"] for one in told if one["kind"] != "stage_changed"] == [
        "challenge_received",
        "challenge_linked",
        "challenge_decided",
        "challenge_notice_read",
    ]
    assert told[0]["actor"] == "public"
    assert [word for word in SECRET if word in json.dumps(told)] == [], "neither words nor contacts are in the ledger"


def test_a_practitioners_challenge_is_linked_and_only_the_independent_review_it(approved, ask) -> None:
    world, score = approved, ask()
    cast = world.cast
    both = another(world, "Bo Both", Role.PRACTITIONER, Role.ACCOUNTABLE_OFFICER, agency="ASC")
    second = another(world, "Deb Second", Role.DATA_PROTECTION_OFFICER)
    with world.database.write() as session:
        fresh = session.get_one(Score, score.id)
        at = world.clock.now()
        record_judgement(session, both, fresh, view="disagree", reason="They have a tenancy.", at=at)
        for stranger, refusal in ((cast.stranger, NotFound), (cast.owner, Forbidden)):
            with pytest.raises(refusal):
                challenge_score(session, stranger, fresh, kind="score", text="Wrong.", at=at)
        for changes, field in (({"kind": "other"}, "kind"), ({"text": " "}, "text"), ({"text": "x" * 4001}, "text")):
            with pytest.raises(Invalid) as refused:
                challenge_score(session, cast.practitioner, fresh, **{"kind": "data", "text": "Old.", **changes}, at=at)
            assert list(refused.value.problems) == [field]
        made = challenge_score(session, cast.practitioner, fresh, kind="data", text="The tenancy is known.", at=at)
        reference = made.reference
        assert [one.reference for one in list_linked(session, made.id)] == [score.reference]
    with pytest.raises(Conflict, match="is received now"):
        act(world, name_reviewer, reference, second.account_id)
    act(world, acknowledge, reference)
    for account_id, why in ((both.account_id, "judgement"), (cast.protector.account_id, "themselves")):
        with pytest.raises(Invalid, match=why):
            act(world, name_reviewer, reference, account_id)
    with pytest.raises(Invalid, match="no role"):
        act(world, name_reviewer, reference, cast.chair.account_id)
    for by in ("officer", "practitioner", "auditor", "administrator", "chair"):
        with pytest.raises(Forbidden):
            act(world, name_reviewer, reference, second.account_id, by=by)
    act(world, name_reviewer, reference, second.account_id)
    act(world, name_reviewer, reference, cast.officer.account_id)
    words = {"outcome": "not_upheld", "reasons": "The fact was right on that day."}
    for by in ("protector", "chair"):
        with pytest.raises(Forbidden):
            act(world, decide, reference, **words, by=by)
    with pytest.raises(Invalid):
        act(world, decide, reference, outcome="withdrawn", reasons="x", by="officer")
    act(world, decide, reference, **words, by="officer")
    with pytest.raises(Conflict):
        act(world, decide, reference, **words, by="officer")
    with pytest.raises(Refused, match="closed"):
        act(world, link_scores, reference, person_reference="RC-0001")
    with world.database.read() as session:
        assert list_notices(session, made.id) == []
        assert find_marks(session, [score.id])[score.id][0].warns is False


def test_links_are_checked_and_can_be_taken_off(approved, ask) -> None:
    world, score, cast = approved, ask(), approved.cast
    both = another(world, "Bo Both", Role.PRACTITIONER, Role.ACCOUNTABLE_OFFICER, agency="ASC")
    with world.database.read() as session:
        version_id = get_use(session, world.use_id).version_id
    train(world.database, "bo.both", version_id)
    later = ask(key="another press", actor=both)
    reference = sent(world, slug=None)
    nobody = {"RC-0002": "person", "nobody": "person", "x\x00": "person", "": "person"}
    for person, field in nobody.items():
        with pytest.raises(Invalid) as refused:
            act(world, link_scores, reference, person_reference=person)
        assert list(refused.value.problems) == [field]
    assert act(world, link_scores, reference, person_reference="RC-0001", score_reference=score.reference.lower()) == 1
    with world.database.read() as session:
        found = get_challenge(session, cast.protector, reference)
        assert found.model.slug == "return-to-custody"
    act(world, acknowledge, reference)
    act(world, name_reviewer, reference, both.account_id)
    with pytest.raises(Invalid, match="name another reviewer first"):
        act(world, link_scores, reference, person_reference="RC-0001")
    act(world, name_reviewer, reference, cast.officer.account_id)
    assert act(world, link_scores, reference, person_reference="RC-0001") == 1
    act(world, unlink_score, reference, score.reference)
    with pytest.raises(Invalid, match="not linked"):
        act(world, unlink_score, reference, score.reference)
    with world.database.read() as session:
        assert [one.id for one in list_linked(session, found.id)] == [later.id]
        assert find_marks(session, [score.id]) == {}
    with pytest.raises(Invalid):
        act(world, withdraw, reference, " ")
    act(world, withdraw, reference, "By telephone on 22 November.")
    with world.database.read() as session:
        assert find_marks(session, [later.id]) == {}
        assert tasks_of(world, cast.officer) == []


def test_of_four_acknowledgements_at_once_one_counts(approved) -> None:
    reference, start, ended = sent(approved), threading.Barrier(4), []

    def press() -> None:
        start.wait(30)
        try:
            act(approved, acknowledge, reference)
            ended.append("done")
        except AlgocareError as refusal:
            ended.append(refusal.code)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ended) == ["conflict", "conflict", "conflict", "done"]


def test_who_is_looking_while_it_is_decided_is_told(approved, ask) -> None:
    """The outcome waits for a viewing that is being recorded, and then finds it."""
    world, score, cast = approved, ask(), approved.cast
    colleague = another(world, "Kim Colleague", Role.PRACTITIONER, agency="ASC")
    reference = sent(world)
    act(world, link_scores, reference, person_reference="RC-0001")
    act(world, acknowledge, reference)
    act(world, name_reviewer, reference, cast.officer.account_id)
    words = {"outcome": "upheld", "reasons": "Wrong.", "correction": "Put right."}
    deciding = threading.Thread(target=lambda: act(world, decide, reference, **words, by="officer"))
    with world.database.write() as session:
        record_viewing(session, session.get_one(Score, score.id), colleague, world.clock.now())
        deciding.start()
        deciding.join(1)
        assert deciding.is_alive(), "it does not go ahead of the viewing"
        assert not find_marks(session, [score.id])[score.id][0].warns
    deciding.join(60)
    with world.database.read() as session:
        challenge = get_challenge(session, cast.officer, reference)
        assert colleague.account_id in {notice.account_id for notice in list_notices(session, challenge.id)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"writer": "colleague"}, "writer"),
        ({"kind": ""}, "kind"),
        ({"name": " "}, "name"),
        ({"reach": ""}, "reach"),
        ({"text": "\n"}, "text"),
        ({"about": "x" * 301}, "about"),
        ({"text": "a\x00b"}, "text"),
    ],
)
def test_what_is_missing_is_refused_before_anything_is_asked_of_a_database(changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        receive(None, Words(**{**vars(WORDS), **changes}), None, None)
    assert list(refused.value.problems) == [field]
