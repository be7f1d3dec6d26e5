"""The pages of an assessment, as each role meets them."""

import re
from io import BytesIO

import pytest

from assessments.questionnaire.queries import find_current, get_assessment

START = "/models/return-to-custody/uses/{}/assess"


@pytest.fixture
def page(story, visit):
    """A function that opens an address as a role and gives status and text."""

    def get(role: str, address: str) -> tuple[int, str]:
        answer = visit(story.database, role).get(address)
        return answer.status_code, answer.get_data(as_text=True)

    return get


def test_the_owner_starts_answers_and_sees_progress(story, visit) -> None:
    owner = visit(story.database, "model_owner")
    begun = owner.send(START.format(story.use_id), page="/home")
    assert begun.status_code == 302
    address = begun.location
    assert "0 of 32 questions are complete" in owner.get(address).get_data(as_text=True)
    saved = owner.send(
        f"{address}/advisory",
        {"adv_1_choice": "yes", "adv_1_text": "It is <b>advice</b>.", "adv_2_text": "", "adv_3_text": "A panel"},
    )
    assert saved.status_code == 302
    shown = owner.get(f"{address}/advisory").get_data(as_text=True)
    assert "It is &lt;b&gt;advice&lt;/b&gt;." in shown
    assert 'value="yes" checked' in shown
    assert "2 of 3 answered" in owner.get(address).get_data(as_text=True)


def test_saving_and_adding_evidence_loses_no_answer(story, visit) -> None:
    owner = visit(story.database, "model_owner")
    address = owner.send(START.format(story.use_id), page="/home").location
    saved = owner.send(f"{address}/explainable", {"exp_2_text": "Dr Hale", "add_evidence": "EXP-2"})
    assert saved.location.endswith("/evidence/EXP-2")
    letter = (BytesIO(b"%PDF-1.7 letter"), "letter.pdf")
    added = owner.send(saved.location, {"title": "Letter", "file": letter}, content_type="multipart/form-data")
    assert added.status_code == 302
    shown = owner.get(f"{address}/explainable").get_data(as_text=True)
    assert "Dr Hale" in shown
    assert "letter.pdf" in shown


def test_a_file_that_is_not_what_it_says_comes_back_at_its_field(story, visit) -> None:
    number = story.answer()
    owner = visit(story.database, "model_owner")
    for given in ({"title": "Page", "file": (BytesIO(b"<html>"), "page.pdf")}, {"title": "Nothing"}):
        refused = owner.send(f"/assessments/{number}/evidence/EXP-2", given, content_type="multipart/form-data")
        assert refused.status_code == 422
        assert "govuk-error-summary" in refused.get_data(as_text=True)


def test_evidence_is_a_download_and_never_a_page(story, visit, clock) -> None:
    number = story.answer()
    owner = visit(story.database, "model_owner")
    page = (BytesIO(b"<script>alert(1)</script>"), "note.txt")
    owner.send(
        f"/assessments/{number}/evidence/EXP-2", {"title": "Note", "file": page}, content_type="multipart/form-data"
    )
    kept = story.read(number, lambda one: next(e.id for e in one.evidence if e.file_sha256))
    for role in ("model_owner", "committee_member", "auditor"):
        file = visit(story.database, role).get(f"/assessments/{number}/evidence/{kept}/file")
        assert file.data == b"<script>alert(1)</script>"
        assert file.headers["Content-Disposition"] == "attachment; filename=note.txt"
        assert file.mimetype == "text/plain"
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    note = story.read(number, lambda one: next(e.id for e in one.evidence if not e.file_sha256))
    assert owner.get(f"/assessments/{number}/evidence/{note}/file").status_code == 404
    assert owner.get(f"/assessments/{number + 1}/evidence/{kept}/file").status_code == 404


def test_the_accuracy_page_shows_what_was_computed_above_the_questions(story, page) -> None:
    number = story.answer()
    _, text = page("model_owner", f"/assessments/{number}/accuracy")
    computed, questions = text.index("Of 100 people it flags, about"), text.index("acc_1_text")
    assert computed < questions
    assert "By ethnicity" in text
    assert "How often it was right and wrong" in text
    _, read = page("auditor", f"/assessments/{number}/read")
    assert "Of 100 people it flags, about" in read


