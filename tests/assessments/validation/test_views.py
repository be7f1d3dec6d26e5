"""Pages of plans, later files, claims and leakage reviews, as each role meets them."""

from io import BytesIO

import pytest

from algocare.demo.preparing import TESTED, make_plan
from assessments.validation.forms import plan_as_data
from assessments.validation.jobs import validate
from assessments.validation.pages import papers
from assessments.validation.queries import list_claims
from foundation.files.service import get_content
from registry.models.queries import get_use

pytestmark = pytest.mark.one_database


def words(answer) -> str:
    return answer.get_data(as_text=True)


def filled(clock) -> dict[str, str]:
    return plan_as_data(make_plan(clock.now()))


def test_the_owner_registers_a_plan_and_has_a_later_file_measured(story, visit, clock, engine) -> None:
    owner, member = visit(story.database, "model_owner"), visit(story.database, "committee_member")
    base = f"/assessments/uses/{story.use_id}"
    assert "nobody has said what success would be" in words(member.get(f"{base}/plan"))
    assert member.get(f"{base}/plan/write").status_code == 403
    refused = owner.send(
        f"{base}/plan/write", filled(clock) | {"threshold_1_value": "2", "hides": "", "sex_reason": ""}
    )
    assert refused.status_code == 422
    for sentence in ("Enter a value from 0 to 1", "say what it may hide", "Sex: name the column"):
        assert sentence in words(refused)
    for field in ("threshold_1_value", "hides", "sex_reason"):
        assert f'href="#{field}"' in words(refused)
    assert owner.send(f"{base}/plan/write", filled(clock)).status_code == 302
    assert owner.send(f"{base}/plan/write", filled(clock)).status_code == 409
    shown = words(member.get(f"{base}/plan"))
    for part in (
        "after the platform had computed figures of this version",
        "the threshold that costs least would be 0.33",
        "it flags about 3",
        "It stands in for the outcome",
        "One threshold for all",
        "Nobody is named who accepts what is not tested",
    ):
        assert part in shown
    assert shown.count("Not tested") >= len([one for one in TESTED if not one.column])

    with story.database.read() as session:
        content = get_content(session, get_use(session, story.use_id).version.evaluation_sha256)
    told = {"outcome": "returned", "training_from": "1/7/1977", "training_to": "30/6/1978", "starts_on": "1/1/1979"}
    later = (BytesIO(content + b"\n"), "later.csv")
    multipart = {"content_type": "multipart/form-data"}
    assert owner.send(f"{base}/later", told, **multipart).status_code == 422
    clock.advance(minutes=1)
    kept = owner.send(f"{base}/later", told | {"ends_on": "1/12/1979", "file": later}, **multipart)
    assert kept.status_code == 302, words(kept)
    assert "The platform is measuring this file" in words(member.get(kept.location))
    validate(story.database, clock, engine, int(kept.location.rsplit("/", 1)[1]))
    shown = words(member.get(kept.location))
    for part in ("within what chance can explain", "By ethnicity and age_group", "not assessed", "Flagging "):
        assert part in shown
    assert "Hand in people" not in words(member.get(f"{base}/plan"))
    with story.database.read() as session:
        found = papers(session, get_use(session, story.use_id))
        assert found.counted is not None
        assert {one.tag for one in found.characteristics} == {"Tested", "Not tested"}


def test_claims_that_cannot_be_true_are_refused_and_too_good_ones_wait_for_a_review(story, visit) -> None:
    owner, member = visit(story.database, "model_owner"), visit(story.database, "committee_member")
    base = f"/assessments/uses/{story.use_id}"
    claimed = {"source": "A supplier's leaflet", "precision": "0.30", "recall": "0.50", "mcc": "0.62"}
    refused = owner.send(f"{base}/claims", claimed)
    assert (refused.status_code, "These cannot be true together" in words(refused)) == (422, True)
    assert "is too high, by" in words(refused)
    rows = (BytesIO(b"model,precision,recall,mcc\nfirst,0.4,0.5,\nsecond,0.30,0.50,0.62\n"), "claims.csv")
    sent = {"source": "A paper", "file": rows}
    assert owner.send(f"{base}/claims", sent, content_type="multipart/form-data").status_code == 422
    with story.database.read() as session:
        assert not list_claims(session, get_use(session, story.use_id).version_id), "of a file all rows, or none"
    assert (
        owner.send(f"{base}/claims", {"source": "A leaflet", "precision": "99%", "recall": "0.99"}).status_code == 302
    )
    assert "It waits for a review" in words(owner.get(f"{base}/plan"))
    shown = words(member.get(f"{base}/plan"))
    assert "Review it for leakage" in shown
    address = f"{base}/leakage/claims/1"
    assert owner.get(address).status_code == 403
    assert member.send(address, {"checked": "", "statement": "Fine"}).status_code == 422
    given = {"checked": "Every input and its date.", "statement": "Nothing leaked <b>in</b>."}
    assert member.send(address, given).status_code == 302
    assert "Nothing leaked &lt;b&gt;in&lt;/b&gt;." in words(owner.get(f"{base}/plan"))
    assert member.send(address, given).status_code == 409
