"""How a version works as a whole, from its evaluation file to the page and the committee's papers (R02, R29)."""

from datetime import date

import pytest
from sqlalchemy import delete, text

from algocare.worker import Worker
from assessments.readiness.explained import find_gaps
from assessments.readiness.values import Asked
from foundation.errors import Refused
from registry.explanations.jobs import explain_version
from registry.explanations.queries import find_explanation, find_findings
from registry.explanations.service import queue_missing
from registry.explanations.tables import Explanation
from registry.models.queries import get_version
from registry.models.values import PermissionStage
from tests.model_runtime.conftest import ledger

ADDRESS = "/models/return-to-custody/versions/1/explanation"


def version_of(session):
    return get_version(session, "return-to-custody", 1)


def test_a_version_is_explained_on_its_own_evaluation_file(registered, clock, engine):
    """R02: kept with the digests of the very bytes, in the ledger as a digest, and found for these bytes alone."""
    with registered.read() as session:
        version_id = version_of(session).id
    findings = explain_version(registered, clock, engine, version_id)
    assert findings.people == findings.rows == 351
    assert findings.largest_error <= 1e-6
    assert findings.weights[0].name == "earlier_convictions"
    assert findings.protected == pytest.approx(next(one.share for one in findings.weights if one.name == "age"))
    entry = ledger(registered, "version_explained")[0]
    assert entry["facts"]["people"] == 351
    with registered.write() as session:
        version = version_of(session)
        assert find_findings(session, version) == findings
        assert find_explanation(session, version).file_sha256 == version.evaluation_sha256
        version.artefact_sha256 = version.evaluation_sha256
        session.flush()
        assert find_explanation(session, version) is None
        version.evaluation_sha256 = None
    with pytest.raises(Refused, match="nothing to explain"):
        explain_version(registered, clock, engine, version_id)


@pytest.mark.one_database
def test_the_page_says_words_before_pictures(registered, clock, engine, visit):
    """R02, R29: everybody who reads the register sees what drives a model; a version not explained yet says so."""
    reader = visit(registered, "committee_member")
    _forget(registered)
    assert "was not worked out yet" in reader.get(ADDRESS).get_data(as_text=True)
    with registered.write() as session:
        queue_missing(session, clock.now())
        queue_missing(session, clock.now())
        assert session.scalar(text("SELECT count(*) FROM job WHERE kind = 'explain_version'")) == 1
        assert lacking(session) == ["explanation"]
    Worker(registered, clock, engine).run_waiting()
    with registered.read() as session:
        assert lacking(session) == []
    shown = reader.get(ADDRESS).get_data(as_text=True)
    for words in ("About three fifths of the weight lies on 3 inputs", "All inputs describe the person.", "svg"):
        assert words in shown
    assert shown.index("About three fifths") < shown.index("<svg")
    assert shown.count("<table") >= 14
    assert ADDRESS in reader.get("/models/return-to-custody/versions/1").get_data(as_text=True)


def lacking(session) -> list[str]:
    """What a pilot still lacks; the shadow asks for none of it."""
    use = version_of(session).uses[0]
    asked = [Asked(use, None, PermissionStage(one), date(2026, 11, 22)) for one in ("shadow", "pilot")]
    assert find_gaps(session, asked[0]) == []
    return [gap.code for gap in find_gaps(session, asked[1])]


def _forget(database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER explanation_keep_DELETE"))
        connection.execute(delete(Explanation))