def test_submitting_too_early_lists_every_gap_with_a_way_to_it(story, visit) -> None:
    owner = visit(story.database, "model_owner")
    address = owner.send(START.format(story.use_id), page="/home").location
    refused = owner.send(f"{address}/submit", page=address)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert text.count("/accuracy#acc_") >= 7
    assert "32 questions are not complete" in text
    assert story.stage() == "registered"


def test_a_complete_assessment_is_submitted_and_then_only_read(story, visit) -> None:
    number = story.answer()
    owner = visit(story.database, "model_owner")
    sent = owner.send(f"/assessments/{number}/submit", page=f"/assessments/{number}")
    assert sent.status_code == 302
    assert story.stage() == "submitted"
    assert owner.get(f"/assessments/{number}/advisory").location.endswith(f"/assessments/{number}/read#advisory")
    assert owner.send(f"/assessments/{number}/advisory", {"adv_3_text": "x"}, page="/home").status_code == 409


def test_the_owner_reads_the_decision_and_starts_again(story, visit) -> None:
    item = story.submit()
    story.decide(item, "more_information")
    with story.database.read() as session:
        number = find_current(session, story.use_id).id
    owner = visit(story.database, "model_owner")
    text = owner.get(f"/assessments/{number}").get_data(as_text=True)
    assert "the ethics committee asked the owner for more information" in text
    again = owner.send(START.format(story.use_id), page=f"/assessments/{number}")
    assert again.status_code == 302
    with story.database.read() as session:
        assert len(get_assessment(session, number + 1).answers) == 32


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(story, visit) -> None:
    number = story.answer()
    first, second = visit(story.database, "model_owner"), visit(story.database, "contributor")
    address = f"/assessments/{number}/explainable"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', first.get(address).get_data(as_text=True)).group(1)
    second.send(address, {"exp_1_text": "By the contributor", "exp_2_text": "Dr Hale", "seen": seen})
    late = first.send(address, {"exp_1_text": "By the owner", "exp_2_text": "Dr Hale", "seen": seen})
    text = late.get_data(as_text=True)
    assert late.status_code == 422
    assert "Somebody else changed these answers" in text
    assert "By the contributor" in text
    assert "By the owner" in text
    assert story.read(number, lambda one: {a.code: a.text for a in one.answers})["EXP-1"] == "By the contributor"


