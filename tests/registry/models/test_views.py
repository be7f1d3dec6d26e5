"""The pages of models, by role."""

import csv
import io
import re

import pytest

from foundation.database.connection import Database

PAGES = ["/models", "/models.csv", "/models.json", "/models/return-to-custody/versions/1"]
READERS = ["model_owner", "committee_member", "practitioner", "auditor", "data_protection_officer"]


@pytest.mark.parametrize("role", READERS)
def test_whoever_may_see_the_register_sees_its_models(role: str, registered: Database, visit) -> None:
    client = visit(registered, role)
    for page in PAGES:
        assert client.get(page).status_code == 200, page


def test_the_administrator_and_a_visitor_do_not(registered: Database, visit) -> None:
    administrator, nobody = visit(registered, "administrator"), visit(registered)
    for page in PAGES:
        assert administrator.get(page).status_code == 403, page
        assert nobody.get(page).status_code == 302, page


@pytest.mark.parametrize(
    "page", ["/models/nothing/versions/1", "/models/return-to-custody/versions/2", "/models/risk-of-neet/versions/1"]
)
def test_what_is_not_there_is_not_found(page: str, registered: Database, visit) -> None:
    assert visit(registered, "auditor").get(page).status_code == 404


def test_the_list_shows_held_models_first_and_named_ones_honestly(registered: Database, visit) -> None:
    page = visit(registered, "auditor").get("/models").get_data(as_text=True)
    assert page.index("Return to custody") < page.index("Published documents name") < page.index("Risk of NEET")
    assert "8 of them not verified by a lawyer" in page
    assert "They give no scores here" in page
    assert "Nobody here owns it" in page


def test_the_list_is_searched_by_its_address(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    page = client.get("/models?text=custody&held=yes").get_data(as_text=True)
    assert "<strong>1 of 8 models</strong> fit" in re.sub(r"\s+", " ", page)
    assert "Risk of NEET" not in page
    assert 'value="custody"' in page
    assert "/models.csv?text=custody&amp;held=yes" in page
    assert "No model fits" in client.get("/models?text=zebra").get_data(as_text=True)


def test_what_is_typed_into_the_search_is_only_text(registered: Database, visit) -> None:
    page = visit(registered, "auditor").get('/models?text="><script>alert(1)</script>').get_data(as_text=True)
    assert "<script>alert(1)" not in page


def test_the_exports_keep_to_the_search(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    answer = client.get("/models.csv?held=no")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert len(rows) == 7
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    models = client.get("/models.json?text=custody").get_json()["models"]
    assert [model["slug"] for model in models] == ["return-to-custody"]
    assert models[0]["unverified"] == 8


def test_a_version_shows_all_that_was_declared(registered: Database, visit) -> None:
    from registry.models.queries import get_version

    page = visit(registered, "practitioner").get("/models/return-to-custody/versions/1").get_data(as_text=True)
    with registered.read() as session:
        version = get_version(session, "return-to-custody", 1)
    from html import unescape

    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    declared = version.declaration
    said = [declared["model"]["purpose"], declared["model"]["population"], declared["model"]["outcome"]["caution"]]
    said += (
        declared["version"]["limits"] + declared["version"]["cannot_know"] + declared["uses"][0]["excluded_decisions"]
    )
    said += [feature.meaning for feature in version.features] + [version.artefact_sha256, version.declaration_sha256]
    said += [declared["version"]["training_data"]["sha256"], declared["version"]["evaluation_data"]["sha256"]]
    said += ["Olivia Owen", "Dev Patel", "Dr Morgan Hale", "A score of 0.40 or more is flagged"]
    for sentence in said:
        assert " ".join(sentence.split()) in text, sentence


def test_the_picture_of_the_lineage_can_be_read_without_seeing_it(registered: Database, visit) -> None:
    page = visit(registered, "auditor").get("/models/return-to-custody/versions/1").get_data(as_text=True)
    svg = re.search(r'<svg viewBox[^>]*role="img".*?</svg>', page, re.S).group(0)
    assert "<title id=" in svg
    assert "<desc id=" in svg
    assert "style=" not in svg
    assert "stroke-dasharray" in svg
    assert "Where each input comes from, and on what law" in page
