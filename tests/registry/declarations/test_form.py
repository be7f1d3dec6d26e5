"""Registering by form: it says what the file says, and nothing typed is lost."""

import re
from html import unescape

import pytest

from foundation.database.connection import Database
from foundation.ledger.values import digest
from registry.models.queries import get_version

from .sending import (
    FILES,
    FORM,
    fields_of,
    names_of_rows,
    uploads,
)

pytestmark = pytest.mark.one_database  # what is drawn and read; test_service.py registers on both kinds


def test_the_form_says_what_the_file_says(registered: Database, visit, files) -> None:
    """Begun with version 1 and sent unchanged, the form makes the same declaration, byte for byte."""
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page))
    assert typed["version__label"] == "2"
    typed["version__label"] = "1"
    answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with registered.read() as session:
        one, other = (get_version(session, "return-to-custody", number) for number in (1, 2))
    assert other.declaration == one.declaration
    assert other.declaration_sha256 == one.declaration_sha256
    assert (other.artefact_sha256, other.evaluation_sha256) == (one.artefact_sha256, one.evaluation_sha256)


def test_files_lists_of_values_and_limits_are_declared_as_they_are(registered: Database, visit, files) -> None:
    """Digests and rows come from the files, a list goes with its numbers, and no limit is no watch by it."""
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page)) | {
        "version__features-3-type": "category",
        "version__features-3-categories": "Less serious = 0\r\n\r\nMore serious = 1\r\n",
        "version__features-1-concept": "Earlier offending",
        "version__features-1-usual_low": "0",
        "version__features-1-usual_high": "8",
        "version__features-1-not_known": "30",
        "limit__score_drift__at": " ",
        "limit__unseen_categories__at": "2",
    }
    shorter = files["training.csv"].rsplit(b"\n", 2)[0] + b"\n\n\n"
    sent = typed | uploads(files | {"training.csv": shorter})
    answer = client.post(page, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with registered.read() as session:
        declared = get_version(session, "return-to-custody", 2).declaration
    training = declared["version"]["training_data"]
    assert (training["rows"], training["sha256"]) == (838, digest(shorter))
    assert declared["version"]["features"][3]["categories"] == {"Less serious": 0.0, "More serious": 1.0}
    concept = [declared["version"]["features"][1][name] for name in ("concept", "usual", "not_known")]
    assert concept == ["Earlier offending", [0.0, 8.0], 30.0]
    measures = {limit["measure"]: limit["at"] for limit in declared["watch"]["thresholds"]}
    assert "score_drift" not in measures
    assert measures["unseen_categories"] == 2
    again = fields_of(client.get(page))
    assert again["version__features-3-categories"].split("\n") == ["Less serious = 0", "More serious = 1"]


def test_a_bad_list_of_values_is_said_at_its_field(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    changes = {"version__features-3-type": "category", "version__features-3-categories": "Less serious\nMore = much"}
    typed = fields_of(client.get(page)) | changes
    answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#version__features-3-categories">' in shown


def test_an_empty_form_names_everything_that_is_missing(founded: Database, visit, count_rows) -> None:
    client = visit(founded, "model_owner")
    before = count_rows(founded)
    answer = client.post(FORM, data=fields_of(client.get(FORM)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in (
        "model__name",
        "uses-0-purpose",
        "artefact_file",
        "version__features-0-name",
        "version__bands-1-start",
    ):
        assert f'<a href="#{field}">' in page, field
        assert f'id="{field}"' in page, field
    assert "Input should" not in page
    assert "String should" not in page
    assert count_rows(founded) == before


def test_what_was_typed_survives_an_error_and_the_files_are_asked_for_again(registered, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page))
    typed |= {
        "model__name": 'Kept & <b>"quoted"</b>',
        "version__operating_threshold": "two",
        "uses-0-significant": "yes",
    }
    answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "choose the three files again" in shown
    assert "A score at or above this is flagged: Expected a number" in shown
    assert {n: v for n, v in fields_of(answer).items() if n != "csrf_token"} == {
        n: v for n, v in typed.items() if n != "csrf_token"
    }


AT_FIELDS = [
    (
        {
            "version__features-0-low": ("young", "version__features-0-low", "Expected a number"),
            "version__features-1-low": ("99", "version__features-1-low", "lower number first"),
            "version__features-2-data_item": ("", "version__features-2-data_item", "Choose the data item"),
            "version__features-4-data_item": ("99999", "version__features-4-data_item", "Choose the data item"),
            "limit__score_drift__at": ("much", "limit__score_drift__at", "Expected a number"),
            "limit__missing_share__action": ("shout", "limit__missing_share__action", "Expected"),
            "watch__minimum_rows": ("3", "watch__minimum_rows", "10 or more"),
            "version__limits": (" \r\n ", "version__limits", "Give at least 1"),
            "uses-0-code": ("Not A Code", "uses-0-code", "Use small letters"),
            "uses-0-decision_kind": ("arrest_or_charge", "uses-0-decision_kind", "No score may inform"),
            "uses-0-told__start": ("soon", "uses-0-told__start", "Expected a day"),
            "uses-0-ages__minimum": ("12", "uses-0-childrens_rights", "how children's rights were assessed"),
            "uses-0-human__time": ("", "uses-0-human__time", "This is empty"),
            "uses-0-purpose_kinds": ([], "uses-0-purpose_kinds", "Give at least 1"),
        }
    ),
    {"version__bands-1-start": ("0.35", "version__bands-1-start", "without a gap")},
    {"version__features-1-name": ("age", "version__features-1-name", "The name age appears twice")},
    {
        "model__agency": ("XYZ", "model__agency", "no agency XYZ"),
        "model__deputy": ("olivia.owner", "model__deputy", "two people"),
        "version__evaluation_data__outcome_column": (
            "went",
            "version__evaluation_data__outcome_column",
            "no column went",
        ),
        "version__features-0-name": ("years", "version__features-0-name", "evaluation.csv has no column years"),
        "uses-0-agency": ("XYZ", "uses-0-agency", "no agency XYZ"),
    },
]


def test_each_problem_stands_at_its_field(registered, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    untouched = fields_of(client.get(page))
    for wrong in AT_FIELDS:
        typed = untouched | {name: value for name, (value, _, _) in wrong.items()}
        answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
        shown = unescape(answer.get_data(as_text=True))
        assert answer.status_code == 422
        summary = shown[shown.index("govuk-error-summary__list") :].split("</ul>")[0]
        for _, field, said in wrong.values():
            assert re.search(rf'<a href="#{field}">[^<]*{re.escape(said)}', summary), (field, said, summary)
            assert f'id="{field}"' in shown
            assert f'id="{field}-error"' in shown
        assert summary.count("<li>") == len(wrong), summary


def test_rows_are_added_and_removed_without_script_and_without_checks(founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    typed = fields_of(client.get(FORM)) | {"version__features-0-name": "first", "model__name": "Kept"}
    answer = client.post(FORM, data=typed | {"step": "add:version__features"})
    assert answer.status_code == 200
    assert names_of_rows(answer) == ["first", ""]
    typed = fields_of(answer) | {"version__features-1-name": "second"}
    assert typed["model__name"] == "Kept"
    answer = client.post(FORM, data=typed | {"step": "remove:version__features:1"})
    assert names_of_rows(answer) == ["second"]
    assert "There is a problem" not in answer.get_data(as_text=True)
    answer = client.post(FORM, data=fields_of(answer) | {"step": "remove:version__features:1"})
    assert names_of_rows(answer) == [""]  # one is always there


def test_groups_can_be_taken_away_altogether(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    answer = client.get(page)
    for _ in range(3):
        answer = client.post(page, data=fields_of(answer) | {"step": "remove:version__evaluation_data__groups:1"})
    sent = fields_of(answer) | uploads(files)
    assert client.post(page, data=sent, content_type="multipart/form-data").status_code == 302
    with registered.read() as session:
        assert get_version(session, "return-to-custody", 2).declaration["version"]["evaluation_data"]["groups"] == []


def test_a_button_nobody_drew_changes_nothing(founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    typed = fields_of(client.get(FORM)) | {"version__features-0-name": "first"}
    far, first = "remove:version__features:99", "remove:version__features:0"
    for step in ("add:nothing", "add:model__name", far, first, "remove:uses:x", "jump"):
        answer = client.post(FORM, data=typed | {"step": step})
        assert answer.status_code in (200, 422), step
        if answer.status_code == 200:
            assert names_of_rows(answer) == ["first"], step


def test_one_file_chosen_twice_is_said(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    twice = FILES | {"evaluation_file": "training.csv"}
    sent = fields_of(client.get(page)) | uploads(files, twice)
    answer = client.post(page, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Evaluation data: The file training.csv was chosen twice" in answer.get_data(as_text=True)
