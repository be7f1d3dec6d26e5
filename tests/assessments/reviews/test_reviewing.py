"""Answers are reviewed by somebody who wrote none of them, from submission until the decision."""

import pytest

from algocare.demo.assessing import review_all
from assessments.committee.queries import list_open_items
from assessments.questionnaire.comparing import compare
from assessments.questionnaire.queries import find_current, get_assessment
from assessments.questionnaire.service import answer, start, submit
from assessments.readiness.values import Asked
from assessments.reviews.gaps import find_gaps
from assessments.reviews.queries import list_reviews, list_tasks, list_threads
from assessments.reviews.service import comment, review
from assessments.reviews.values import View, Viewed
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import get_use
from registry.models.values import PermissionStage

TODAY = None


def gaps(session, assessment, permission: str) -> dict[str, str]:
    asked = Asked(assessment.use, assessment, PermissionStage(permission), TODAY)
    found = find_gaps(session, asked)
    assert all(gap.at_decision for gap in found)
    return {gap.code: gap.sentence for gap in found}


def test_reviews_open_the_way_and_an_edited_answer_is_unreviewed_again(story, clock) -> None:
    number, cast, now = story.answer(), story.cast, clock.now()
    satisfied = {"ADV-1": Viewed(View.SATISFIED)}
    with story.database.write() as session:
        draft = get_assessment(session, number)
        with pytest.raises(Refused) as early:
            review(session, cast.mina, draft, satisfied, now)
        assert early.value.code == "not_to_review"
        assert list_tasks(session, cast.mina, now) == []
        submit(session, cast.owner, draft, now)
    with story.database.write() as session:
        given = get_assessment(session, number)
        for who in (cast.owner, cast.deputy, cast.contributor, cast.auditor, cast.secretary):
            with pytest.raises(Forbidden):
                review(session, who, given, satisfied, now)
        assert list_tasks(session, cast.owner, now) == []
        (task,) = list_tasks(session, cast.mina, now)
        assert "32 answers are not reviewed" in task.hint
        assert gaps(session, given, "shadow") == gaps(session, given, "pilot") == {}
        assert "ADV-1, ADV-2" in gaps(session, given, "operational")["not_reviewed"]
        with pytest.raises(Invalid) as bare:
            review(session, cast.tom, given, {**satisfied, "LAW-4": Viewed(View.NOT_SATISFIED)}, now)
        assert list(bare.value.problems) == ["law_4_reason"]
        assert list_reviews(session, number) == []
        assert len(review_all(session, cast.mina, given, now)) == 32
        assert len(review_all(session, cast.mina, given, now)) == 0
        review(session, cast.protector, given, {"LAW-4": Viewed(View.NOT_SATISFIED, " No law is named. ")}, now)
        assert gaps(session, given, "shadow") == {"not_satisfied": "A reviewer is not satisfied with LAW-4."}
        assert list_tasks(session, cast.mina, now) == []
        kept = session.query(LedgerEntry).filter(LedgerEntry.kind == "answer_reviewed").all()
        assert len(kept) == 33
        assert not any(b"No law" in entry.body for entry in kept)
    story.decide(item_of(story), "more_information")
    with story.database.write() as session:
        before = get_assessment(session, number)
        with pytest.raises(Refused):
            review(session, cast.mina, before, satisfied, now)
        again = start(session, cast.owner, get_use(session, story.use_id), now)
        answer(session, cast.owner, again, "LAW-4", "", "Every gateway, line by line.", now)
        submit(session, cast.owner, again, now)
        standing = list_reviews(session, again.id)
        assert len(standing) == 31
        assert all(one.carried for one in standing)
        assert gaps(session, again, "shadow") == {}
        assert "LAW-4 yet" in gaps(session, again, "operational")["not_reviewed"]
        told = compare(session, again, before)
        (changed,) = told.differences
        assert (changed.code, told.unchanged, told.asked, told.before.id) == ("LAW-4", 31, [], number)
        parts = dict(changed.parts)
        assert "No law is named." in parts["Reviews"][0]
        assert parts["Answer"][1].endswith("Every gateway, line by line.")


def item_of(story) -> int:
    with story.database.read() as session:
        return list_open_items(session)[0].id


@pytest.mark.one_database
def test_comments_have_two_levels_and_come_from_those_who_take_part(story, clock) -> None:
    number, cast, now = story.answer(), story.cast, clock.now()
    with story.database.write() as session:
        draft = get_assessment(session, number)
        for who in (cast.auditor, cast.officer, cast.practitioner):
            with pytest.raises(Forbidden):
                comment(session, who, draft, "ADV-1", "Hello", now)
        first = comment(session, cast.contributor, draft, "ADV-1", "Is that <b>so</b>?", now)
        reply = comment(session, cast.mina, draft, "ADV-1", "Ask the panel.", now, parent_id=first.id)
        with pytest.raises(Invalid):
            comment(session, cast.owner, draft, "ADV-1", "Third level", now, parent_id=reply.id)
        (thread,) = list_threads(session, number)["ADV-1"]
        assert (thread.first.by, [one.by for one in thread.replies]) == ("Colin Reyes", ["Mina Farah"])


@pytest.mark.one_database
def test_a_letter_is_reviewed_and_commented_on_in_pages(story, visit) -> None:
    story.submit()
    with story.database.read() as session:
        number = find_current(session, story.use_id).id
    read, place = f"/assessments/{number}/read", f"/assessments/{number}/review/advisory"
    member = visit(story.database, "committee_member")
    assert "Review the answers under Advisory" in member.get(read).get_data(as_text=True)
    refused = member.send(place, {"adv_1_view": "satisfied", "adv_2_view": "not_satisfied"})
    assert refused.status_code == 422
    assert 'href="#adv_2_reason"' in refused.get_data(as_text=True)
    told = {"adv_1_view": "satisfied", "adv_2_view": "not_satisfied", "adv_2_reason": "Who may depart?"}
    assert member.send(place, told).status_code == 302
    text = visit(story.database, "auditor").get(read).get_data(as_text=True)
    assert "2 of 3 reviewed by Mina Farah" in text
    assert "Who may depart?" in text
    assert "Review the answers under" not in text
    assert visit(story.database, "model_owner").get(place).status_code == 403
    owner = visit(story.database, "model_owner")
    talk = f"/assessments/{number}/comments/ADV-2"
    assert owner.send(talk, {"text": "Anybody <i>may</i>.", "parent": "0"}).status_code == 302
    shown = member.get(talk).get_data(as_text=True)
    assert "Anybody &lt;i&gt;may&lt;/i&gt;." in shown
    assert "A reply to Olivia Owen" in shown
    assert "%" not in re_text(text)


def re_text(page: str) -> str:
    """What the reviews' sentences say; nothing there is a percentage."""
    return " ".join(line for line in page.splitlines() if "reviewed by" in line)
