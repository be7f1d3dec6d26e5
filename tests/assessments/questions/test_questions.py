"""A partnership's own questions: versions that only grow, kept by the committee, carried into drafts."""

import pytest

from assessments.questionnaire.queries import get_assessment, questions_of
from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.service import answer, attach, start, submit, use_newest_questions
from assessments.questions.queries import find_newest_version, list_sets
from assessments.questions.rules import next_code
from assessments.questions.service import add_question, end_question
from foundation.errors import Forbidden, Invalid, NotFound
from registry.models.queries import get_use

ASKED = {
    "duty": "lawful",
    "text": "Has the youth panel seen it?",
    "answer_type": "yes/no",
    "evidence": "minutes of the panel",
    "guidance": "Say when.",
    "reason": "The panel asked for it.",
}


def test_a_code_is_never_given_twice() -> None:
    assert next_code("lawful", []) == "LAW-101"
    assert next_code("lawful", [[{"code": "LAW-101"}, {"code": "ADV-107"}], []]) == "LAW-102"


@pytest.mark.one_database
def test_an_own_question_is_asked_carried_into_drafts_and_ended(story, clock) -> None:
    number = story.answer()
    cast, now = story.cast, clock.now()
    with story.database.write() as session:
        for who in (cast.owner, cast.mina, cast.auditor):
            with pytest.raises(Forbidden):
                add_question(session, who, **ASKED, at=now)
        with pytest.raises(Invalid) as faults:
            add_question(session, cast.secretary, **{**ASKED, "duty": "", "text": "No mark", "reason": " "}, at=now)
        assert set(faults.value.problems) == {"duty", "text", "reason"}
        assert list_sets(session) == []
        made = add_question(session, cast.secretary, **ASKED, at=now)
        assert (made.version, find_newest_version(session)) == ("2026_1+1", "2026_1+1")
        draft = get_assessment(session, number)
        assert len(list(questions_of(draft).questions)) == 32
        use_newest_questions(session, cast.deputy, draft, now)
        assert [question.code for question in questions_of(draft).letter("lawful").questions][-1] == "LAW-101"
        assert len(draft.answers) == 32
        with pytest.raises(Invalid) as missing:
            submit(session, cast.owner, draft, now)
        assert list(missing.value.problems) == ["LAW-101"]
        answer(session, cast.owner, draft, "LAW-101", "yes", "", now)
        attach(session, cast.owner, draft, "LAW-101", "Minutes", text="Seen.", upload_mib=1, at=now)
        submit(session, cast.owner, draft, now)
        fixed = draft.answers_sha256
        with pytest.raises(NotFound):
            end_question(session, cast.secretary, "LAW-1", "Enough.", now)
        end_question(session, cast.chair, "LAW-101", "The panel was dissolved.", now)
        assert [one.version for one in list_sets(session)] == ["2026_1+2", "2026_1+1"]
        assert questions_of(draft).question("LAW-101").text == ASKED["text"]
        assert answers_digest(draft) == fixed
    story.decide(story_item(story), "more_information")
    with story.database.write() as session:
        again = start(session, cast.owner, get_use(session, story.use_id), now)
        assert (again.questionnaire, len(again.answers)) == ("2026_1+2", 32)


def story_item(story) -> int:
    from assessments.committee.queries import list_open_items

    with story.database.read() as session:
        return list_open_items(session)[0].id


@pytest.mark.one_database
def test_the_secretary_adds_and_ends_a_question_on_pages(story, visit) -> None:
    secretary = visit(story.database, "committee_secretary")
    page = "/committee/questions/add"
    assert "Nobody has added a question yet" in secretary.get("/committee/questions").get_data(as_text=True)
    refused = secretary.send(page, {**ASKED, "answer_type": ""})
    assert refused.status_code == 422
    assert "Choose how it is answered" in refused.get_data(as_text=True)
    assert secretary.send(page, ASKED).status_code == 302
    listed = visit(story.database, "auditor").get("/committee/questions").get_data(as_text=True)
    assert "33 questions, of which 1 is this partnership" in listed
    assert "Has the youth panel seen it?" in listed
    assert "Ask it no longer" not in listed
    ended = secretary.send("/committee/questions/LAW-101/end", {"reason": "Enough."})
    assert ended.status_code == 302
    assert "2026_1+2" in secretary.get("/committee/questions").get_data(as_text=True)
