"""Point scores, supplied scores and models elsewhere in the browser."""

import pytest
import yaml

from foundation.database.connection import Database
from foundation.jobs.queries import list_recent as list_jobs
from registry.declarations.values import read_declaration
from registry.models.queries import get_version

from .conftest import DEMO
from .sending import ELSEWHERE, FORM, POINTS, SUPPLIED, fields_of, send_files

pytestmark = pytest.mark.one_database  # test_service.py registers every kind on both


def test_a_point_score_goes_from_file_to_form_to_file(founded: Database, visit) -> None:
    """Handed in, begun anew in its form, sent unchanged: the same declaration, without any file."""
    content = (DEMO / "point_scores" / "conduct_disorder.yaml").read_bytes()
    client = visit(founded, "model_owner")
    assert send_files(client, content, {}).location == "/models/risk-of-conduct-disorder"
    assert "Now its assessment can be submitted" in client.get("/models").get_data(as_text=True)
    page = f"{POINTS}?like=risk-of-conduct-disorder"
    typed = fields_of(client.get(page)) | {"version__label": "1"}
    answer = client.post(page, data=typed)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with founded.read() as session:
        one, other = (get_version(session, "risk-of-conduct-disorder", number) for number in (1, 2))
        jobs = [job.kind for job in list_jobs(session)]
    assert other.declaration == one.declaration == read_declaration(yaml.safe_load(content), "x").to_dict()
    assert (one.method, one.unit, one.training_sha256, one.evaluation_sha256) == ("points", "points", None, None)
    assert "evaluate_version" not in jobs
    wrong = typed | {"version__points__rules-1-feature": "income", "version__points__rules-2-points": "many"}
    shown = client.post(page, data=wrong).get_data(as_text=True)
    assert '<a href="#version__points__rules-2-points">Rule 3, Points: Expected a number' in shown
    assert "Nothing was registered" in shown
    added = client.post(page, data=typed | {"step": "add:version__points__weights"})
    assert "version__points__weights-0-feature" in fields_of(added)


def test_a_suppliers_score_is_registered_in_its_form(registered: Database, visit, kinds) -> None:
    kinds["supplied"]["model"] |= {"slug": "return-gauge", "name": "Return Gauge"}
    client = visit(registered, "model_owner")
    assert send_files(client, yaml.safe_dump(kinds["supplied"]).encode(), {}).status_code == 302
    page = f"{SUPPLIED}?like=return-gauge"
    first = client.get(page)
    assert "An upgrade by the supplier is another version" in first.get_data(as_text=True)
    typed = fields_of(first) | {"version__supplier__audit_rights": ""}
    assert '<a href="#version__supplier__audit_rights">' in client.post(page, data=typed).get_data(as_text=True)
    typed |= {"version__supplier__audit_rights": "None."}
    assert client.post(page, data=typed).status_code == 302
    with registered.read() as session:
        version = get_version(session, "return-gauge", 2)
    assert version.declaration["version"]["supplier"]["audit_rights"] == "None."
    assert (version.method, version.unit, version.threshold) == ("supplied", "points", 640)
    assert client.get(f"{FORM}/neural").status_code == 404


def test_a_model_elsewhere_is_entered_and_renewed(founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    empty = client.post(ELSEWHERE, data=fields_of(client.get(ELSEWHERE))).get_data(as_text=True)
    for field in ("name", "slug", "source", "checked_on"):
        assert f'<a href="#elsewhere__{field}">' in empty
    content = (DEMO / "point_scores" / "elsewhere.yaml").read_bytes()
    assert send_files(client, content, {}).location == "/models/durham-hart"
    page = f"{ELSEWHERE}?like=durham-hart"
    typed = fields_of(client.get(page)) | {"elsewhere__reason": "It was stopped."}
    assert client.post(page, data=typed | {"elsewhere__checked_on": "2030-01-01"}).status_code == 422
    assert client.post(page, data=typed).status_code == 302
    told = yaml.safe_load(client.get("/models/durham-hart/declaration.yaml").data)
    assert told["elsewhere"] == yaml.safe_load(content)["elsewhere"] | {
        "reason": "It was stopped.",
        "checked_on": "2026-11-22",
    }
    assert "No longer used" in client.get(page).get_data(as_text=True)
