"""Challenges as pages: from the family's form to the warning on the score, and nothing said to strangers."""

import re

import pytest

from model_runtime.challenges.public import RECEIPT

SENT = {
    "writer": "parent",
    "name": "Jo <b>Marsh</b>",
    "reach": "jo@example.org",
    "model": "return-to-custody",
    "kind": "score",
    "about": "Sam Marsh, born 3 March 2002",
    "text": "He has not offended <script>since</script>.",
    "website": "",
}


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def page(approved, ask) -> str:
    return f"/scores/{ask().reference}"


def test_a_challenge_from_outside_to_the_warning_on_the_score(approved, page, visit) -> None:
    family, officer = visit(approved.database), visit(approved.database, "data_protection_officer")
    assert family.get("/challenge/received").location == "/challenge/status"
    answer = family.send("/challenge", SENT)
    assert (answer.status_code, answer.location) == (303, "/challenge/received")
    receipt = words(family.get("/challenge/received"))
    reference = re.search(r"CH-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt).group()
    assert "By 21 December 2026" in receipt
    with family.session_transaction() as cookie:
        assert cookie[RECEIPT] == reference
    asked = {"reference": reference.lower()}
    shown = words(visit(approved.database).send("/challenge/status", asked))
    assert "Received" in shown
    assert "Expected by 21 December 2026" in shown
    assert not re.search("Marsh|jo@|offended|Return to custody", shown)

    address = f"/challenges/{reference}"
    assert reference in words(officer.get("/challenges"))
    assert "Acknowledge challenge" in words(officer.get("/home"))
    shown = words(officer.get(address))
    for part in ("jo@example.org", "Jo &lt;b&gt;Marsh", "since&lt;/script&gt;", "not verified by a lawyer"):
        assert part in shown
    assert officer.send(f"{address}/acknowledge", {}, page=address).status_code == 303
    wrong = officer.send(f"{address}/scores", {"person": "RC-0002"}, page=address)
    assert (wrong.status_code, "No further score by this model" in words(wrong)) == (422, True)
    assert officer.send(f"{address}/scores", {"person": "RC-0001"}, page=address).status_code == 303
    score = page.removeprefix("/scores/")
    shown = words(officer.get(f"{address}/scores/{score}"))
    assert "Advisory only" in shown
    assert "The challenge is not decided yet" in shown
    assert officer.get(f"{address}/scores/S-0000-0000").status_code == 404
    reviewer = visit(approved.database, "accountable_officer")
    assert reviewer.get(address).status_code == 404
    assert officer.send(f"{address}/reviewer", {"reviewer": "99"}, page=address).status_code == 422
    named = {"reviewer": str(approved.cast.officer.account_id)}
    assert officer.send(f"{address}/reviewer", named, page=address).status_code == 303
    assert "jo@example.org" in words(reviewer.get(address))
    assert "Record the outcome" not in words(officer.get(address))
    given = {"outcome": "partly_upheld", "reasons": "An old fact was used.", "correction": "", "rescore": "yes"}
    refused = reviewer.send(f"{address}/outcome", given, page=address)
    assert (refused.status_code, "Say what was put right" in words(refused)) == (422, True)
    given["correction"] = "The record was put right."
    assert reviewer.send(f"{address}/outcome", given, page=address).status_code == 303

    pat, warning = visit(approved.database, "practitioner"), "Challenged and partly upheld on 22 November 2026"
    assert warning in words(pat.get("/people/RC-0001"))
    shown = words(pat.get(page))
    assert f"{warning}: do not rely on it." in shown
    assert "ask for a new score about person RC-0001" in shown
    for ending in ("json", "csv"):
        refused = pat.get(f"{page}.{ending}")
        assert (refused.status_code, warning in words(refused)) == (409, True)
    notice = re.search(r"/challenges/notices/\d+", words(pat.get("/home"))).group()
    assert visit(approved.database, "auditor").get(notice).status_code == 404
    shown = words(pat.get(notice))
    assert "The record was put right." in shown
    assert "Ask for a new score about person RC-0001" in shown
    assert notice not in words(pat.get("/home"))
    shown = words(officer.get(address))
    assert "Pat Nowak" in shown
    assert "Who saw the score and was told" in shown
    shown = words(family.send("/challenge/status", asked))
    assert "Decided" in shown
    assert not re.search("upheld|offended|put right", shown, re.IGNORECASE)
    figures = words(visit(approved.database, "auditor").get("/challenges/figures"))
    assert "Return to custody" in figures
    assert "1 challenge received, 0 open, 1 upheld wholly or in part." in figures


def test_a_practitioner_challenges_from_the_page_of_the_score(approved, page, visit) -> None:
    pat = visit(approved.database, "practitioner")
    assert f"{page}/challenge" in words(pat.get(page))
    refused = pat.send(f"{page}/challenge", {"kind": "data", "text": ""})
    assert (refused.status_code, "Say what you challenge, and why" in words(refused)) == (422, True)
    done = pat.send(f"{page}/challenge", {"kind": "data", "text": "The record is old."})
    assert (done.status_code, done.location) == (303, page)
    shown = words(pat.get(page))
    reference = re.search(r"CH-[0-9A-Z]{4}-[0-9A-Z]{4}", shown).group()
    assert "The challenge is not decided yet." in shown
    assert pat.get(f"{page}.json").status_code == 200
    officer, address = visit(approved.database, "data_protection_officer"), f"/challenges/{reference}"
    assert "A practitioner: Pat Nowak" in words(officer.get(address))
    score = page.removeprefix("/scores/")
    assert officer.send(f"{address}/scores/{score}/remove", {}, page=address).status_code == 303
    assert officer.send(f"{address}/withdraw", {"reason": ""}, page=address).status_code == 422
    assert officer.send(f"{address}/withdraw", {"reason": "By telephone."}, page=address).status_code == 303
    assert "It was withdrawn, by Dora Hughes" in words(officer.get(address))
    assert "not decided" not in words(pat.get(page))


def test_the_public_pages_say_nothing_and_take_nothing_from_programs(founded, visit) -> None:
    stranger = visit(founded)
    shown = words(stranger.get("/challenge"))
    assert "This page never says whether anybody was" in shown
    assert 'href="/challenge"' in words(stranger.get("/sign-in"))
    assert stranger.get("/challenge/no-such-model").status_code == 404
    missing = stranger.send("/challenge", {"writer": "parent", "kind": "model", "model": "unknown"})
    assert missing.status_code == 422
    for sentence in ("Enter your name", "Enter an e-mail address", "Say what you challenge, and why"):
        assert sentence in words(missing)
    trapped = stranger.send("/challenge", {**SENT, "model": "unknown", "website": "http://example.org"})
    assert (trapped.status_code, "as if a program had sent it" in words(trapped)) == (409, True)
    assert stranger.send("/challenge", {**SENT, "model": "nobody-has-it"}).status_code == 422
    assert stranger.send("/challenge", {**SENT, "model": "unknown", "text": "x" * 4001}).status_code == 422
    assert "Nobody has challenged" in words(visit(founded, "data_protection_officer").get("/challenges"))
    for typed in ("CH-2222-2222", "nonsense"):
        assert stranger.send("/challenge/status", {"reference": typed}).status_code == 422
    assert stranger.send("/challenge", {**SENT, "model": "unknown"}).status_code == 303
