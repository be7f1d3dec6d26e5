"""Registering in the browser: by file and by form, with nothing typed lost and nothing half kept."""

import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml

from foundation.database.connection import Database
from foundation.jobs.queries import list_recent as list_jobs
from registry.declarations.reading import read_folder
from registry.declarations.values import read_declaration
from registry.models.queries import find_model, get_version

from .conftest import DEMO

CHOOSE, FORM = "/models/register", "/models/register/form"
POINTS, SUPPLIED, ELSEWHERE = f"{FORM}/point-score", f"{FORM}/supplied", f"{CHOOSE}/elsewhere"
FILES = {"artefact_file": "model.skops", "training_file": "training.csv", "evaluation_file": "evaluation.csv"}


class Fields(HTMLParser):
    """What a browser would send of a page's form when nothing is typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self.untouched: set[str] = set()  # lists whose first choice is sent unless another is chosen
        self.inside: dict[str, str | None] = {"textarea": None, "select": None}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind == "checkbox" and "checked" in given:
            self.found.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and name and kind not in ("file", "checkbox") and (kind != "radio" or "checked" in given):
            self.found[name] = given.get("value", "")
        elif tag in self.inside:
            self.inside[tag] = name
            self.found[name] = ""
            self.untouched |= {name} if tag == "select" else set()
        elif tag == "option" and (inside := self.inside["select"]):
            if "selected" in given or inside in self.untouched:
                self.found[inside] = given["value"]
            self.untouched.discard(inside)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside[tag] = None

    def handle_data(self, data: str) -> None:
        if self.inside["textarea"]:
            self.found[self.inside["textarea"]] += data


def fields_of(answer) -> dict[str, Any]:
    found = Fields(answer.get_data(as_text=True)).found
    return {name: value.removeprefix("\n") if isinstance(value, str) else value for name, value in found.items()}


def uploads(files: dict[str, bytes], names: dict[str, str] = FILES) -> dict[str, Any]:
    return {field: (io.BytesIO(files[name]), name) for field, name in names.items()}


def send_files(client, declaration: bytes, files: dict[str, bytes]):
    data = {"declaration": (io.BytesIO(declaration), "model.yaml")}
    listed = [(io.BytesIO(content), name) for name, content in files.items()]
    return client.send(CHOOSE, data | {"files": listed}, content_type="multipart/form-data")


@pytest.fixture
def declaration(model_folder) -> bytes:
    return (model_folder / "model.yaml").read_bytes()


@pytest.mark.parametrize("role", ["contributor", "chair", "practitioner", "auditor", "administrator"])
def test_only_model_owners_come_in(role: str, founded: Database, visit) -> None:
    client = visit(founded, role)
    for page in (CHOOSE, FORM, POINTS, ELSEWHERE):
        assert client.get(page).status_code == 403
        assert client.send(page, page="/home").status_code == 403
    assert visit(founded).get(FORM).status_code == 302


def test_by_file_the_model_is_registered_and_its_figures_are_asked_for(founded, visit, declaration, files) -> None:
    client = visit(founded, "model_owner")
    answer = send_files(client, declaration, files)
    assert answer.status_code == 302
    assert answer.location == "/models/return-to-custody"
    with founded.read() as session:
        version = get_version(session, "return-to-custody", 1)
        jobs = [(job.kind, job.payload, job.state) for job in list_jobs(session) if job.kind == "evaluate_version"]
    assert jobs == [("evaluate_version", {"version": version.id}, "queued")]
    assert version.declaration == read_declaration(yaml.safe_load(declaration), "x").to_dict()
    assert "Return to custody, version 1 is registered" in client.get("/models").get_data(as_text=True)


def test_while_the_engine_works_others_can_write(founded, settings, clock, engine, visit, declaration, files) -> None:
    from algocare.app import create_app
    from foundation.accounts.tables import SignInFailure

    class Watching:
        """The engine, in whose time somebody else writes."""

        wrote = False

        def inspect(self, *args):
            with founded.write() as session:
                session.add(SignInFailure(sign_in_name="meanwhile", at=clock.now()))
            self.wrote = True
            return engine.inspect(*args)

    watching = Watching()
    client = create_app(settings, clock=clock, database=founded, engine=watching).test_client()
    token = fields_of(client.get("/sign-in"))["csrf_token"]
    client.post("/sign-in/model_owner", data={"csrf_token": token})
    token = fields_of(client.get(CHOOSE))["csrf_token"]
    data = {"csrf_token": token, "declaration": (io.BytesIO(declaration), "model.yaml")}
    data["files"] = [(io.BytesIO(content), name) for name, content in files.items()]
    assert client.post(CHOOSE, data=data, content_type="multipart/form-data").status_code == 302
    assert watching.wrote


def test_every_problem_of_a_file_is_listed_with_its_place(founded, visit, declaration, files, count_rows) -> None:
    client, data = visit(founded, "model_owner"), yaml.safe_load(declaration)
    data["model"]["name"] = ""
    data["version"]["bands"][1]["from"] = "much"
    data["mystery"] = 1
    before = count_rows(founded)
    answer = send_files(client, yaml.safe_dump(data, sort_keys=False).encode(), files)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is a problem" in page
    for said in (
        "Line 4, column 3, model.name: this is empty",
        "version.bands[2].from: expected a number",
        "mystery: the schema has no such",
    ):
        assert said in page
    assert count_rows(founded) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"model:\n  name: [unclosed\n", "model.yaml, line 3"),
        (b"a: 1\na: 2\n", "model.yaml, line 2, column 1: the field a is given twice"),
        (b"", "expected the fields schema, model, version, uses and watch"),
        (b"model: <script>alert(1)</script>\n", "model: expected fields with their values"),
        (b"schema: algocare/model/1\n", "Write algocare/model/2 and say in each use"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_to_be_so(content: bytes, said: str, founded, visit, files) -> None:
    answer = send_files(visit(founded, "model_owner"), content, files)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_without_any_file_one_is_asked_for(founded: Database, visit) -> None:
    answer = visit(founded, "model_owner").send(CHOOSE)
    assert answer.status_code == 422
    assert "Choose the declaration" in answer.get_data(as_text=True)


def test_a_pickle_by_another_name_is_refused_by_the_engine(founded, visit, declaration, files, count_rows) -> None:
    import pickle

    before = count_rows(founded)
    answer = send_files(visit(founded, "model_owner"), declaration, files | {"model.skops": pickle.dumps([1])})
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)
    after = count_rows(founded)
    assert {table for table in after if after[table] != before[table]} <= {
        "sign_in_session",
        "ledger_entry",
        "ledger_waiting",
    }
    with founded.read() as session:
        assert find_model(session, "return-to-custody") is None


def test_a_file_named_with_a_path_is_taken_by_its_plain_name(founded, visit, declaration, files) -> None:
    moved = {f"../../etc/{name}": content for name, content in files.items()}
    assert send_files(visit(founded, "model_owner"), declaration, moved).status_code == 302


def test_nobody_registers_for_two_others_in_the_browser_either(founded, visit, declaration, files) -> None:
    data = yaml.safe_load(declaration)
    data["model"] |= {"owner": "dev.deputy", "deputy": "colin.contributor"}
    answer = send_files(visit(founded, "model_owner"), yaml.safe_dump(data).encode(), files)
    assert answer.status_code == 403
    assert "two other people" in answer.get_data(as_text=True)


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


def test_digests_and_rows_come_from_the_files(registered: Database, visit, files) -> None:
    from foundation.ledger.values import digest

    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page))
    shorter = files["training.csv"].rsplit(b"\n", 2)[0] + b"\n\n\n"
    sent = typed | uploads(files | {"training.csv": shorter})
    assert client.post(page, data=sent, content_type="multipart/form-data").status_code == 302
    with registered.read() as session:
        training = get_version(session, "return-to-custody", 2).declaration["version"]["training_data"]
    assert (training["rows"], training["sha256"]) == (838, digest(shorter))


def test_a_list_of_values_goes_with_its_numbers(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page)) | {
        "version__features-3-type": "category",
        "version__features-3-categories": "Less serious = 0\r\n\r\nMore serious = 1\r\n",
    }
    answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with registered.read() as session:
        feature = get_version(session, "return-to-custody", 2).declaration["version"]["features"][3]
    assert feature["categories"] == {"Less serious": 0.0, "More serious": 1.0}
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


@pytest.mark.parametrize("wrong", AT_FIELDS, ids=["fields", "bands", "names", "register"])
def test_each_problem_stands_at_its_field(wrong: dict[str, tuple[str, str, str]], registered, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page)) | {name: value for name, (value, _, _) in wrong.items()}
    answer = client.post(page, data=typed | uploads(files), content_type="multipart/form-data")
    shown = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    summary = shown[shown.index("govuk-error-summary__list") :].split("</ul>")[0]
    for _, field, said in wrong.values():
        assert re.search(rf'<a href="#{field}">[^<]*{re.escape(said)}', summary), (field, said, summary)
        assert f'id="{field}"' in shown
        assert f'id="{field}-error"' in shown
    assert summary.count("<li>") == len(wrong)


def test_no_limit_is_no_watch_by_it(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    typed = fields_of(client.get(page)) | {"limit__score_drift__at": " ", "limit__unseen_categories__at": "2"}
    assert client.post(page, data=typed | uploads(files), content_type="multipart/form-data").status_code == 302
    with registered.read() as session:
        limits = get_version(session, "return-to-custody", 2).declaration["watch"]["thresholds"]
    measures = {limit["measure"]: limit["at"] for limit in limits}
    assert "score_drift" not in measures
    assert measures["unseen_categories"] == 2


def names_of_rows(answer) -> list[str]:
    typed = fields_of(answer)
    return [value for name, value in typed.items() if name.startswith("version__features-") and name.endswith("-name")]


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


@pytest.mark.parametrize(
    "step",
    [
        "add:nothing",
        "add:model__name",
        "remove:version__features:99",
        "remove:version__features:0",
        "remove:uses:x",
        "jump",
    ],
)
def test_a_button_nobody_drew_changes_nothing(step: str, founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    typed = fields_of(client.get(FORM)) | {"version__features-0-name": "first"}
    answer = client.post(FORM, data=typed | {"step": step})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert names_of_rows(answer) == ["first"]


def test_one_file_chosen_twice_is_said(registered: Database, visit, files) -> None:
    client = visit(registered, "model_owner")
    page = f"{FORM}?like=return-to-custody"
    twice = FILES | {"evaluation_file": "training.csv"}
    sent = fields_of(client.get(page)) | uploads(files, twice)
    answer = client.post(page, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Evaluation data: The file training.csv was chosen twice" in answer.get_data(as_text=True)


def test_the_owner_is_led_to_a_further_version_and_others_are_not(registered: Database, visit) -> None:
    page = visit(registered, "model_owner").get(CHOOSE).get_data(as_text=True)
    assert "/models/register/form?like=return-to-custody" in page
    for way in (POINTS, SUPPLIED, ELSEWHERE):
        assert f'href="{way}"' in page
    assert "Return to custody, version 2" in page


def test_a_model_that_is_not_there_cannot_be_begun_with(founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    assert client.get(f"{FORM}?like=nothing").status_code == 404
    assert client.get(f"{FORM}?like=risk-of-neet").status_code == 200


def test_the_same_files_from_the_command_line_say_the_same(registered: Database, model_folder) -> None:
    data, _ = read_folder(model_folder / "model.yaml")
    with registered.read() as session:
        assert get_version(session, "return-to-custody", 1).declaration == read_declaration(data, "x").to_dict()


def test_the_file_of_a_version_is_the_one_that_was_handed_in(registered: Database, visit, model_folder) -> None:
    client = visit(registered, "auditor")
    answer = client.get("/models/return-to-custody/versions/1/declaration.yaml")
    assert answer.headers["Content-Disposition"] == "attachment; filename=return-to-custody-1.yaml"
    handed_in, _ = read_folder(model_folder / "model.yaml")
    assert read_declaration(yaml.safe_load(answer.data), "x") == read_declaration(handed_in, "x")
    assert client.get("/models/risk-of-neet/declaration.yaml").status_code == 404
    assert client.get("/schema/algocare-model-2.json").json["title"] == "algocare/model/2"
    assert client.get("/schema/algocare-model-9.json").status_code == 404
    assert visit(registered).get("/schema/algocare-model-2.json").status_code == 302


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