@pytest.mark.parametrize(
    ("role", "show", "answer"),
    [
        ("model_owner", 200, 200),
        ("contributor", 200, 200),
        ("committee_member", 200, 403),
        ("chair", 200, 403),
        ("accountable_officer", 200, 403),
        ("auditor", 200, 403),
        ("data_protection_officer", 200, 403),
        ("practitioner", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_who_may_read_and_who_may_answer(story, page, role, show, answer) -> None:
    number = story.answer()
    assert page(role, f"/assessments/{number}")[0] == show
    assert page(role, f"/assessments/{number}/read")[0] == show
    assert page(role, f"/assessments/{number}/lawful")[0] == answer


def test_a_forged_post_changes_nothing(story, visit) -> None:
    number = story.answer()
    owner = visit(story.database, "model_owner")
    for address in (f"/assessments/{number}/submit", f"/assessments/{number}/explainable", START.format(story.use_id)):
        assert owner.post(address, data={"exp_2_text": "Forged"}).status_code == 400
    assert story.stage() == "registered"
    assert "Forged" not in story.read(number, lambda one: [answer.text for answer in one.answers])


def test_addresses_of_nothing_are_not_found(story, page) -> None:
    number = story.answer()
    for address in ("/assessments/999", f"/assessments/{number}/kindness", f"/assessments/{number}/evidence/XXX-1"):
        assert page("model_owner", address)[0] == 404


def test_reading_says_whether_it_is_still_what_was_submitted(story, page) -> None:
    story.submit()
    with story.database.read() as session:
        number = find_current(session, story.use_id).id
    assert "Nothing here has changed since" in page("auditor", f"/assessments/{number}/read")[1]
    with story.database.write() as session:
        get_assessment(session, number).answers[0].text = "Quietly altered"
    assert "its fingerprint does not match" in page("auditor", f"/assessments/{number}/read")[1]


@pytest.mark.one_database
def test_what_is_typed_is_saved_by_itself_and_never_over_somebody_elses(story, visit) -> None:
    number = story.answer()
    address, json = f"/assessments/{number}/granularity", {"Accept": "application/json"}
    first, second = visit(story.database, "model_owner"), visit(story.database, "contributor")
    page = first.get(address).get_data(as_text=True)
    assert "autosave.js" in page
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page).group(1)
    wrong = first.post(address, data={"gra_5_number": "soon", "csrf_token": token, "seen": seen}, headers=json)
    assert (wrong.status_code, wrong.json["detail"]) == (
        422,
        "The answers were not saved. Enter a number above 0, such as 45.",
    )
    typed = {"gra_5_number": "30", "gra_5_text": "Each month.", "csrf_token": token, "seen": seen}
    saved = first.post(address, data=typed, headers=json)
    assert (saved.status_code, saved.json["saved"]) == (200, "12:00pm")
    assert story.read(number, lambda one: next(a.value for a in one.answers if a.code == "GRA-5"))["number"] == 30
    second.send(address, {"gra_5_number": "60", "seen": saved.json["seen"]})
    late = first.post(address, data={**typed, "seen": saved.json["seen"]}, headers=json)
    assert (late.status_code, late.json["code"]) == (409, "changed_meanwhile")
    shown = first.post(address, data={**typed, "seen": saved.json["seen"]}).get_data(as_text=True)
    assert "60 days" in shown
    assert 'value="30"' in shown
    first.post("/sign-out", data={"csrf_token": token})
    assert first.post(address, data=typed, headers=json).status_code == 401
    lost = first.post(
        address, data={**typed, "gra_5_text": "Something <b>long</b> that took a whole evening to write."}
    )
    text = lost.get_data(as_text=True)
    assert lost.status_code == 401
    assert "Something &lt;b&gt;long&lt;/b&gt; that took a whole evening to write." in text
    assert token not in re.sub(r'name="csrf_token" value="[^"]+"', "", text)


@pytest.mark.one_database
def test_the_owner_asks_for_a_stage_and_each_lack_of_a_pilot_stands_at_its_field(story, visit) -> None:
    item = story.submit()
    story.decide(item, "approve")
    owner = visit(story.database, "model_owner")
    address = owner.send(START.format(story.use_id), page="/home").location
    page = owner.get(address).get_data(as_text=True)
    assert re.search(r'value="pilot"[^>]*checked', page)
    assert "You left off at" in page
    assert "Side by side with the round started on" in page
    skipped = owner.send(f"{address}/submit", {"permission": "operational"}, page=address)
    assert "before operational use there is pilot use" in skipped.get_data(as_text=True)
    terms = {"permission": "pilot", "pilot_hypothesis": "Offers reach people sooner.", "pilot_people": "many"}
    bare = owner.send(f"{address}/submit", terms, page=address)
    text = bare.get_data(as_text=True)
    assert bare.status_code == 422
    assert 'href="#pilot_people"' in text
    terms |= {"pilot_people": "1,200", "pilot_teams": "Resettlement\r\n\r\nYouth\r\n"}
    lacking = owner.send(f"{address}/submit", terms, page=address).get_data(as_text=True)
    assert 'href="#pilot_success"' in lacking
    assert "Offers reach people sooner." in lacking
    terms |= {"pilot_success": "Two in three.", "pilot_stop": "A complaint upheld."}
    assert owner.send(f"{address}/submit", terms, page=address).status_code == 302
    number = int(address.rsplit("/", 1)[1])
    kept = story.read(number, lambda one: (one.permission, one.terms["people"], one.terms["teams"]))
    assert kept == ("pilot", 1200, ["Resettlement", "Youth"])
    sides = visit(story.database, "auditor").get(f"{address}/compare/{number - 1}").get_data(as_text=True)
    assert "Nothing changed in any of the 32 questions." in sides
    assert "Shadow: recorded, shown to nobody" in sides
