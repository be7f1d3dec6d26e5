"""What stands between a use and each stage of permission, and what the letters say meanwhile."""

from dataclasses import replace
from datetime import date

from algocare.demo.preparing import make_plan, prepare
from assessments.readiness.values import Asked
from assessments.validation.facts import list_facts
from assessments.validation.gaps import find_gaps
from assessments.validation.queries import find_plan, list_too_good
from assessments.validation.service import explain_unmet, keep_claims, keep_result, register_plan, sign_review
from assessments.validation.tables import Validation, ValidationResult
from registry.evaluations.claims import read_claim
from registry.models.queries import get_use
from registry.models.values import PermissionStage


def lacking(session, use, permission: str) -> list[str]:
    return [gap.code for gap in find_gaps(session, Asked(use, None, PermissionStage(permission), date(2026, 11, 22)))]


def judged(session, story, use, clock, met: bool, tested: list[str]) -> Validation:
    """A result as the worker keeps it; how it is computed is tested with the worker."""
    version = use.version
    told = {"file_name": "later.csv", "file_sha256": version.evaluation_sha256, "outcome": "returned"}
    one = Validation(
        version_id=version.id,
        plan_id=find_plan(session, version.id).id,
        **told,
        date_column="",
        training_from=date(1977, 7, 1),
        training_to=date(1978, 6, 30),
        asked_at=clock.now(),
        asked_by_id=story.cast.owner.account_id,
    )
    session.add(one)
    session.flush()
    summary = {"judged": [{"met": met, "sentence": "Recall: 30 of 100."}], "tested": tested, "gap": ["No change."]}
    result = {"code": "computed", "problem": "", "people": 900, "registered": True, "report": {}}
    keep_result(
        session, one, ValidationResult(validation_id=one.id, computed_at=clock.now(), summary=summary, **result)
    )
    session.expire(one)
    return one


def test_each_stage_asks_for_more(story, clock) -> None:
    with story.database.write() as session:
        use, owner = get_use(session, story.use_id), story.cast.owner
        assert lacking(session, use, "shadow") == []
        assert lacking(session, use, "pilot") == ["plan"]
        assert lacking(session, use, "operational") == ["plan", "validation"]
        facts = {fact.name: fact.state for fact in list_facts(session, use, clock.now())}
        assert (facts["Plan"], facts["People from a later time"]) == ("amber", "amber")

        prepare(session, owner, use, clock.now())
        assert lacking(session, use, "pilot") == []
        assert lacking(session, use, "operational") == ["validation", "untested", "not_accepted"]

        claimed = [read_claim("precision", "0.99"), read_claim("recall", "0.99")]
        claims = keep_claims(session, owner, use, [("A leaflet", claimed)], clock.now())
        assert lacking(session, use, "shadow") == []
        assert lacking(session, use, "pilot") == ["leakage"]
        assert [fact.state for fact in list_facts(session, use, clock.now()) if fact.name == "Too good"] == ["red"]
        found = list_too_good(session, use.version_id, [])[0]
        assert (found.about, found.about_id) == ("claims", claims[0].id)
        sign_review(session, story.cast.mina, use, found, "Nothing leaked.", "Every input.", clock.now())
        assert lacking(session, use, "pilot") == []

        clock.advance(minutes=1)
        named = replace(make_plan(clock.now()), accepted_by="Oscar Lindqvist, accountable officer")
        register_plan(session, owner, use, named, clock.now())
        unmet = judged(session, story, use, clock, False, ["ethnicity", "age_group"])
        assert lacking(session, use, "operational") == ["unmet", "untested"]
        assert list_facts(session, use, clock.now())[-1].state == "red"
        explain_unmet(session, owner, use, unmet, "It orders an offer and restricts nobody.", clock.now())
        assert lacking(session, use, "operational") == ["untested"]
        judged(session, story, use, clock, True, ["ethnicity", "age_group", "marital_status"])
        assert lacking(session, use, "operational") == []
        assert list_facts(session, use, clock.now())[-1].state == "good"
