"""What is typed into an assessment saves itself, is never lost, and is reviewed by somebody else: in a browser."""

from collections.abc import Callable

import pytest

from algocare.demo.assessing import answer_all, read_answers
from assessments.questionnaire.queries import find_draft
from assessments.questionnaire.service import answer, submit
from assessments.questions.service import add_question
from foundation.accounts.queries import find_account
from foundation.database.connection import Database
from registry.models.queries import find_use

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("answering"), pytest.mark.timeout(300)]


def test_an_evening_of_answering(registered: Database, arrive: Callable, clock) -> None:
    with registered.write() as session:
        owner = find_account(session, "olivia.owner").actor()
        use = find_use(session, "return-to-custody", "resettlement-support")
        number = answer_all(session, owner, use, read_answers(), clock.now()).id
        secretary = find_account(session, "sam.secretary").actor()
        told = {"evidence": "minutes", "guidance": "Say when.", "reason": "The panel asked for it."}
        asked = {"duty": "granularity", "text": "Has the panel seen it?", "answer_type": "yes/no"}
        add_question(session, secretary, **asked, **told, at=clock.now())
    olivia = arrive(registered)
    olivia.sign_in("Olivia Owen")
    clock.advance(minutes=5)
    olivia.page.clock.install()
    olivia.go(f"/assessments/{number}/granularity")
    olivia.check("Granularity", "owner-granularity")
    said = olivia.page.locator("[data-autosave-said]")

    # Twenty seconds after the last change it is saved, without a press of any button.
    olivia.page.get_by_label("How many").fill("30")
    olivia.page.clock.fast_forward(21_000)
    said.get_by_text("Saved at 12:05pm").wait_for()
    with registered.read() as session:
        draft = find_draft(session, use.id)
        assert next(one.value for one in draft.answers if one.code == "GRA-5") == {"number": 30, "unit": "days"}

    # A value that cannot be kept is said to be one, and stays on the page.
    olivia.page.get_by_label("How many").fill("soon")
    olivia.page.clock.fast_forward(21_000)
    said.get_by_text("Enter a number above 0").wait_for()
    assert olivia.page.get_by_label("How many").input_value() == "soon"

    # Leaving the tab saves at once.
    olivia.page.get_by_label("How many").fill("60")
    olivia.page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    said.get_by_text("Saved at").wait_for()

    # Somebody else saved meanwhile: nothing is written over, and nothing typed is lost.
    with registered.write() as session:
        colin = find_account(session, "colin.contributor").actor()
        answer(session, colin, find_draft(session, use.id), "GRA-1", "", "Three bands.", clock.now())
    text = "Bands, because finer output would claim too much."
    olivia.page.locator("#gra_1_text").fill(text)
    olivia.page.clock.fast_forward(21_000)
    said.get_by_text("Somebody else changed these answers").wait_for()
    assert olivia.page.locator("#gra_1_text").input_value() == text
    olivia.press("Save answers")
    assert "Three bands." in olivia.text()
    assert olivia.page.locator("#gra_1_text").input_value() == text

    olivia.go(f"/assessments/{number}")
    assert "You left off at GRA-5, under Granularity" in olivia.text()
    olivia.press("Use the newest questions")
    assert "32 of 33 questions are complete" in olivia.text()
    olivia.page.get_by_text("The terms of a pilot").click()
    olivia.check("Assessment of Return to custody", "owner-submits")
    olivia.go(f"/assessments/{number}/evidence/LAW-2")
    olivia.check("Add evidence")
    olivia.go("/committee/questions")
    olivia.check("The questions that are asked")


def test_somebody_else_reviews(registered: Database, arrive: Callable, clock) -> None:
    with registered.write() as session:
        owner = find_account(session, "olivia.owner").actor()
        use = find_use(session, "return-to-custody", "resettlement-support")
        draft = answer_all(session, owner, use, read_answers(), clock.now())
        submit(session, owner, draft, clock.now())
        number = draft.id
    mina = arrive(registered)
    mina.sign_in("Mina Farah")
    mina.follow("Review the answers about")
    mina.check("What was answered")
    mina.follow("Review the answers under Lawful")
    mina.check("Lawful", "member-reviews")
    mina.page.locator("#law_4 input[value=not_satisfied]").check()
    mina.press("Record what you think")
    assert "There is a problem" in mina.text()
    mina.page.locator("#law_4_reason").fill("No law is named for two of the items.")
    mina.press("Record what you think")
    assert "1 of 5 reviewed by Mina Farah" in mina.text()
    mina.go(f"/assessments/{number}/comments/LAW-4")
    mina.check("Comments on LAW-4")
    mina.page.get_by_label("Your comment").fill("Which gateway is it?")
    mina.press("Comment")
    mina.check("Comments on LAW-4", kind="with a comment")
    mina.sign_in("Sam Okafor")
    mina.go("/committee/questions/add")
    mina.check("Add a question")
