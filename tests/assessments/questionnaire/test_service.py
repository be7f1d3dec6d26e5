"""Answering, attaching and submitting."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import delete

from assessments.questionnaire.queries import find_current, find_draft, get_assessment, list_authors, strip
from assessments.questionnaire.rules import answers_digest, letter_digest
from assessments.questionnaire.service import answer, answer_letter, attach, remove_evidence, start, submit
from assessments.questionnaire.values import Given, load_questionnaire
from foundation.accounts.values import Actor, Role
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused, TooLarge
from foundation.files.service import get_content
from model_runtime.training.tables import TrainingAttempt, TrainingModule
from registry.evaluations.tables import Evaluation
from registry.models.queries import get_use
from registry.models.values import PermissionStage, PilotTerms


@pytest.fixture
def begun(story, clock):
    """The story with an empty draft, and its number."""
    with story.database.write() as session:
        story.draft = start(session, story.cast.owner, get_use(session, story.use_id), clock.now()).id
    return story


def states(story, today=date(2026, 11, 22)) -> dict[str, tuple[str, str]]:
    with story.database.read() as session:
        tiles = strip(session, get_use(session, story.use_id), datetime.combine(today, time(12), tzinfo=UTC))
    assert "".join(tile["letter"] for tile in tiles) == "ALGOCARE"
    return {tile["code"]: (tile["state"], tile["state_text"]) for tile in tiles}


def test_a_use_has_one_draft(begun, clock) -> None:
    with begun.database.write() as session, pytest.raises(Conflict):
        start(session, begun.cast.deputy, get_use(session, begun.use_id), clock.now())


def test_an_approved_use_is_assessed_again_one_round_at_a_time(story, clock) -> None:
    item = story.submit()
    with story.database.write() as session, pytest.raises(Refused, match="with the committee"):
        start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
    story.decide(item, "approve")
    with story.database.write() as session:
        again = start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
        terms = PilotTerms("Offers reach people sooner.", "Two in three.", "A complaint upheld.", 40, ("Resettlement",))
        with pytest.raises(Invalid) as skipped:
            submit(session, story.cast.owner, again, clock.now(), permission=PermissionStage.OPERATIONAL)
        assert (skipped.value.code, list(skipped.value.problems)) == ("stage_skipped", ["permission"])
        with pytest.raises(Invalid) as bare:
            submit(session, story.cast.owner, again, clock.now(), permission=PermissionStage.PILOT)
        assert "pilot_teams" in bare.value.problems
        assert (again.permission, again.stage) == ("shadow", "draft")
        submit(session, story.cast.owner, again, clock.now(), permission=PermissionStage.PILOT, pilot=terms)
        assert (again.permission, again.terms["teams"], again.use.stage) == ("pilot", ["Resettlement"], "approved")
        assert again.answers_sha256 == answers_digest(again)
        with pytest.raises(Conflict) as waiting:
            start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
        assert waiting.value.code == "with_committee"


def test_owner_deputy_and_a_contributor_of_the_agency_answer_and_nobody_else(begun, clock) -> None:
    elsewhere = Actor(begun.cast.contributor.account_id, "Elsewhere", frozenset({Role.CONTRIBUTOR}), "BCC")
    other_owner = Actor(999, "Other owner", frozenset({Role.MODEL_OWNER}), "ASC")
    with begun.database.write() as session:
        draft = get_assessment(session, begun.draft)
        for who in (begun.cast.owner, begun.cast.deputy, begun.cast.contributor):
            answer(session, who, draft, "ADV-3", "", f"{who.name} answers", clock.now())
        for who in (elsewhere, other_owner, begun.cast.mina, begun.cast.auditor, begun.cast.officer):
            with pytest.raises(Forbidden):
                answer(session, who, draft, "ADV-3", "", "Not mine", clock.now())
    assert begun.read(begun.draft, lambda one: one.answers[0].text).startswith("Colin Reyes")


def test_an_unchanged_answer_keeps_the_name_of_who_gave_it(begun, clock) -> None:
    with begun.database.write() as session:
        draft = get_assessment(session, begun.draft)
        answer(session, begun.cast.contributor, draft, "ADV-3", "", "The panel", clock.now())
        answer(session, begun.cast.owner, draft, "ADV-3", "", "The panel ", clock.now())
        answer(session, begun.cast.owner, draft, "LAW-1", "", "", clock.now())
        assert [one.answered_by_id for one in draft.answers] == [begun.cast.contributor.account_id]
        assert begun.cast.contributor.account_id in list_authors(session, begun.use_id)


def test_answers_fit_their_question(begun, clock) -> None:
    with begun.database.write() as session:
        draft = get_assessment(session, begun.draft)
        for code, choice, text in (("ADV-3", "yes", "x"), ("ADV-1", "maybe", "x"), ("ADV-3", "", "x" * 20_001)):
            with pytest.raises(Invalid):
                answer(session, begun.cast.owner, draft, code, choice, text, clock.now())
        with pytest.raises(NotFound):
            answer(session, begun.cast.owner, draft, "XXX-9", "", "x", clock.now())


def test_of_eight_who_write_at_once_one_is_kept_and_nobody_is_written_over(begun, clock) -> None:
    letter = load_questionnaire().letter("explainable")
    seen = begun.read(begun.draft, lambda one: letter_digest(one, letter))

    def write(number: int) -> bool:
        given = {"EXP-1": Given(text=f"By writer {number}")}
        try:
            with begun.database.write() as session:
                draft = get_assessment(session, begun.draft)
                answer_letter(session, begun.cast.owner, draft, letter, given, clock.now(), seen=seen)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(write, range(8)))
    assert kept.count(True) == 1
    assert begun.read(begun.draft, lambda one: one.answers[0].text) == f"By writer {kept.index(True)}"


def test_a_file_is_kept_byte_for_byte_and_can_be_taken_off(begun, clock) -> None:
    with begun.database.write() as session:
        draft = get_assessment(session, begun.draft)
        kept = attach(
            session,
            begun.cast.owner,
            draft,
            "LAW-2",
            "Impact assessment",
            file=("dir/dpia.pdf", b"%PDF-1.7 x"),
            upload_mib=1,
            at=clock.now(),
        )
        assert (kept.file_name, get_content(session, kept.file_sha256)) == ("dpia.pdf", b"%PDF-1.7 x")
        remove_evidence(session, begun.cast.deputy, draft, kept, clock.now())
        assert draft.evidence == []


def test_evidence_that_cannot_be_read_or_followed_is_refused(begun, clock) -> None:
    bad = [
        {"title": "Nothing"},
        {"title": "", "text": "A note"},
        {"title": "Link", "link": "javascript:alert(1)"},
        {"title": "Link", "link": "ftp://example.org/x"},
        {"title": "File", "file": ("page.html", b"<html>")},
    ]
    with begun.database.write() as session:
        draft = get_assessment(session, begun.draft)
        for given in bad:
            with pytest.raises(Invalid):
                attach(session, begun.cast.owner, draft, "LAW-2", **given, upload_mib=1, at=clock.now())
        large = ("big.txt", b"x" * (1024 * 1024 + 1))
        with pytest.raises(TooLarge, match=r"big\.txt"):
            attach(session, begun.cast.owner, draft, "LAW-2", "Big", file=large, upload_mib=1, at=clock.now())
        assert draft.evidence == []


def test_an_empty_draft_is_not_submitted_and_every_gap_is_listed(begun, clock) -> None:
    with begun.database.write() as session, pytest.raises(Invalid) as refused:
        submit(session, begun.cast.owner, get_assessment(session, begun.draft), clock.now())
    problems = refused.value.problems
    assert len(problems) == 32
    assert next(iter(problems)) == "ADV-1"
    assert "yes or no" in problems["ADV-1"]
    assert "the answer" in problems["LAW-1"]
    assert "evidence (gateway, lawful basis, retention)" in problems["LAW-4"]
    assert begun.stage() == "registered"


def test_one_missing_answer_or_evidence_blocks(story, clock) -> None:
    draft = story.answer()
    with story.database.write() as session:
        assessment = get_assessment(session, draft)
        answer(session, story.cast.owner, assessment, "ACC-6", "", "No choice made", clock.now())
        one = next(evidence for evidence in assessment.evidence if evidence.code == "OWN-3")
        remove_evidence(session, story.cast.owner, assessment, one, clock.now())
        with pytest.raises(Invalid) as refused:
            submit(session, story.cast.owner, assessment, clock.now())
    assert set(refused.value.problems) == {"ACC-6", "OWN-3"}
    assert story.stage() == "registered"


def test_accuracy_is_not_submitted_before_the_platform_measured_it(story, clock, make_database) -> None:
    founded_draft = story.answer()
    with story.database.write() as session:
        for table in (TrainingAttempt, TrainingModule, Evaluation):  # what was learned from figures goes with them
            name = table.__tablename__
            if session.get_bind().dialect.name == "sqlite":
                session.connection().exec_driver_sql(f"DROP TRIGGER {name}_keep_DELETE")
            else:
                session.connection().exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER ALL")
            session.execute(delete(table))
        with pytest.raises(Invalid) as refused:
            submit(session, story.cast.owner, get_assessment(session, founded_draft), clock.now())
    assert list(refused.value.problems) == ["ACC-3"]


def test_only_the_owner_or_deputy_submits(story, clock) -> None:
    draft = story.answer()
    with story.database.write() as session:
        for who in (story.cast.contributor, story.cast.chair):
            with pytest.raises(Forbidden):
                submit(session, who, get_assessment(session, draft), clock.now())
        submit(session, story.cast.deputy, get_assessment(session, draft), clock.now())
    assert story.stage() == "submitted"


def test_submitted_answers_are_fixed_under_their_digest(story, clock) -> None:
    story.submit()
    with story.database.write() as session:
        assessment = find_current(session, story.use_id)
        assert assessment.answers_sha256 == answers_digest(assessment)
        with pytest.raises(Refused, match="submitted"):
            answer(session, story.cast.owner, assessment, "ADV-1", "no", "Changed", clock.now())
        with pytest.raises(Refused):
            attach(session, story.cast.owner, assessment, "ADV-1", "Late", text="x", upload_mib=1, at=clock.now())
        with pytest.raises(Conflict):
            submit(session, story.cast.owner, assessment, clock.now())


def test_the_digest_covers_answers_choices_and_evidence(story) -> None:
    def digest_after(change) -> str:
        return story.read(story.draft, lambda one: (change(one), answers_digest(one))[1])

    story.draft = story.answer()
    first = digest_after(lambda one: None)
    assert first == digest_after(lambda one: None)
    changes = [
        lambda one: setattr(one.answers[3], "text", "Other"),
        lambda one: setattr(one.answers[3], "choice", "no"),
        lambda one: setattr(one.evidence[3], "text", "Other"),
        lambda one: setattr(one.evidence[3], "file_sha256", "0" * 64),
        lambda one: one.evidence.pop(),
        lambda one: setattr(one, "questionnaire", "2027_1"),
    ]
    assert len({first, *(digest_after(change) for change in changes)}) == len(changes) + 1


def test_after_a_return_a_new_round_carries_answers_and_evidence_over(story, clock) -> None:
    story.decide(story.submit(), "more_information")
    with story.database.write() as session:
        returned = find_current(session, story.use_id)
        again = start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
        assert again.id != returned.id
        assert answers_digest(again) == returned.answers_sha256
        assert find_draft(session, story.use_id).id == again.id
        answer(session, story.cast.owner, again, "ADV-1", "no", "It changed", clock.now())
        assert answers_digest(returned) == returned.answers_sha256


def test_the_strip_follows_the_facts(story, clock) -> None:
    assert set(states(story).values()) == {("none", "Not answered yet")}
    with story.database.write() as session:
        draft = start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
        for code in ("LAW-1", "LAW-2", "LAW-3"):
            answer(session, story.cast.owner, draft, code, "", "Yes", clock.now())
    assert states(story)["lawful"] == ("attention", "3 of 5 answered")
    item = story.submit()
    assert set(states(story).values()) == {("due", "With the committee")}
    story.decide(item, "approve_with_conditions", conditions=[("Write to families", date(2026, 12, 4))])
    shown = states(story)
    assert shown.pop("responsible") == ("due", "1 condition due 4 December 2026")
    assert set(shown.values()) == {("met", "Met")}
    assert states(story, date(2026, 12, 5))["responsible"][0] == "not_met"
    assert set(states(story, date(2027, 9, 2)).values()) == {("not_met", "Approval ended 1 September 2027")}


def test_the_review_date_shows_a_month_before(story) -> None:
    story.approve()
    assert states(story, date(2027, 8, 20))["responsible"] == ("due", "Review in 12 days")
    assert states(story, date(2027, 9, 1))["responsible"] == ("due", "Review today")
    assert states(story, date(2027, 7, 20))["responsible"] == ("met", "Met")
    assert states(story, date(2027, 9, 1))["lawful"] == ("met", "Met")
