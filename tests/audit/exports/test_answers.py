"""The digest of a round of answers is the same in the product and in the verifier, for old rounds and new ones."""

import json
from datetime import UTC, date, datetime

import pytest

from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from audit.exports.oversight import tell_assessment
from audit.verifier import verify_pack
from registry.models.tables import ModelVersion, Use

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BARE = {"title": "Schedule", "text": "", "link": "", "file_name": "", "added_by_id": 1, "added_at": NOON}
DATED = {**BARE, "kind": "dpia", "document_version": "1.2", "expires_on": date(2027, 3, 3)}
PILOT = {"hypothesis": "Sooner.", "people": 400, "teams": ["Resettlement"]}


@pytest.mark.parametrize("permission", ["", "shadow", "pilot"])
@pytest.mark.parametrize("value", [{}, {"number": 1.5, "unit": "months"}])
@pytest.mark.parametrize("evidence", [BARE, DATED])
def test_the_verifier_takes_the_digest_that_was_taken_at_submission(permission, value, evidence) -> None:
    given = {"code": "GRA-5", "choice": "", "text": "Each month.", "answered_by_id": 1, "answered_at": NOON}
    assessment = Assessment(
        use=Use(version=ModelVersion(number=1)),
        questionnaire="2026_1",
        stage="submitted",
        started_at=NOON,
        started_by_id=1,
        permission=permission,
        terms=PILOT if permission == "pilot" else {},
        answers=[Answer(**given, value=value)],
        evidence=[Evidence(code="GRA-5", **{"kind": "", "document_version": "", **evidence})],
    )
    told = json.loads(json.dumps(tell_assessment(assessment)))
    assert verify_pack.answers_digest(told) == answers_digest(assessment)
    next(one for one in told["answers"] if one["answered"])["text"] = "Each year."
    assert verify_pack.answers_digest(told) != answers_digest(assessment)
